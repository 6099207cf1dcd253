"""How schemes stand on somebody's answers, and which question comes next."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from jineng.desk.queries.in_force import pack_of_files
from jineng.desk.quote.answers import ANYTHING, OCCASION, PARTY, Answers
from jineng.desk.quote.questions import THERE, facts_of
from jineng.people.models import Region

if TYPE_CHECKING:
    from jineng.policy import Pack
    from jineng.policy.occasions import Benefit, Occasions
    from jineng.policy.quoting import Questionnaire, Standing

#: Asked before any fact, in this order.
FIRST = (PARTY, OCCASION, "region", "applied_on")
_KEPT = 8


@dataclass(frozen=True)
class Asking:
    """A pack with all that is asked about it."""

    pack: Pack
    questionnaire: Questionnaire
    occasions: Occasions
    benefits: tuple[Benefit, ...]
    _made: dict[tuple[str, ...], SafeString] = field(default_factory=dict, repr=False)

    def part(self, template: str, *key: str, **context: Any) -> SafeString:
        """A part of a page that is the same for whoever asks, made once for each language.

        ``key``: what tells it from others of the template.
        """
        place = (template, get_language() or "", *key)
        if place not in self._made:
            self._made[place] = render_to_string(template, context)
        return self._made[place]


_READY: dict[str, Asking] = {}


def asking(pack: Pack) -> Asking:
    """What is asked about a pack, made once for each release."""
    ready = _READY.get(pack.release)
    if ready is None:
        from jineng.policy.occasions import read_benefits, read_occasions
        from jineng.policy.quoting import Questionnaire

        ready = Asking(pack, Questionnaire(pack), read_occasions(pack), read_benefits(pack))
        for old in list(_READY)[: len(_READY) - _KEPT + 1]:
            _READY.pop(old, None)
        _READY[pack.release] = ready
    return ready


def make_ready() -> None:
    """Makes the pack of the files ready in a thread of its own; once is enough."""
    if not _STARTED.is_set():
        _STARTED.set()
        threading.Thread(target=_ready, name="ready to be asked", daemon=True).start()


_STARTED = threading.Event()


def _ready() -> None:
    pack = pack_of_files()
    asking(pack)
    pack.guides  # noqa: B018 - read from files when first asked for


def standing_of(asked: Asking, answers: Answers, *, today: date) -> Standing:
    """How the schemes stand that somebody asked about.

    Who doesn't know when or where is told what holds today, by the province's own standards. A
    certificate with a date has a number too. Who asks about everything is not asked to the end
    about schemes of which they know little.
    """
    facts = facts_of(answers)
    facts["applied_on"] = facts.get("applied_on") or today
    facts["region"] = facts.get("region") or _province(today)
    if answers.of(PARTY) == "enterprise":
        facts["employer_id"] = THERE
    if facts.get("certificate_issued_on"):
        facts["certificate_no"] = THERE
    occasion = asked.occasions.all.get(answers.of(OCCASION))
    schemes = occasion.schemes if occasion else None
    not_asked = [*(name for name, _text in answers.given), "certificate_no"]
    untold = [name for name, text in answers.given if not text]
    everything = answers.of(OCCASION) == ANYTHING
    return asked.questionnaire.standing(facts, schemes, not_asked, untold if everything else ())


def next_name(answers: Answers, standing: Standing) -> str | None:
    """What is asked next; None where nothing that is left to ask matters."""
    for name in FIRST:
        if name not in answers:
            return name
    return standing.asks[0] if standing.asks else None


def _province(today: date) -> str:
    """The code of the province, by whose standards cities go that have set none."""
    return Region.objects.on(today).filter(parent=None).values_list("code", flat=True)[0]
