"""A worker's home: chances left, what is missing, who looked, what was asked. Large and plain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from jineng.core.work import Done, Waiting
from jineng.people.models import CorrectionRequest, Person, User
from jineng.people.queries.archives import Look, corrections_of, looks_at
from jineng.people.queries.records import Chances, chances_of
from jineng.people.queries.waiting import correction_term
from jineng.policy.entitlement import TRAININGS

EVENTS_SHOWN = 5


@dataclass(frozen=True)
class Missing:
    """Something the archive lacks, and why it matters."""

    title: str
    why: str


@dataclass(frozen=True)
class Home:
    """``person``: None where no archive is tied to the account; then there is nothing else.

    ``trainings``: chances of this year; ``used``: other chances that were taken.
    """

    person: Person | None
    may_claim: bool = False
    trainings: Chances | None = None
    missing: tuple[Missing, ...] = ()
    awaited: tuple[Waiting, ...] = ()
    recent: tuple[Done, ...] = ()


def home_of(user: User, *, on: date) -> Home:
    """The home of whoever holds no role."""
    if user.person_id is None:
        return Home(None, may_claim=bool(settings.TEXTS))
    person = Person.objects.select_related("living_region").get(pk=user.person_id)
    asked = list(corrections_of(person)[:EVENTS_SHOWN])
    looks = looks_at(person, most=EVENTS_SHOWN)
    chances = chances_of(person, on=on)
    return Home(
        person=person,
        trainings=next(
            (one for one in chances if one.key[0] == TRAININGS and one.period == on.year), None
        ),
        missing=tuple(_missing(person)),
        awaited=tuple(_awaited(asked, on)),
        recent=tuple(_recent(asked, looks)),
    )


def _missing(person: Person) -> Iterator[Missing]:
    if not person.phone:
        yield Missing(_("手机号"), _("没有手机号，收不到短信验证码和通知。"))
    if not person.bank_account:
        yield Missing(_("银行账户"), _("没有银行账户，补贴无法发到您本人。"))
    if person.living_region_id is None:
        yield Missing(_("居住地"), _("各地补贴标准不同，按居住地、工作地确定。"))
    if not person.education:
        yield Missing(_("文化程度"), _("报名时要核对文化程度。"))


def _awaited(asked: list[CorrectionRequest], on: date) -> Iterator[Waiting]:
    for one in asked:
        if not one.outcome:
            since = min(localdate(one.asked_at), on)
            yield Waiting(
                title=_("更正申请：%(what)s") % {"what": one.get_about_display()},
                url=reverse("people:archive"),
                icon="edit",
                count=1,
                since=since,
                due=correction_term(since),
                mine=False,
            )


def _recent(asked: list[CorrectionRequest], looks: list[Look]) -> list[Done]:
    url = reverse("people:archive")
    told = [Done(look.at, look.what, look.who, look.why, url) for look in looks]
    for one in asked:
        if one.answered_at is not None:
            words: dict[str, Any] = {
                "what": one.get_about_display(),
                "outcome": one.get_outcome_display(),
            }
            what = _("更正申请（%(what)s）：%(outcome)s") % words
            told.append(Done(one.answered_at, what, "", one.answer, url))
    return sorted(told, key=lambda one: one.at, reverse=True)[:EVENTS_SHOWN]
