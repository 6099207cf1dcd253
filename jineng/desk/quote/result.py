"""What comes of the answers: per scheme and party, why not, what is missing, what to bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jineng.desk.queries.library import amount_keys, set_by
from jineng.desk.quote.answers import PARTY, Answers
from jineng.desk.quote.questions import WHETHER
from jineng.desk.quote.words import STANDS
from jineng.policy.explaining import cited
from jineng.policy.facts import FACT, FUNDS, PAYEES
from jineng.policy.quoting import ONE
from jineng.policy.suppliers import supplier

if TYPE_CHECKING:
    from jineng.desk.quote.standing import Asking
    from jineng.policy.explanation import Cited, ConditionShown, Explanation
    from jineng.policy.guides import Guide
    from jineng.policy.occasions import Benefit
    from jineng.policy.quoting import Prospect, Standing


_ORDER = tuple(STANDS)
NEEDS_SHOWN = 3


@dataclass(frozen=True)
class Need:
    """A fact that is missing. ``who``: who supplies it; ``skipped``: somebody did not know it."""

    name: str
    word: str
    who: str
    skipped: bool


@dataclass(frozen=True)
class Card:
    """One scheme. ``stands``: a key of `STANDS`; ``most``: whether the amount is the most that it
    may be; ``later``: conditions that need earlier decisions, which nobody looks at here;
    ``bring``: the materials; ``clauses``: all that it rests on, each once; ``set_by``: who sets
    amounts."""

    code: str
    name: str
    payee: str
    fund: str
    stands: str
    word: str
    tone: str
    fen: int | None
    most: bool
    per: str
    unit: str
    told: Explanation
    fails: tuple[tuple[ConditionShown, SafeString], ...]
    holds: tuple[SafeString, ...]
    needs: tuple[Need, ...]
    later: tuple[ConditionShown, ...]
    guide: Guide
    bring: SafeString
    clauses: tuple[SafeString, ...]
    set_by: str

    #: Facts whose value says nothing.
    unsaid = WHETHER

    @property
    def more(self) -> int:
        """How many of the facts that are missing are shown on demand alone."""
        return len(self.needs) - NEEDS_SHOWN if len(self.needs) > NEEDS_SHOWN + 1 else 0

    @property
    def shown(self) -> str:
        """Which of them are shown at once, as a slice."""
        return f":{len(self.needs) - self.more}"

    @property
    def rest(self) -> str:
        """Which are not."""
        return f"{len(self.needs) - self.more}:"


@dataclass(frozen=True)
class Party:
    """What one party gets. ``own``: it is who asks."""

    key: str
    title: str
    own: bool
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Choice:
    """Schemes that one training can be paid under together: cards, and 分 in all.

    ``by``: party, 分 and unit; what is paid by the month is summed apart.
    """

    cards: tuple[Card, ...]
    by: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class Brought:
    """What the certificate brings. ``sure``: whether that is so on what is known."""

    benefit: Benefit
    cites: tuple[Cited, ...]
    sure: bool


@dataclass(frozen=True)
class Result:
    """All of it. ``counts``: how many schemes stand in each way: word, tone, number."""

    parties: tuple[Party, ...]
    choices: tuple[Choice, ...]
    brought: tuple[Brought, ...]
    counts: tuple[tuple[str, str, int], ...]
    later: tuple[ConditionShown, ...]


def counts(standing: Standing) -> tuple[tuple[str, str, int], ...]:
    """How many schemes stand in each way; of the ways that occur."""
    ways = [stands(one) for one in standing.prospects.values()]
    return tuple(
        (_(word), tone, ways.count(key)) for key, (word, tone) in STANDS.items() if key in ways
    )


def stands(prospect: Prospect) -> str:
    """A key of `STANDS`."""
    return "not_set" if prospect.not_set else prospect.outcome


def result_of(asked: Asking, standing: Standing, answers: Answers) -> Result:
    """What the answers come to."""
    cards = [_card(asked, standing, answers, one) for one in standing.prospects.values()]
    own = answers.of(PARTY)
    parties = []
    for key in sorted(PAYEES, key=lambda key: key != own):
        mine = sorted(
            (card for card in cards if card.payee == key),
            key=lambda card: _ORDER.index(card.stands),
        )
        if mine:
            parties.append(Party(key, _(PAYEES[key]), key == own, tuple(mine)))
    by_code = {card.code: card for card in cards}
    eligible = [card.code for card in cards if card.stands == "eligible"]
    later = {one.title: one for card in cards if card.stands != "ineligible" for one in card.later}
    return Result(
        parties=tuple(parties),
        choices=tuple(
            _choice([by_code[code] for code in codes])
            for codes in asked.questionnaire.together(standing, eligible)
        ),
        brought=tuple(_brought(asked, standing, answers)),
        counts=counts(standing),
        later=tuple(later.values()),
    )


def _card(asked: Asking, standing: Standing, answers: Answers, prospect: Prospect) -> Card:
    scheme = asked.pack.schemes[prospect.scheme]
    told = asked.questionnaire.explain(standing, scheme.code)
    guide = asked.pack.guides[scheme.code]
    across = {condition.code for condition in scheme.conditions if condition.across}
    fails = _with(told, "fails")
    holds = [one for one in _with(told, "holds") if one.code not in across]
    rests = [*cited(asked.pack, guide.trainee_cites), *told.amount.cites] if not fails else []
    rests += [clause for one in fails or holds for clause in one.cites]
    key = stands(prospect)
    word, tone = STANDS[key]
    fen = prospect.amount if prospect.amount is not None else prospect.most
    return Card(
        code=scheme.code,
        name=_(scheme.name),
        payee=scheme.payee,
        fund=_(FUNDS[scheme.fund]),
        stands=key,
        word=_(word),
        tone=tone,
        fen=0 if key == "ineligible" else fen,
        most=prospect.amount is None and fen is not None,
        per=told.amount.title,
        # one claim is one month where a training is no class but a job
        unit=_("元") if scheme.training in ONE else _("元／月"),
        told=told,
        fails=tuple((one, _grounds(asked, scheme.code, one)) for one in fails),
        holds=tuple(_held(asked, scheme.code, one) for one in holds),
        needs=tuple(
            Need(name, _(FACT[name].heading), _supplied(name), name in answers)
            for name in prospect.needs
        ),
        later=tuple(one for one in told.conditions if one.code in across),
        guide=guide,
        bring=asked.part("desk/quote/materials.html", scheme.code, guide=guide),
        clauses=tuple(
            asked.part("desk/quote/clause.html", one.citation, cited=one)
            for one in dict.fromkeys(rests)
        ),
        set_by=set_by(scheme.parameters[key] for key in amount_keys(asked.pack, scheme)),
    )


def _supplied(fact: str) -> str:
    return _("由%(who)s提供") % {"who": _(supplier(fact))}


def _grounds(asked: Asking, scheme: str, one: ConditionShown) -> SafeString:
    """On what a condition rests, and what of it is assumed."""
    return asked.part(
        "desk/quote/grounds.html",
        scheme,
        one.code,
        cites=one.cites,
        assumed=one.assumed,
        readings=one.readings,
    )


def _held(asked: Asking, scheme: str, one: ConditionShown) -> SafeString:
    """A condition that holds: what it says, its figures, and on what it rests."""
    figures = (figure.text for figure in one.parameters)
    return asked.part("desk/quote/held.html", scheme, one.code, *figures, one=one)


def _with(told: Explanation, status: str) -> tuple[ConditionShown, ...]:
    return tuple(one for one in told.conditions if one.status == status)


def _choice(cards: list[Card]) -> Choice:
    sums: dict[tuple[str, str], int] = {}
    for card in cards:
        key = (card.payee, card.unit)
        sums[key] = sums.get(key, 0) + (card.fen or 0)
    by = tuple((_(PAYEES[payee]), fen, unit) for (payee, unit), fen in sums.items())
    return Choice(tuple(cards), by)


def _brought(asked: Asking, standing: Standing, answers: Answers) -> Iterator[Brought]:
    """What the certificate brings, where what was asked about comes with one."""
    rules = asked.pack.judge
    if not any("certificate_type" in rules.facts(code) for code in standing.prospects):
        return
    facts = standing.line | {"region": answers.of("region") or None}
    for benefit in asked.benefits:
        held = benefit.held(facts)
        if held is not False:
            yield Brought(benefit, cited(asked.pack, benefit.cites), bool(held))
