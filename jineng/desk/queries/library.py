"""The policy as the library shows it: schemes, figures and their grounds on a day, in a region."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.desk.queries.moments import Moment
from jineng.pages.tables import Status

if TYPE_CHECKING:
    from jineng.policy import Condition, Document, Pack, Scheme
    from jineng.policy.guides import Guide
    from jineng.policy.parameters import Parameter, Value

#: Who is paid, in the order in which the library shows them.
PAYEES = (
    ("enterprise", gettext_lazy("发给企业")),
    ("person", gettext_lazy("发给个人")),
    ("institution", gettext_lazy("发给培训机构")),
)
BOUNDS = {
    "cap": gettext_lazy("各市州可以另定，不得高于此数"),
    "floor": gettext_lazy("各市州可以另定，不得低于此数"),
}
LIMITS = {"cap": gettext_lazy("至多"), "floor": gettext_lazy("至少")}
_IN_BRACKETS = re.compile(r"[（(]([^（）()]+)[）)]$")
#: The fact by which a condition asks when somebody applied.
APPLIED = "applied_on"
#: Those by which it asks what came of a training or a contest.
RESULTS = frozenset({"passed", "certificate_type", "finalist"})


@dataclass(frozen=True)
class Cite:
    """A clause that something rests on, and where the library shows it."""

    number: str
    clause: str
    text: str
    url: str
    external: bool


@dataclass(frozen=True)
class Figure:
    """A value of a parameter as it holds on the day. ``label``: of the row of a table, or "".

    ``holds``: the day lies within its dates; else it is the nearest. ``setter``: the name of the
    region that has set it, "" for the documents' own.
    """

    label: str
    text: str
    fen: int | None
    setter: str
    start: date | None
    end: date | None
    holds: bool
    cites: tuple[Cite, ...]
    assumed: str | None
    readings: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """A parameter on the day. Without rows nobody has set it. ``bound``: what regions may do.

    ``limit``: that in one word of the pack's: cap, floor or "". ``set_by``: who sets it, in words.
    """

    key: str
    label: str
    kind: str
    rows: tuple[Figure, ...]
    limit: str
    bound: Any
    set_by: str
    cites: tuple[Cite, ...]
    assumed: str | None
    readings: tuple[str, ...]


@dataclass(frozen=True)
class ConditionLine:
    """A condition of a scheme: what it looks at, its figures on the day, and its grounds."""

    code: str
    title: str
    facts: tuple[str, ...]
    figures: tuple[Figures, ...]
    cites: tuple[Cite, ...]
    assumed: str | None
    readings: tuple[str, ...]
    note: str | None


@dataclass(frozen=True)
class SchemeLine:
    """A scheme in short. ``least``, ``most``: what is paid on the day, in 分; None: not set.

    ``bound``: whether that is the most or the least that regions may set; ``unit``: for what it is
    paid; ``reckoned``: how, where the scheme has no standard.
    """

    code: str
    name: str
    who: str
    payee: str
    fund: str
    status: Status
    least: int | None
    most: int | None
    bound: Any
    unit: str
    reckoned: str
    url: str


def citation_url(citation: str, moment: Moment | None = None) -> str:
    """Where the library shows a clause such as ``D6 一(二)1``."""
    key, _space, clause = citation.partition(" ")
    url = reverse("desk:document", args=[key])
    return moment.at(url, quote(clause)) if moment else f"{url}#{quote(clause)}"


def cites(pack: Pack, citations: Iterable[str], moment: Moment) -> tuple[Cite, ...]:
    """Clauses, each once."""
    found = []
    for citation in dict.fromkeys(citations):
        document, clause, text = pack.clause(citation)
        url = citation_url(citation, moment)
        found.append(Cite(document.number, clause, text, url, document.external))
    return tuple(found)


# ---------------------------------------------------------------- figures


def figures(pack: Pack, scheme: Scheme, keys: Iterable[str], moment: Moment) -> tuple[Figures, ...]:
    """A scheme's parameters of these keys on the day."""
    return tuple(_figures(pack, scheme.parameters[key], moment) for key in dict.fromkeys(keys))


def _figures(pack: Pack, parameter: Parameter, moment: Moment) -> Figures:
    return Figures(
        key=parameter.key,
        label=parameter.label,
        kind=parameter.kind,
        rows=tuple(_rows(pack, parameter, moment)),
        limit=parameter.bound or "",
        bound=BOUNDS.get(parameter.bound or ""),
        set_by=set_by([parameter]),
        cites=cites(pack, parameter.cites, moment),
        assumed=parameter.assumed,
        readings=parameter.readings,
    )


def set_by(amounts: Iterable[Parameter]) -> str:
    """Who sets amounts that the documents leave open, in words."""
    from jineng.policy.suppliers import setters

    return _("，或").join(_(one) for one in setters(amounts))


def _rows(pack: Pack, parameter: Parameter, moment: Moment) -> Iterator[Figure]:
    if parameter.by is None:
        if value := parameter.pick(moment.on, moment.region):
            yield _figure(pack, parameter, value, moment)
        return
    picked = ((code, parameter.pick(moment.on, moment.region, code)) for code in _codes(parameter))
    found = [
        _figure(pack, parameter, value, moment, code)
        for code, value in picked
        if value and code in value.value
    ]
    for row, after in zip_longest(found, found[1:]):
        # Of several that rest on the same, the last says so for all.
        again = after and (after.assumed, after.readings) == (row.assumed, row.readings)
        yield replace(row, assumed=None, readings=()) if again else row


def _codes(parameter: Parameter) -> list[str]:
    """What the table of a parameter is by, in the order of the contract."""
    from jineng.policy.facts import FACT

    used = dict.fromkeys(code for value in parameter.values for code in value.value)
    known = [code for code in FACT[parameter.by or ""].codes if code in used]
    return [*known, *(code for code in used if code not in known)]


def _figure(
    pack: Pack, parameter: Parameter, value: Value, moment: Moment, code: str = ""
) -> Figure:
    from jineng.policy.facts import FACT

    one = value.value[code] if code else value.value
    return Figure(
        label=FACT[parameter.by or ""].label(code) if code else "",
        text=parameter.text(one),
        fen=one if parameter.kind == "yuan" else None,
        setter=moment.name_of(value.region) if value.region else "",
        start=value.start,
        end=value.end,
        holds=value.on(moment.on),
        cites=cites(pack, value.cites, moment),
        assumed=value.assumed,
        readings=value.readings,
    )


@dataclass(frozen=True)
class RegionalFigure:
    """What a region has set, on whatever day. ``region``: its name."""

    region: str
    label: str
    text: str
    start: date | None
    end: date | None
    holds: bool
    cites: tuple[Cite, ...]


def regional(pack: Pack, scheme: Scheme, moment: Moment) -> list[RegionalFigure]:
    """What regions have set for a scheme, by region and date."""
    return [
        RegionalFigure(
            moment.name_of(value.region),
            parameter.label,
            parameter.text(value.value),
            value.start,
            value.end,
            value.on(moment.on),
            cites(pack, value.cites, moment),
        )
        for parameter in scheme.parameters.values()
        for value in sorted(parameter.values, key=lambda one: (one.region or "", one.number))
        if value.region
    ]


# ---------------------------------------------------------------- schemes


def read_by(pack: Pack, scheme: Scheme, condition: Condition) -> tuple[str, ...]:
    """Keys of the parameters that a condition reads."""
    return tuple(pack.judge.conditions[scheme.code, condition.code].parameters)


def facts_of(pack: Pack, scheme: Scheme, condition: Condition) -> tuple[str, ...]:
    """Names of the facts that a condition looks at, those to look across claims included."""
    from jineng.policy import Once

    own = tuple(pack.judge.conditions[scheme.code, condition.code].facts)
    if isinstance(condition.across, Once):
        own = tuple(dict.fromkeys((*own, *condition.across.by, scheme.training)))
    return own


def amount_keys(pack: Pack, scheme: Scheme) -> list[str]:
    """Keys of the figures that are paid, without the terms that say which of them."""
    read = pack.judge.amounts[scheme.code].parameters
    return [key for key in read if scheme.parameters[key].kind == "yuan"]


def conditions(pack: Pack, scheme: Scheme, moment: Moment) -> list[ConditionLine]:
    """The conditions of a scheme in its order."""
    from jineng.policy.facts import FACT

    return [
        ConditionLine(
            code=condition.code,
            title=condition.title,
            facts=tuple(FACT[name].heading for name in facts_of(pack, scheme, condition)),
            figures=figures(pack, scheme, read_by(pack, scheme, condition), moment),
            cites=cites(pack, condition.cites, moment),
            assumed=condition.assumed,
            readings=condition.readings,
            note=condition.note,
        )
        for condition in scheme.conditions
    ]


def terms(pack: Pack, scheme: Scheme) -> dict[str, bool]:
    """Keys of a scheme's periods; whether each is one in which to apply, and not to train."""
    found: dict[str, bool] = {}
    for condition in scheme.conditions:
        applied = APPLIED in facts_of(pack, scheme, condition)
        for key in read_by(pack, scheme, condition):
            if scheme.parameters[key].kind == "period":
                found[key] = found.get(key, False) or applied
    return found


def standing(pack: Pack, scheme: Scheme, on: date) -> Status:
    """Whether a scheme is in force on the day, in one word."""
    keys = terms(pack, scheme)
    asked = [key for key, applied in keys.items() if applied] or list(keys)
    periods = [v.value for key in asked for v in scheme.parameters[key].values]
    if not periods or any(first <= on and (last is None or on <= last) for first, last in periods):
        return Status(_("有效"), "good")
    if all(on < first for first, _last in periods):
        return Status(_("尚未开始"), "waiting")
    if not any(keys.values()):
        return Status(_("只受理期内的培训"), "waiting")
    return Status(_("已到期"), "plain")


def document_standing(document: Document, on: date) -> Status:
    """Whether a document is in force on the day, in one word."""
    if document.start is None and document.end is None:
        return Status(_("期限不详"), "plain")
    if document.in_force_on(on):
        return Status(_("有效"), "good")
    early = document.start is not None and on < document.start
    return Status(_("尚未开始"), "waiting") if early else Status(_("已到期"), "plain")


def scheme_line(pack: Pack, scheme: Scheme, moment: Moment) -> SchemeLine:
    """A scheme in short."""
    from jineng.policy.facts import FUNDS, PAYEES

    shown = figures(pack, scheme, amount_keys(pack, scheme), moment)
    rows = [(one, row) for one in shown for row in one.rows if row.fen is not None]
    paid = [row.fen for _one, row in rows if row.fen is not None]
    bound = next((LIMITS.get(one.limit) for one, row in rows if not row.setter), None)
    due = scheme.amount_due
    return SchemeLine(
        code=scheme.code,
        name=_(scheme.name),
        who=pack.guides[scheme.code].who,
        payee=PAYEES[scheme.payee],
        fund=FUNDS[scheme.fund],
        status=standing(pack, scheme, moment.on),
        least=min(paid, default=None),
        most=max(paid, default=None),
        bound=bound,
        unit=_unit(rows[0][0].label if rows else ""),
        reckoned=due.title if due and not shown else "",
        url=moment.at(reverse("desk:scheme", args=[scheme.code])),
    )


def _unit(label: str) -> str:
    """What a label says in brackets at its end: for whom and how long something is paid."""
    found = _IN_BRACKETS.search(_(label)) if label else None
    return found[1] if found else ""


def all_cited(pack: Pack, scheme: Scheme) -> list[str]:
    """Every clause that a scheme rests on: its own, its conditions', its amount's."""
    due = scheme.amount_due
    cited = [*scheme.cites, *(c for condition in scheme.conditions for c in condition.cites)]
    return list(dict.fromkeys([*cited, *(due.cites if due else ())]))


def schemes_by_payee(pack: Pack, moment: Moment) -> list[tuple[Any, list[SchemeLine]]]:
    """All schemes in short, by who is paid."""
    return [
        (
            title,
            [scheme_line(pack, s, moment) for s in pack.schemes.values() if s.payee == payee],
        )
        for payee, title in PAYEES
    ]


# ---------------------------------------------------------------- guides


@dataclass(frozen=True)
class Told:
    """A material or a step. ``by``: parties; ``conditions``: code and title of each that looks."""

    title: str
    by: tuple[str, ...]
    text: str
    conditions: tuple[tuple[str, str], ...]
    cites: tuple[Cite, ...]
    assumed: str | None
    readings: tuple[str, ...]


def materials(pack: Pack, guide: Guide, moment: Moment) -> list[Told]:
    """What to bring."""
    from jineng.policy.documents import PARTIES

    return [
        Told(
            one.title,
            (PARTIES[one.by],),
            one.note,
            (),
            cites(pack, one.cites, moment),
            one.assumed,
            one.readings,
        )
        for one in guide.materials
    ]


def steps(pack: Pack, scheme: Scheme, moment: Moment) -> list[Told]:
    """How it goes, in order."""
    from jineng.policy.documents import PARTIES

    titles = {condition.code: condition.title for condition in scheme.conditions}
    return [
        Told(
            one.title,
            tuple(PARTIES[party] for party in one.by),
            one.text,
            tuple((code, titles[code]) for code in one.conditions),
            cites(pack, one.cites, moment),
            one.assumed,
            one.readings,
        )
        for one in pack.guides[scheme.code].steps
    ]


def assessed(pack: Pack, scheme: Scheme) -> list[str]:
    """What a scheme asks of the result: titles of the conditions that look at one."""
    return [
        condition.title
        for condition in scheme.conditions
        if RESULTS.intersection(facts_of(pack, scheme, condition))
    ]


@dataclass(frozen=True)
class Limit:
    """A time limit: by which condition, and the figure that says how long or until when."""

    condition: str
    figures: Figures


def limits(pack: Pack, scheme: Scheme, moment: Moment) -> list[Limit]:
    """The terms and spans of time that a scheme's conditions look at."""
    return [
        Limit(condition.title, one)
        for condition in scheme.conditions
        for one in figures(pack, scheme, read_by(pack, scheme, condition), moment)
        if one.kind in ("period", "months")
    ]


def contacts(pack: Pack, scheme: Scheme, moment: Moment) -> tuple[Cite, ...]:
    """Whom the documents that a scheme comes from name as contact."""
    from jineng.policy.documents import CONTACT

    keys = dict.fromkeys(citation.partition(" ")[0] for citation in scheme.cites)
    named = [key for key in keys if CONTACT in pack.documents[key].paragraphs]
    return cites(pack, (f"{key} {CONTACT}" for key in named), moment)


@dataclass(frozen=True)
class Assumption:
    """Something that the documents leave open: what it is about, how it is read, and how else."""

    about: str
    assumed: str
    readings: tuple[str, ...]


def assumptions(pack: Pack, scheme: Scheme) -> list[Assumption]:
    """All that is assumed of a scheme, each once."""
    guide, due = pack.guides[scheme.code], scheme.amount_due
    found = [Assumption(c.title, c.assumed or "", c.readings) for c in scheme.conditions]
    if due:
        found.append(Assumption(due.title, due.assumed or "", due.readings))
    found.append(Assumption(_("发放对象"), scheme.payee_assumed or "", ()))
    found.append(Assumption(_("资金来源"), scheme.fund_assumed or "", ()))
    used = pack.rules.parameters(scheme.code)
    for key, parameter in scheme.parameters.items():
        if key in used:
            found.append(Assumption(parameter.label, parameter.assumed or "", parameter.readings))
            found += [
                Assumption(parameter.label, v.assumed or "", v.readings) for v in parameter.values
            ]
    found.append(Assumption(_("申领材料"), guide.assumed or "", guide.readings))
    found += [Assumption(s.title, s.assumed or "", s.readings) for s in guide.steps]
    return list(dict.fromkeys(one for one in found if one.assumed))
