"""Drafts: what would be if some figures, dates or standards were others.

A draft is a YAML file in the shape of the parameters files. What it says is laid over the pack:

    draft: 岗前培训提到 600 元，以工代训延长半年       # 草案的名称
    documents:                                          # 拟发的文件，可不写
      拟1: {number: 鄂人社函〔2021〕（拟）, title: 关于调整补贴标准的通知, clauses: {一: 提高标准}}
    parameters:
      岗前培训:                                         # 代码、名称或文件名；共用参数写 shared
        standard:
          values:
            - {from: 2021-01-01, value: 600, cites: 拟1 一}
      以工代训:
        term_d6:
          until: 2021-06-30                             # 只延长（或缩短）期限
          cites: 拟1 二
    standards:                                          # 地区标准，写法见 standards
      - {region: 420100, scheme: FREE, value: 900, number: 武人社发〔2021〕（拟）, from: 2021-01-01}

A value takes the place of the pack's own of the same region that begins on the same day, and else
is added to them. What a parameter is (its kind, its cap) and the rules are no matter of drafts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from jineng.policy.assembly import (
    SHARED,
    Change,
    Enacted,
    Sources,
    citable,
    enacted,
    entry_of,
    values_of,
)
from jineng.policy.errors import PackError
from jineng.policy.parameters import Elsewhere
from jineng.policy.standards import standard_changes, written_list, written_standard
from jineng.policy.written import read_yaml

if TYPE_CHECKING:
    from jineng.policy.pack import Pack

_WORDS = ("draft", "note", "documents", "parameters", "standards")
_PARAMETER_WORDS = ("values", "until", "cites", "assumed", "readings")
_DOCUMENT_WORDS = ("number", "title", "clauses")


class DraftError(PackError):
    """A draft that can't be used: every reason at once, each naming file, key and date."""

    says = "草案不能使用"


@dataclass(frozen=True)
class Draft:
    """A draft as written. ``name``: its file, as messages name it; ``title``, ``note``: its own."""

    name: str
    title: str
    note: str
    content: Mapping[str, Any] = field(repr=False, hash=False)


def read_draft(path: str | Path) -> Draft:
    """Read a draft file (YAML, UTF-8).

    Errors: DraftError with all that can't be read; OSError where there is no such file.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DraftError([f"{path.name}：不是 UTF-8 文本，请另存为 UTF-8 编码"]) from None
    return draft_of(text, path.name)


def draft_of(text: str, name: str = "草案") -> Draft:
    """The draft that a text is. ``name``: as messages are to name it.

    Errors: DraftError with all that can't be read.
    """
    raw, errors = read_yaml(text)
    if not errors and not isinstance(raw, dict):
        errors = ["应写成 draft、parameters、standards 各项；没有读到任何内容"]
    if not errors:
        content = {str(word): entry for word, entry in raw.items()}
        unknown = [word for word in content if word not in _WORDS]
        errors = [f"不认识“{word}”，可写 {'、'.join(_WORDS)}" for word in unknown]
        if not isinstance(content.get("draft"), str) or not content["draft"].strip():
            errors.append("缺少 draft，写明草案的名称")
        if not content.get("parameters") and not content.get("standards"):
            errors.append("parameters 和 standards 都没有，草案什么也没有改")
    if errors:
        raise DraftError([f"{name}：{reason}" for reason in errors])
    return Draft(name, content["draft"].strip(), str(content.get("note") or ""), content)


def issued(draft: Draft, numbers: Mapping[str, str]) -> str:
    """The text of a draft whose documents have been issued.

    ``numbers``: for each document that the draft comes with, by its key there, the number under
    which it was issued; from then on it is cited by that.

    Errors: DraftError where a number is missing or can't be cited.
    """
    documents = draft.content.get("documents") or {}
    wrong = [f"文件 {key} 尚未写明文号" for key in documents if not numbers.get(str(key))]
    given = [numbers.get(str(key), "") for key in documents]
    wrong += [
        f"文号“{number}”写了两次；若是同一份文件，请在草案中合成一份"
        for number in dict.fromkeys(filter(None, given))
        if given.count(number) > 1
    ]
    wrong += [
        f"文号“{number}”中不能有空格和分号"
        for number in numbers.values()
        if number and not citable(number)
    ]
    if wrong:
        raise DraftError([f"{draft.name}：{reason}" for reason in wrong])
    content = _cited_anew(dict(draft.content), numbers)
    if documents:
        content["documents"] = {
            numbers[str(key)]: {**entry, "number": numbers[str(key)]}
            for key, entry in documents.items()
        }
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def _cited_anew(content: Any, numbers: Mapping[str, str]) -> Any:
    """The same, each citation of a document by its new key."""
    if isinstance(content, Mapping):
        return {
            word: _citation(entry, numbers) if word == "cites" else _cited_anew(entry, numbers)
            for word, entry in content.items()
        }
    return [_cited_anew(one, numbers) for one in content] if isinstance(content, list) else content


def _citation(cites: Any, numbers: Mapping[str, str]) -> Any:
    if isinstance(cites, list):
        return [_citation(one, numbers) for one in cites]
    key, space, clause = str(cites).partition(" ")
    return f"{numbers.get(key, key)}{space}{clause}"


def draft_changes(
    pack: Pack, sources: Sources, draft: Draft
) -> tuple[list[Change], dict[str, Enacted], list[str]]:
    """What a draft changes, the documents it comes with, and what is wrong with it."""
    reading = _Reading(pack, sources, draft.name)
    documents = reading.documents(draft.content.get("documents"))
    changes = list(reading.parameters(draft.content.get("parameters")))
    entries, wrong = written_list(draft.content.get("standards"), draft.name)
    written = [written_standard(entry, where) for where, entry in entries]
    standards = [one for some, _errors in written for one in some]
    reading.errors += wrong + [error for _some, errors in written for error in errors]
    laid, theirs, wrong = standard_changes(pack, sources, standards, in_force=False)
    return [*changes, *laid], {**documents, **theirs}, reading.errors + wrong


@dataclass
class _Reading:
    """A draft being understood; what can't be goes to ``errors``."""

    pack: Pack
    sources: Sources
    name: str
    errors: list[str] = field(default_factory=list)

    def documents(self, raw: object) -> dict[str, Enacted]:
        """The documents that a draft comes with, by key."""
        made = {}
        for key, entry in self._mapping(raw, "documents", "代号: 文件").items():
            where = f"{self.name}：documents {key}"
            known = self.pack.documents.get(key)
            free = known is None or isinstance(known, Enacted)
            if not free:
                self.errors.append(f"{where}：政策包中已有 {key}，请换一个代号")
            if " " in key or ";" in key:
                self.errors.append(f"{where}：代号中不能有空格和分号")
            content = self._mapping(entry, f"documents {key}", "number、title、clauses 各项")
            self._known(where, content, _DOCUMENT_WORDS)
            missing = [word for word in ("number", "title") if not content.get(word)]
            self.errors += [f"{where}：缺少 {word}" for word in missing]
            given = self._mapping(content.get("clauses"), f"documents {key} clauses", "条: 内容")
            clauses = {clause: str(text or "") for clause, text in given.items()}
            number, title = str(content.get("number")), str(content.get("title"))
            note = "草案拟发的文件"
            if free:
                made[key] = enacted(key, number, title, clauses, None, note, known=known)
        return made

    def parameters(self, raw: object) -> Iterable[Change]:
        """The values that a draft lays over parameters."""
        named: dict[str, str] = {}
        for word, entries in self._mapping(raw, "parameters", "项目: 参数").items():
            file = self._file(word)
            if file is None:
                known = "、".join(f"{s.code} {s.name}" for s in self.pack.schemes.values())
                told = f"没有补贴项目“{word}”，可写 {known}、{SHARED}（共用参数）"
                self.errors.append(f"{self.name}：parameters：{told}")
            elif file in named:
                told = f"“{word}”与“{named[file]}”是同一项目，请合在一处"
                self.errors.append(f"{self.name}：parameters：{told}")
            else:
                named[file] = word
                for key, entry in self._mapping(entries, f"parameters {word}", "参数: 值").items():
                    yield from self._parameter(file, word, key, entry)

    def _file(self, word: str) -> str | None:
        if word in (SHARED, "共用", "共用参数"):
            return SHARED
        scheme = self.pack.scheme_named(word)
        return scheme.file if scheme else None

    def _parameter(self, file: str, word: str, key: str, raw: object) -> Iterable[Change]:
        where = f"{self.name}：{word} {key}"
        entry = entry_of(self.sources, file, key)
        if entry is None:
            shared = file != SHARED and key in self.sources[SHARED]
            hint = f"它是共用参数，请写在 {SHARED} 之下" if shared else self._keys(file)
            self.errors.append(f"{where}：没有这个参数；{hint}")
            return
        content = self._mapping(raw, f"{word} {key}", "values 或 until")
        fixed = [w for w in content if w in entry and w not in _PARAMETER_WORDS]
        self.errors += [f"{where}：{w} 不能由草案改变；草案只改值和日期" for w in fixed]
        self._known(where, content, (*_PARAMETER_WORDS, *fixed))
        if not isinstance(raw, Mapping) or content.keys() - set(_PARAMETER_WORDS):
            return
        if ("values" in content) == ("until" in content):
            self.errors.append(f"{where}：应写 values（值）或 until（期限的新截止日），写其中一项")
        elif "until" in content:
            yield from self._extended(file, key, where, entry, content)
        else:
            yield from self._values(file, key, where, entry, content)

    def _values(
        self, file: str, key: str, where: str, entry: Mapping[str, Any], content: Mapping[str, Any]
    ) -> Iterable[Change]:
        written = content["values"]
        if not isinstance(written, list) or not written:
            self.errors.append(f"{where}：values 应为列表，每条一个值")
            return
        for value in written:
            if not isinstance(value, Mapping):
                self.errors.append(f"{where}：值“{value}”应写成 from、value、cites 各项")
                continue
            common = {w: content[w] for w in _PARAMETER_WORDS[2:] if w in content}
            laid = Elsewhere({**common, **{str(w): v for w, v in value.items()}}, where)
            yield Change(file, key, laid, _same_days(entry, laid))

    def _extended(
        self, file: str, key: str, where: str, entry: Mapping[str, Any], content: Mapping[str, Any]
    ) -> Iterable[Change]:
        """The last of the pack's own periods with another last day."""
        until = content["until"]
        own = [
            v for v in values_of(entry) if not v.get("region") and isinstance(v.get("from"), date)
        ]
        if entry.get("kind") != "period" or not own:
            self.errors.append(f"{where}：不是期限，没有截止日可改；请用 values 写明新的值")
            return
        if type(until) is not date:
            self.errors.append(f"{where}：日期“{until}”应写作 2020-06-01")
            return
        last = max(own, key=lambda value: value["from"])
        laid = {w: v for w, v in content.items() if w != "until"} | {"from": last["from"]}
        laid["value"] = {**last["value"], "last": until}
        yield Change(file, key, Elsewhere(laid, where), (last,))

    def _keys(self, file: str) -> str:
        keys = [f"{key}{_label(entry)}" for key, entry in self.sources.get(file, {}).items()]
        return f"可写 {'、'.join(keys)}" if keys else "这个项目没有自己的参数"

    def _mapping(self, raw: object, what: str, shape: str) -> dict[str, Any]:
        if raw is None:
            return {}
        if not isinstance(raw, Mapping):
            self.errors.append(f"{self.name}：{what}：应写成 {shape}")
            return {}
        return {str(key): entry for key, entry in raw.items()}

    def _known(self, where: str, content: Mapping[str, Any], words: Sequence[str]) -> None:
        unknown = [word for word in content if word not in words]
        self.errors += [f"{where}：不认识“{word}”，可写 {'、'.join(words)}" for word in unknown]


def _same_days(entry: Mapping[str, Any], laid: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The values of the same region that begin on the same day."""
    region = str(laid.get("region") or "")
    return tuple(
        value
        for value in values_of(entry)
        if str(value.get("region") or "") == region and value.get("from") == laid.get("from")
    )


def _label(entry: Any) -> str:
    return f"（{entry['label']}）" if isinstance(entry, Mapping) and entry.get("label") else ""
