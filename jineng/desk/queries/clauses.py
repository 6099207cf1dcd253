"""Documents paragraph by paragraph: what each says, and what of the product carries it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.desk.queries.library import Cite, cites, document_standing, figures
from jineng.desk.queries.moments import Moment
from jineng.pages.tables import Status

if TYPE_CHECKING:
    from jineng.policy import Condition, Document, Entry, Feature, Pack, Statement

#: Ways in which a paragraph may be carried, by which a document can be narrowed.
CARRIED = (
    ("rules", gettext_lazy("由规则承载")),
    ("here", gettext_lazy("由现有功能承载")),
    ("to_come", gettext_lazy("功能待建")),
    ("outside", gettext_lazy("不属系统事务")),
)


@dataclass(frozen=True)
class DocumentLine:
    """A document in short. ``counts``: of paragraphs by what carries them (see ``tracing``)."""

    document: Document
    status: Status
    counts: dict[str, int]
    url: str


@dataclass(frozen=True)
class Reading:
    """What the documents leave open: how it is read, and how else it may be."""

    assumed: str
    readings: tuple[str, ...]


@dataclass(frozen=True)
class Carrier:
    """A rule that carries something. ``schemes``: names and addresses of those it is of.

    ``texts``: its figures on the day; ``open``: what of it is assumed, each once.
    """

    title: str
    schemes: tuple[tuple[str, str], ...]
    texts: tuple[str, ...] = ()
    open: tuple[Reading, ...] = ()


def _open(*things: Any) -> tuple[Reading, ...]:
    """What is assumed of things that may be, each once."""
    found = [Reading(one.assumed, one.readings) for one in things if one and one.assumed]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class FeatureLine:
    """A feature that carries something. ``pages``: addresses that can be opened."""

    name: str
    to_come: bool
    pages: tuple[str, ...]


@dataclass(frozen=True)
class PartLine:
    """One thing that a paragraph says, whom it concerns, and what carries it."""

    text: str
    bound: tuple[str, ...]
    entitled: tuple[str, ...]
    days: tuple[tuple[str, str], ...]
    conditions: tuple[Carrier, ...]
    figures: tuple[Carrier, ...]
    schemes: tuple[Carrier, ...]
    features: tuple[FeatureLine, ...]
    outside: str


@dataclass(frozen=True)
class EntryLine:
    """A paragraph. ``status``: where its days are other than the document's."""

    entry: Entry
    status: Status | None
    see: tuple[Cite, ...]
    parts: tuple[PartLine, ...]
    ways: frozenset[str]


def document_line(pack: Pack, document: Document, moment: Moment) -> DocumentLine:
    """A document in short."""
    from jineng.policy.tracing import counts

    return DocumentLine(
        document=document,
        status=document_standing(document, moment.on),
        counts=counts(pack, [document]),
        url=moment.at(reverse("desk:document", args=[document.key])),
    )


def entry_lines(pack: Pack, document: Document, moment: Moment) -> list[EntryLine]:
    """The paragraphs of a document in their order."""
    from jineng.policy.tracing import cited_by

    citing = cited_by(pack)
    return [
        _entry_line(pack, document, entry, citing.get(entry.citation, {}), moment)
        for entry in document.entries.values()
    ]


def _entry_line(
    pack: Pack, document: Document, entry: Entry, citing: dict[str, set[str]], moment: Moment
) -> EntryLine:
    own = (entry.start, entry.end) != (document.start, document.end)
    parts = () if entry.heading else entry.parts
    return EntryLine(
        entry=entry,
        status=document_standing(_dated(document, entry), moment.on) if own else None,
        see=cites(pack, entry.see, moment),
        parts=tuple(_part_line(pack, part, citing, moment) for part in parts),
        ways=frozenset(_ways(pack, entry)),
    )


def _dated(document: Document, entry: Entry) -> Document:
    from dataclasses import replace

    return replace(document, start=entry.start, end=entry.end)


def _ways(pack: Pack, entry: Entry) -> Iterator[str]:
    from jineng.policy.documents import RULES

    if any(entry.named(kind) for kind in RULES):
        yield "rules"
    for key in entry.named("features"):
        yield "to_come" if pack.features[key].to_come else "here"
    if any(part.outside for part in entry.parts):
        yield "outside"


def _part_line(
    pack: Pack, part: Statement, citing: dict[str, set[str]], moment: Moment
) -> PartLine:
    from jineng.policy.documents import PARTIES

    def all_of(kind: str) -> list[str]:
        from jineng.policy.tracing import written_out

        return written_out(getattr(part, kind), citing.get(kind, ()))

    return PartLine(
        text=part.text,
        bound=tuple(PARTIES[party] for party in part.bound),
        entitled=tuple(PARTIES[party] for party in part.entitled),
        days=part.days,
        conditions=tuple(_conditions(pack, all_of("conditions"), moment)),
        figures=tuple(_figures(pack, all_of("parameters"), moment)),
        schemes=tuple(_schemes(pack, part, moment)),
        features=tuple(feature_line(pack.features[key]) for key in part.features),
        outside=part.outside,
    )


def _conditions(pack: Pack, names: Iterable[str], moment: Moment) -> Iterator[Carrier]:
    """Conditions by their title; the same of several schemes is one."""
    by_title: dict[str, list[tuple[str, Condition]]] = {}
    for name in names:
        code, _dot, condition_code = name.partition(".")
        for condition in pack.schemes[code].conditions:
            if condition.code == condition_code:
                by_title.setdefault(condition.title, []).append((code, condition))
    for title, held in by_title.items():
        schemes = tuple(_scheme(pack, code, moment, f"condition-{one.code}") for code, one in held)
        yield Carrier(title, schemes, open=_open(*(one for _code, one in held)))


def _figures(pack: Pack, names: Iterable[str], moment: Moment) -> Iterator[Carrier]:
    """Parameters, those that schemes share with every scheme that reads them."""
    for name in names:
        owner, _dot, key = name.partition(".")
        codes = [owner] if owner in pack.schemes else _reading(pack, key)
        if not codes:
            continue
        (one,) = figures(pack, pack.schemes[codes[0]], [key], moment)
        rows = tuple(f"{row.label} {row.text}".strip() for row in one.rows)
        schemes = tuple(_scheme(pack, code, moment, f"figure-{key}") for code in codes)
        yield Carrier(one.label, schemes, rows or (_("尚未规定"),), _open(one, *one.rows))


def _reading(pack: Pack, key: str) -> list[str]:
    return [code for code in pack.schemes if key in pack.rules.parameters(code)]


def _schemes(pack: Pack, part: Statement, moment: Moment) -> Iterator[Carrier]:
    """Schemes and amounts, each scheme once."""
    for code in part.schemes:
        yield Carrier(_("补贴项目"), (_scheme(pack, code, moment),))
    for code in part.amounts:
        due = pack.schemes[code].amount_due
        title = due.title if due else ""
        yield Carrier(title, (_scheme(pack, code, moment, "amount"),), open=_open(due))


def _scheme(pack: Pack, code: str, moment: Moment, anchor: str = "") -> tuple[str, str]:
    return pack.schemes[code].name, moment.at(reverse("desk:scheme", args=[code]), anchor)


def feature_line(feature: Feature) -> FeatureLine:
    """A feature with the pages that it has."""
    return FeatureLine(feature.name, feature.to_come, feature.pages)


def neighbours(pack: Pack, key: str, moment: Moment) -> dict[str, Any]:
    """The documents before and after one, in the order of the list."""
    keys = [one for one, document in pack.documents.items() if document.paragraphs]
    place = keys.index(key) if key in keys else -1

    def told(at: int) -> dict[str, str] | None:
        if place < 0 or not 0 <= at < len(keys):
            return None
        document = pack.documents[keys[at]]
        url = moment.at(reverse("desk:document", args=[document.key]))
        return {"number": document.number, "url": url}

    return {"before": told(place - 1), "after": told(place + 1)}
