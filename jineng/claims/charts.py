"""What lines come to, ready to be drawn: by outcome, scheme, region, month and reason.

Each bar leads to the list narrowed to it. Regions and months are grouped as far as that keeps a
chart short, and opened by narrowing: a province's cities, a city's counties; years, their months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from jineng.claims import words
from jineng.claims.listing import NO_SCHEME
from jineng.claims.summary import Sum, Totals, added
from jineng.pages.tables import Wanted, yuan
from jineng.policy import Pack
from jineng.policy.facts import OUTCOMES

#: More bars than these are put together into one.
MOST_BARS = 18
MOST_REASONS = 8
#: More months than these are shown as years.
MOST_MONTHS = 24
#: Of a region's six digits these name its city; of a month, its year.
CITY, YEAR = 4, 4

Sums = Mapping[str, Sum]


@dataclass(frozen=True)
class _Group:
    """What a bar stands for. ``narrows``: the words of the address of its lines alone."""

    name: str
    sums: Sums
    narrows: dict[str, str]


def charts(pack: Pack, totals: Totals, wanted: Wanted) -> dict[str, Any]:
    """The charts of a list, by what they are of; those of reasons are missing without one."""
    drawn = {
        "outcomes": _outcomes(totals, wanted),
        "schemes": _by_outcome(_("补贴项目"), _schemes(totals), wanted),
        "regions": _by_outcome(_("地区"), _regions(totals), wanted),
        "months": _by_outcome(_("受理月份"), _months(totals), wanted),
    }
    if totals.failed:
        failed = [
            (_title(pack, scheme, code, totals), count, f"{scheme}.{code}")
            for scheme, code, count in totals.failed
        ]
        drawn["failed"] = _reasons(_("未满足的条件"), "bad", failed, wanted)
    if totals.missing:
        missing = [
            (words.missing_word(fact), count, f"{NO_SCHEME}.{fact}")
            for fact, count in totals.missing
        ]
        drawn["missing"] = _reasons(_("缺少的信息"), "waiting", missing, wanted)
        drawn["missing"]["more"] = (_("由谁提供"),)
        for bar, (fact, _lines) in zip(drawn["missing"]["bars"], totals.missing, strict=False):
            bar["more"] = (words.supplier(fact),)
    return drawn


def _title(pack: Pack, scheme: str, code: str, totals: Totals) -> str:
    """A condition; with the scheme whose it is where there are several."""
    if len(totals.schemes) > 1:
        return words.failed(pack, scheme, code)
    return words.titles(pack, scheme).get(code, code)


def _outcomes(totals: Totals, wanted: Wanted) -> dict[str, Any]:
    bars = []
    for code, word in OUTCOMES.items():
        count, fen = totals.outcomes.get(code, (0, 0))
        share = f"{count * 100 / totals.lines:.1f}%" if totals.lines else "0%"
        bars.append(
            {
                "name": _(word),
                "values": [count],
                "look": words.TONES[code],
                "note": share,
                "more": (share, yuan(fen)),
                "url": f"?{wanted.query(outcome=code)}",
            }
        )
    heads = (_("占比"), _("金额（元）"))
    return {"column": _("结论"), "series": [(_("条"), "plain")], "bars": bars, "more": heads}


def _by_outcome(column: str, groups: list[_Group], wanted: Wanted) -> dict[str, Any]:
    """A bar for each, its parts the outcomes."""
    series = [(_(word), words.TONES[code]) for code, word in OUTCOMES.items()]
    bars = [_bar(one, wanted) for one in groups]
    return {"column": column, "series": series, "bars": bars, "more": (_("金额（元）"),)}


def _bar(group: _Group, wanted: Wanted) -> dict[str, Any]:
    bar: dict[str, Any] = {
        "name": group.name,
        "values": [group.sums.get(outcome, (0, 0))[0] for outcome in OUTCOMES],
        "more": (yuan(sum(fen for _count, fen in group.sums.values())),),
    }
    if group.narrows:
        narrowed = [wanted.query(**group.narrows, outcome=outcome) for outcome in OUTCOMES]
        bar["url"] = f"?{wanted.query(**group.narrows)}"
        bar["urls"] = [f"?{query}" for query in narrowed]
    return bar


def _schemes(totals: Totals) -> list[_Group]:
    return [
        _Group(words.scheme_name(code), sums, {"scheme": code})
        for code, sums in totals.schemes.items()
    ]


def _regions(totals: Totals) -> list[_Group]:
    """Cities; the regions themselves where there is but one city."""
    digits = CITY if len({code[:CITY] for code in totals.regions}) > 1 else None
    groups = [
        _Group(words.place_name(code), sums, {"region": code})
        for code, sums in _put_together(totals.regions, digits).items()
    ]
    return _shortened(sorted(groups, key=lambda one: -_count(one.sums)))


def _months(totals: Totals) -> list[_Group]:
    months = _put_together({f"{day}": sums for day, sums in totals.days.items()}, len("2020-10"))
    if len(months) > MOST_MONTHS:
        months = _put_together(months, YEAR)
    return [_Group(month, sums, {"month": month}) for month, sums in months.items()]


def _put_together(sums: Mapping[str, Sums], digits: int | None) -> dict[str, Sums]:
    """The sums of all words that begin alike."""
    groups: dict[str, list[Sums]] = {}
    for word, one in sums.items():
        groups.setdefault(word[:digits], []).append(one)
    return {word: added(of_word) for word, of_word in groups.items()}


def _shortened(groups: list[_Group]) -> list[_Group]:
    """The first, and all others as one."""
    if len(groups) <= MOST_BARS + 1:
        return groups
    rest = groups[MOST_BARS:]
    name = _("其余 %(count)s 个") % {"count": len(rest)}
    return [*groups[:MOST_BARS], _Group(name, added(one.sums for one in rest), {})]


def _count(sums: Sums) -> int:
    return sum(count for count, _fen in sums.values())


def _reasons(
    column: str, look: str, found: Iterable[tuple[str, int, str]], wanted: Wanted
) -> dict[str, Any]:
    listed = list(found)
    bars = [
        {"name": name, "values": [count], "url": f"?{wanted.query(reason=reason)}"}
        for name, count, reason in listed[:MOST_REASONS]
    ]
    more = len(listed) - MOST_REASONS
    left = _("另有 %(count)s 种，在筛选的“原因”里") % {"count": more} if more > 0 else ""
    return {"column": column, "series": [(_("条"), look)], "bars": bars, "left": left}
