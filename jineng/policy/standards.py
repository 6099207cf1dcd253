"""Standards that cities set: data beside the pack, within its caps and floors, part of the release.

Standards are a list that only grows: what was right once stays in it, and a mistake is corrected by
a later one that names it (``replaces``). So every release that ever decided anything can be made
again from the pack and the beginning of the list.

A file of standards is a list in YAML:

    - region: 420100
      scheme: FREE              # 代码或名称
      parameter: standard       # 不写就是 standard
      value: 1200               # 元；按等级、项目等分档的写成 {代码: 元}
      number: 武人社发〔2020〕12号
      clause: 二(一)            # 文件的哪一条，可不写
      from: 2020-09-01
      to: 2020-12-31            # 可不写
      entered_by: 甲            # 录入人和复核人不得是同一人
      seconded_by: 乙
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from jineng.policy.assembly import (
    Change,
    Enacted,
    Sources,
    enacted,
    entry_of,
    values_of,
    wrong_number,
)
from jineng.policy.errors import PackError
from jineng.policy.parameters import CITIES, Elsewhere, Parameter, who_sets
from jineng.policy.schemes import Scheme

if TYPE_CHECKING:
    from jineng.policy.pack import Pack

NEEDED = ("region", "scheme", "value", "number", "from")
_WORDS = (*NEEDED, "parameter", "title", "clause", "to", "replaces", "entered_by", "seconded_by")
_WHERE = "地区标准"


class StandardsError(PackError):
    """Standards that may not be used: every reason at once, each naming region, key and date."""

    says = "地区标准不能使用"


@dataclass(frozen=True)
class Standard:
    """What a city, or a county directly under the province, has set for a scheme.

    ``scheme``: code or Chinese name; ``parameter``: its key; ``value``: yuan, or a table of them by
    code; ``number``: the city's document, in which ``clause`` may name the place; ``start``,
    ``end``: its first and last day. ``replaces``: the number of an earlier standard of the region
    for the same parameter that this one corrects. ``entered_by`` and ``seconded_by``: references of
    two different persons. ``where``: how messages name it.
    """

    region: str
    scheme: str
    value: Any
    number: str
    start: Any
    end: Any = None
    parameter: str = "standard"
    title: str = ""
    clause: str = ""
    replaces: str = ""
    entered_by: str = ""
    seconded_by: str = ""
    where: str = _WHERE

    @property
    def content(self) -> dict[str, Any]:
        """What decides: all but the persons, and amounts in one way of writing."""
        amounts = self.value
        if isinstance(amounts, Mapping):
            plain: Any = {str(code): _plain(amount) for code, amount in amounts.items()}
        else:
            plain = _plain(amounts)
        return {
            "region": str(self.region),
            "scheme": self.scheme,
            "parameter": self.parameter,
            "value": plain,
            "number": self.number,
            "clause": self.clause,
            "from": str(self.start),
            "to": str(self.end or ""),
            "replaces": self.replaces,
        }

    @property
    def written(self) -> dict[str, Any]:
        """As a file of standards writes it: what there is, persons and all."""
        words = self.content | {"from": self.start, "to": self.end, "title": self.title}
        words |= {"entered_by": self.entered_by, "seconded_by": self.seconded_by}
        return {word: words[word] for word in _WORDS if words[word] not in ("", None)}


def _plain(amount: object) -> str:
    try:
        return f"{Decimal(str(amount)):.2f}"
    except (InvalidOperation, ValueError):
        return str(amount)


def written_list(raw: object, file: str) -> tuple[list[tuple[str, Any]], list[str]]:
    """The entries of a list of standards, each with where it stands; and whether it is a list."""
    if raw is not None and not isinstance(raw, list):
        return [], [f"{file}：应写成列表，每条一个标准，以“- region:”开头"]
    entries = enumerate(raw or [], start=1)
    return [(f"{file}：{_WHERE}第 {number} 条", entry) for number, entry in entries], []


def written_standard(entry: object, where: str) -> tuple[list[Standard], list[str]]:
    """The standard of an entry as written, if it is one, and what in it can't be read."""
    if not isinstance(entry, Mapping):
        return [], [f"{where}：应写成 {'、'.join(NEEDED)} 各项"]
    words = {str(word): content for word, content in entry.items()}
    lacking = [word for word in NEEDED if words.get(word) in (None, "")]
    unknown = [word for word in words if word not in _WORDS]
    errors = [f"{where}：缺少 {word}" for word in lacking]
    errors += [f"{where}：不认识“{w}”，可写 {'、'.join(_WORDS)}" for w in unknown]
    if lacking:
        return [], errors
    texts = {
        word: str(words[word])
        for word in _WORDS
        if word not in ("value", "from", "to") and words.get(word) is not None
    }
    days = {"start": words["from"], "end": words.get("to")}
    return [Standard(**texts, **days, value=words["value"], where=where)], errors


def left_to_regions(pack: Pack) -> list[tuple[Scheme, Parameter]]:
    """The amounts that regions set: those that the documents leave to them, whole or in a bound."""
    return [
        (scheme, parameter)
        for scheme in pack.schemes.values()
        for key, parameter in scheme.parameters.items()
        if key not in pack.parameters and parameter.regional
    ]


def standard_changes(
    pack: Pack, sources: Sources, standards: Sequence[Standard], *, in_force: bool = True
) -> tuple[list[Change], dict[str, Enacted], list[str]]:
    """The standards as values of parameters, the documents they come with, and what is wrong.

    ``in_force``: they decide, and not only in a draft; so two persons must stand behind each.
    """
    changes: list[Change] = []
    documents: dict[str, Enacted] = {}
    errors: list[str] = []
    for number, standard in enumerate(standards, start=1):
        if standard.where == _WHERE:
            standard = replace(standard, where=f"{_WHERE}第 {number} 条")
        told = list(_wrong(pack, standard, in_force=in_force))
        scheme = pack.scheme_named(standard.scheme)
        entry = entry_of(sources, scheme.file, standard.parameter) if scheme else None
        named = f"{standard.region} {scheme.name if scheme else standard.scheme}"
        where = f"{standard.where}（{named} {standard.parameter}，自 {standard.start} 起）"
        if scheme and entry is None:
            told.append(f"没有参数 {standard.parameter}")
        elif scheme and entry is not None:
            told += _not_theirs(entry)
            place = (scheme.file, standard.parameter)
            before = [change.value for change in changes if (change.file, change.key) == place]
            gives_way, reasons = _gives_way(standard, [*values_of(entry), *before])
            told += reasons
            value = _value(standard, f"{standard.where}：{named} {standard.parameter}")
            changes = [c for c in changes if not any(c.value is v for v in gives_way)]
            changes.append(Change(*place, value, gives_way))
        errors += [f"{where}：{reason}" for reason in told]
        _add_document(pack, documents, standard)
    return changes, documents, errors


def _value(standard: Standard, where: str) -> Elsewhere:
    """The standard as a parameters file would write it."""
    content: dict[str, Any] = {
        "from": standard.start,
        "region": standard.region,
        "value": standard.value,
        "cites": f"{standard.number} {standard.clause}".strip(),
    }
    if standard.end is not None:
        content["to"] = standard.end
    return Elsewhere(content, where, standard.number)


def _wrong(pack: Pack, standard: Standard, *, in_force: bool) -> Iterable[str]:
    if pack.scheme_named(standard.scheme) is None:
        yield f"没有补贴项目“{standard.scheme}”"
    if not standard.number:
        yield "缺少文件号 number"
    elif wrong := wrong_number(standard.number, pack.documents):
        yield wrong
    if not isinstance(standard.start, date):
        yield f"生效日期“{standard.start}”应写作 2020-06-01"
    if not in_force:
        return
    if not standard.entered_by or not standard.seconded_by:
        yield "须写明录入人 entered_by 和复核人 seconded_by"
    elif standard.entered_by == standard.seconded_by:
        yield "录入人和复核人不得是同一人"


def _not_theirs(entry: Mapping[str, Any]) -> list[str]:
    """Regions set amounts that the documents leave to them, whole or within a bound."""
    if CITIES in who_sets(entry):
        return []
    return [f"“{entry.get('label')}”由省里规定，地区不能另定"]


def _gives_way(
    standard: Standard, values: Sequence[Mapping[str, Any]]
) -> tuple[tuple[Mapping[str, Any], ...], list[str]]:
    """The values that the standard corrects; and a reason where it would hide one unsaid."""
    theirs = [v for v in values if str(v.get("region")) == standard.region]
    if standard.replaces:
        replaced = tuple(
            v for v in theirs if isinstance(v, Elsewhere) and v.document == standard.replaces
        )
        told = [] if replaced else [f"没有要更正的标准“{standard.replaces}”"]
        return replaced, told
    same_day = [v for v in theirs if v.get("from") == standard.start]
    names = "、".join(getattr(v, "document", "") or "政策包" for v in same_day)
    hint = f"该日起已有标准（{names}）；如要更正，请写明 replaces: 原文件号"
    return (), [hint] if same_day else []


def _add_document(pack: Pack, documents: dict[str, Enacted], standard: Standard) -> None:
    known = documents.get(standard.number) or pack.documents.get(standard.number)
    if known is not None and not isinstance(known, Enacted):
        return
    clauses = {standard.clause: ""} if standard.clause else {}
    start = standard.start if isinstance(standard.start, date) else None
    title = standard.title or (known.title if known else f"{standard.region} 补贴标准")
    documents[standard.number] = enacted(
        standard.number, standard.number, title, clauses, start, "地区规定的标准", known=known
    )
