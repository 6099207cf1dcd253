"""Dated, regional, cited parameters: read from YAML, checked, looked up by date and region.

A parameter is a label, a kind and a list of values; each value says from which day (and to which)
it holds, for which region, and the clause it rests on. Without a citation nothing loads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from jineng.policy.facts import FACT, FACTS, yuan_text
from jineng.policy.written import read_yaml

KINDS = ("number", "yuan", "months", "period", "list")
BOUNDS = {"cap": "不高于", "floor": "不低于"}
_WORDS = frozenset(
    {"label", "kind", "by", "bound", "set_by", "cites", "assumed", "readings", "values"}
)
_VALUE_WORDS = frozenset({"from", "to", "region", "value", "cites", "assumed", "readings"})
_MOST_VALUES = 100_000  # of one file
DIRECT = "4290"  # county-level units directly under the province set their own standard
#: Who sets what the documents leave open: cities, or departments of the province.
CITIES, PROVINCE = "cities", "province"
_BY_CITIES = {CITIES: "市州人社、财政部门"}


class Elsewhere(dict[str, Any]):
    """A value of a parameter as written in another file: ``where`` messages are to name.

    ``document``: number of the document by which a region sets it.
    """

    def __init__(self, content: Mapping[str, Any], where: str, document: str = "") -> None:
        super().__init__(content)
        self.where = where
        self.document = document


@dataclass(frozen=True)
class Value:
    """One value of a parameter, on the days from ``start`` to ``end`` (both included).

    ``where``: file and key, as messages name them.
    """

    number: int
    value: Any
    start: date | None
    end: date | None
    region: str | None
    cites: tuple[str, ...]
    assumed: str | None
    readings: tuple[str, ...]
    where: str = ""

    def on(self, day: date) -> bool:
        """Whether the day lies within the value's dates."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Parameter:
    """A figure of the policy under its key.

    ``kind``: number (whole), yuan (kept as 分), months (a span), period ((first day, last day or
    None)), list (of codes). ``by``: the fact whose value picks a figure from a table. ``bound``:
    whether the pack's own value caps (cap) or supports (floor) what a region may set. ``set_by``:
    in words, who sets what the documents leave open, by ``CITIES`` and ``PROVINCE``.
    """

    key: str
    label: str
    kind: str
    by: str | None
    bound: str | None
    set_by: Mapping[str, str]
    cites: tuple[str, ...]
    assumed: str | None
    readings: tuple[str, ...]
    values: tuple[Value, ...]
    file: str

    @property
    def regional(self) -> bool:
        """Whether regions set it, each for itself."""
        return CITIES in self.set_by

    @property
    def own(self) -> list[Value]:
        """The values that hold where no region has set its own, in order of date."""
        return sorted((v for v in self.values if v.region is None), key=_start)

    def own_during(self, first: date, last: date | None) -> list[Value]:
        """The own values that hold on some day of these; the nearest beyond all their dates."""
        own, found = self.own, []
        for place, value in enumerate(own):
            begins = date.min if place == 0 else _start(value)
            ends = _start(own[place + 1]) - timedelta(days=1) if own[place + 1 :] else date.max
            if first <= ends and (last or date.max) >= begins:
                found.append(value)
        return found

    def pick(self, day: date, region: str, code: str | None = None) -> Value | None:
        """The value for a governing date and a region; the nearest known outside all dates.

        A region's own value comes first, on its dates alone: the city's for its counties. Of a
        region's table that holds for the codes only which it names (``code``: the claim's).
        """
        for value in self.values:
            named = self.by is None or code in value.value
            here = value.region is not None and covers_region(value.region, region)
            if here and named and value.on(day):
                return value
        begun = [v for v in self.own if v.start is None or v.start <= day]
        return begun[-1] if begun else (self.own[0] if self.own else None)

    def text(self, value: Any) -> str:
        """A value as an official reads it."""
        if value is None:
            return "未规定"
        if self.by and isinstance(value, dict):
            fact = FACT[self.by]
            return "，".join(f"{fact.label(k)} {self._plain(v)}" for k, v in value.items())
        return self._plain(value)

    def _plain(self, value: Any) -> str:
        if self.kind == "yuan":
            return f"{yuan_text(value)} 元"
        if self.kind == "months":
            return f"{value} 个月"
        if self.kind == "period":
            first, last = value
            return f"{first} 至 {last or '未定'}"
        if self.kind == "list":
            return "、".join(_labels(value))
        return str(value)


def _labels(codes: list[str]) -> list[str]:
    """Codes in words, by the fact that has all of them."""
    for fact in FACTS:
        if fact.kind == "code" and set(codes) <= fact.codes.keys():
            return [fact.codes[code] for code in codes]
    return codes


def _start(value: Value) -> date:
    return value.start or date.min


def covers_region(setter: str, region: str) -> bool:
    """Whether a standard set by one region holds in another: a city's in its counties."""
    if setter.startswith(DIRECT):
        return setter == region
    return setter[:4] == region[:4] if setter.endswith("00") else setter == region


class Reader:
    """Reads the parameters of a pack's files, numbering their values; gathers every error."""

    def __init__(self, known_clause: Callable[[str], bool]) -> None:
        self._known_clause = known_clause
        self._files = self._count = 0
        self.errors: list[str] = []

    def read(self, path: Path) -> dict[str, Parameter]:
        """The parameters of one YAML file by key."""
        return self.parameters(path.name, self.written(path))

    def written(self, path: Path) -> dict[str, Any]:
        """What a YAML file says, entry by key, not yet understood."""
        raw, wrong = read_yaml(path.read_text(encoding="utf-8"))
        self.errors += [f"{path.name}：{reason}" for reason in wrong]
        if raw is not None and not isinstance(raw, dict):
            self.errors.append(f"{path.name}：应写成 参数: 内容")
            return {}
        return {str(key): entry for key, entry in (raw or {}).items()}

    def parameters(self, file: str, written: Mapping[str, Any]) -> dict[str, Parameter]:
        """The parameters of what a file says, by key."""
        # what is added to one file leaves the numbers of the others as they are
        self._count = self._files * _MOST_VALUES
        self._files += 1
        read = [self._parameter(file, key, entry or {}) for key, entry in written.items()]
        return {parameter.key: parameter for parameter in read if parameter}

    def _parameter(self, file: str, key: str, entry: Any) -> Parameter | None:
        where = f"{file}：{key}"
        if not isinstance(entry, dict) or not isinstance(entry.get("values") or [], list):
            self.errors.append(f"{where}：写法不对，应有 label 和 values，values 每条一个值")
            return None
        kind = entry.get("kind", "number")
        unknown = sorted(map(str, entry.keys() - _WORDS))
        if unknown or kind not in KINDS or entry.get("bound") not in (None, *BOUNDS):
            self.errors.append(f"{where}：写法不对（{'、'.join(unknown) or kind}）")
            return None
        setters = entry.get("set_by") or {}
        if not isinstance(setters, dict) or setters.keys() - {CITIES, PROVINCE}:
            self.errors.append(f"{where}：set_by 应写成 {CITIES}、{PROVINCE}: 由谁规定")
            return None
        own_cites = _texts(entry.get("cites"))
        self._check_cites(where, own_cites, needed=not entry.get("values"))
        values = [self._value(where, kind, entry, raw) for raw in entry.get("values") or []]
        parameter = Parameter(
            key=key,
            label=entry.get("label", key),
            kind=kind,
            by=entry.get("by"),
            bound=entry.get("bound"),
            set_by=who_sets(entry),
            cites=own_cites,
            assumed=_assumption(entry),
            readings=_texts(entry.get("readings")),
            values=tuple(v for v in values if v),
            file=file,
        )
        self._check_dates(parameter)
        parameter = replace(parameter, values=tuple(_ended(parameter.values)))
        self._check_bounds(parameter)
        return parameter

    def _value(self, where: str, kind: str, entry: dict[str, Any], raw: Any) -> Value | None:
        if not isinstance(raw, dict):
            self.errors.append(f"{where}：值“{raw}”应写成 from、value、cites 各项")
            return None
        start, end, region = raw.get("from"), raw.get("to"), raw.get("region")
        written = where = raw.where if isinstance(raw, Elsewhere) else where
        where = f"{where}（自 {start or '未写'} 起{f'，地区 {region}' if region else ''}）"
        cites = _texts(raw.get("cites"))
        self._check_cites(where, cites, needed=True)
        unknown = sorted(map(str, raw.keys() - _VALUE_WORDS))
        if unknown:
            self.errors.append(f"{where}：写法不对（{'、'.join(unknown)}）")
        for day in (start, end):
            if day is not None and type(day) is not date:
                self.errors.append(f"{where}：日期“{day}”应写作 2020-06-01")
                return None
        if start is None:
            self.errors.append(f"{where}：缺少生效日期 from")
            return None
        if end and end < start:
            self.errors.append(f"{where}：截止日期 {end} 早于生效日期")
        if region is not None and not may_set(str(region)):
            self.errors.append(f"{where}：标准由市州（含直管市）设定，县区随其市州")
        try:
            value = _typed(kind, entry.get("by"), raw["value"])
        except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError):
            self.errors.append(f"{where}：值“{raw.get('value')}”不是 {kind} 类参数应有的写法")
            return None
        self.errors += [f"{where}：{reason}" for reason in _strange(kind, entry.get("by"), value)]
        self._count += 1
        return Value(
            number=self._count,
            value=value,
            start=start,
            end=end,
            region=None if region is None else str(region),
            cites=cites,
            assumed=_assumption(raw),
            readings=_texts(raw.get("readings")),
            where=written,
        )

    def _check_cites(self, where: str, cites: tuple[str, ...], *, needed: bool) -> None:
        if needed and not cites:
            self.errors.append(f"{where}：没有依据（cites），不能载入")
        self.errors += [
            f"{where}：依据“{c}”不在文件条款表中" for c in cites if not self._known_clause(c)
        ]

    def _check_dates(self, parameter: Parameter) -> None:
        """No two values of one region hold on the same day."""
        by_region: dict[str | None, list[Value]] = {}
        for value in parameter.values:
            by_region.setdefault(value.region, []).append(value)
        for region, values in by_region.items():
            values.sort(key=_start)
            for earlier, later in pairwise(values):
                # of two values without an end, the later one ends the earlier
                end = earlier.end or _start(earlier)
                if end >= _start(later):
                    place = f"，地区 {region}" if region else ""
                    where = " 和 ".join(dict.fromkeys((earlier.where, later.where)))
                    self.errors.append(
                        f"{where}：自 {earlier.start} 起与自 {later.start} 起的值日期重叠{place}"
                    )

    def _check_bounds(self, parameter: Parameter) -> None:
        """What a region sets keeps to the cap or floor on each of its days."""
        for value in parameter.values:
            if not (value.region and parameter.bound):
                continue
            for bound in parameter.own_during(_start(value), value.end):
                if breaks(parameter.bound, value.value, bound.value):
                    word = "高于上限" if parameter.bound == "cap" else "低于下限"
                    whose = f"（{bound.where}，自 {bound.start} 起）"
                    self.errors.append(
                        f"{value.where}（自 {value.start} 起，地区 {value.region}）："
                        f"{parameter.text(value.value)} {word} {parameter.text(bound.value)}"
                        f"{whose if bound.where != value.where else ''}"
                    )


def _ended(values: tuple[Value, ...]) -> list[Value]:
    """The values with an end where a later one of the same region takes over."""
    ended = []
    for value in values:
        later = [
            _start(v) for v in values if v.region == value.region and _start(v) > _start(value)
        ]
        if later and value.end is None:
            value = replace(value, end=min(later) - timedelta(days=1))
        ended.append(value)
    return ended


def breaks(bound: str, regional: Any, own: Any) -> bool:
    """Whether a region's figure, or any figure of its table, lies beyond the bound."""
    pairs = (
        [(v, own[k]) for k, v in regional.items() if k in own]
        if isinstance(regional, dict)
        else [(regional, own)]
    )
    return any(v > limit if bound == "cap" else v < limit for v, limit in pairs)


def who_sets(entry: Mapping[str, Any]) -> dict[str, str]:
    """Who sets what the documents leave open of a parameter, as written: cities unless it says so.

    Amounts alone are left open: those without one of the documents' own, or within a bound.
    """
    values = entry.get("values") or ()
    own = [value for value in values if isinstance(value, Mapping) and not value.get("region")]
    open_ = entry.get("kind") == "yuan" and (entry.get("bound") or not own)
    return dict(entry.get("set_by") or (_BY_CITIES if open_ else {}))


def may_set(region: str) -> bool:
    """Whether a region sets standards: the province's cities and its directly governed units."""
    return (
        len(region) == 6
        and region.isdigit()
        and not region.endswith("0000")
        and (region.endswith("00") or region.startswith(DIRECT))
    )


def _typed(kind: str, by: str | None, raw: Any) -> Any:
    if by:
        return {str(code): _typed(kind, None, value) for code, value in raw.items()}
    if kind == "yuan":
        fen = Decimal(str(raw)) * 100
        if fen != int(fen) or fen < 0 or isinstance(raw, bool):
            raise ValueError(raw)
        return int(fen)
    if kind == "period":
        first, last = raw["first"], raw.get("last")
        if type(first) is not date or (last is not None and type(last) is not date):
            raise ValueError(raw)
        return (first, last)
    if kind == "list":
        if not isinstance(raw, list):
            raise ValueError(raw)
        return [str(code) for code in raw]
    if type(raw) is not int:
        raise ValueError(raw)
    return raw


def _strange(kind: str, by: str | None, value: Any) -> list[str]:
    """What is wrong with a value that is written as it should be."""
    if by and by in FACT and FACT[by].kind == "code":
        known = FACT[by].codes
        return [
            f"“{code}”不是“{FACT[by].heading}”的代码，可写 {'、'.join(known)}"
            for code in value
            if code not in known
        ]
    if kind == "list" and not any(fact.codes.keys() >= set(value) for fact in FACTS):
        return [f"“{'、'.join(value)}”不全是同一事实的代码"]
    if kind == "period" and value[1] is not None and value[1] < value[0]:
        return [f"期限的截止日 {value[1]} 早于起始日 {value[0]}"]
    return []


def _texts(raw: Any) -> tuple[str, ...]:
    if raw is None:
        return ()
    return (raw,) if isinstance(raw, str) else tuple(str(text) for text in raw)


def _assumption(entry: dict[str, Any]) -> str | None:
    """What is assumed, in words; None where the documents say it themselves."""
    assumed = entry.get("assumed")
    if not assumed:
        return None
    return assumed if isinstance(assumed, str) else "文件未写明，按此理解执行"


def all_values(parameters: Iterable[Parameter]) -> dict[int, tuple[Parameter, Value]]:
    """Every value by its number, with its parameter."""
    return {v.number: (p, v) for p in parameters for v in p.values}
