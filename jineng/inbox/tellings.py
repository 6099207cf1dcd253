"""All tellings of all contexts, and a notice in words."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import structlog
from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext as _

from jineng.inbox.models import Notice
from jineng.pages.notices import OfDays, OfEvents, Telling, Topic, Words

log = structlog.get_logger("jineng.inbox")


@cache
def tellings() -> dict[str, Telling]:
    """By name, what the modules `notices` of all contexts list."""
    found: dict[str, Telling] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("jineng.") and find_spec(f"{config.name}.notices"):
            # That of `core` says what a telling is, and lists none.
            for one in getattr(import_module(f"{config.name}.notices"), "TELLINGS", ()):
                if one.name in found:
                    raise ValueError(f"two tellings are named {one.name}")
                found[one.name] = one
    return found


def of_events() -> list[OfEvents]:
    """Those that follow from events."""
    return [one for one in tellings().values() if isinstance(one, OfEvents)]


def of_days() -> list[OfDays]:
    """Those that follow from the day."""
    return [one for one in tellings().values() if isinstance(one, OfDays)]


def topics() -> dict[str, Topic]:
    """All topics by name, in the order in which contexts use them first."""
    return {one.topic.name: one.topic for one in tellings().values()}


@dataclass(frozen=True)
class Shown:
    """A notice as it is read."""

    notice: Notice
    words: Words

    @property
    def topic(self) -> Topic | None:
        """By what it may be chosen; None where nothing tells of it any more."""
        return topics().get(self.notice.topic)


def shown(notice: Notice) -> Shown:
    """A notice in words; in plain ones where its telling is gone or means something else now."""
    telling = tellings().get(notice.telling)
    if telling is not None:
        try:
            return Shown(notice, telling.words(notice.about))
        except (KeyError, TypeError, ValueError) as error:
            log.error("a notice has no words", telling=notice.telling, problem=type(error).__name__)
    return Shown(notice, Words(_("有一条通知"), _("这条通知的内容已不能显示。"), "", ""))


def case_address(notice: Notice) -> str:
    """The address of what a notice is about; of the notice itself where that is gone."""
    return shown(notice).words.link or reverse("inbox:notice", kwargs={"pk": notice.pk})
