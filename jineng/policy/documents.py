"""The documents of a policy, paragraph by paragraph: what each says and what carries it.

``documents.yaml`` lists a pack's documents and the keys of their paragraphs, in the order of the
paper. ``clauses/<document>.yaml`` has an entry for each key. The list is read with the pack,
because rules may cite nothing else; the entries are read when somebody asks for one, because a
pack decides without them, and its release doesn't depend on their wording.

What a paragraph is, in every document:

- Each number that the paper prints, headings included, is one: ``一``, ``一(二)``, ``一(二)1``.
  What stands between a number and the next belongs to it, however many blocks of text that are. A
  heading without words of its own is marked as a heading and carries nothing.
- What has no number is named by its place: ``标题`` or ``文号`` (letterhead: number, issuer,
  addressees), ``通知`` (a covering letter), ``引言`` (before the first number; ``引言1``,
  ``引言2`` where it speaks of different things), ``结尾`` (after the last), ``落款`` (disclosure,
  contacts), ``附件`` (the list of annexes).
- An annex is a document of its own (its key then begins with A) where it has numbers; a form or a
  table is one paragraph, ``附件1``, that names its fields or columns.
- A document known only through others has the one paragraph by which they name it.

An entry whose paragraph says several things has ``parts``, each with whom it concerns and what
carries it; ``text`` then is their gist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from jineng.policy.errors import PackError
from jineng.policy.written import read_yaml

#: Whom a paragraph may bind or entitle.
PARTIES = {
    "worker": "劳动者",
    "trainee": "参训学员",
    "student": "在校学生",
    "enterprise": "企业",
    "institution": "培训机构（含院校）",
    "teacher": "教师",
    "platform": "线上平台",
    "evaluation_body": "评价机构",
    "association": "行业协会",
    "government": "各级政府",
    "hrss": "人社部门",
    "education": "教育部门",
    "finance": "财政部门",
    "veterans": "退役军人事务部门",
    "union": "工会",
    "department": "其他有关部门",
    "public": "社会公众",
}

#: Kinds of what may carry a paragraph: of the rules, and of the product.
RULES = ("schemes", "conditions", "amounts", "parameters")
CARRIERS = (*RULES, "features")

#: The paragraph in which a document names its contact.
CONTACT = "落款"
_NUMERALS = "一二三四五六七八九十"

_STATEMENT = frozenset({"text", "bound", "entitled", "days", "outside", *CARRIERS})
_ENTRY = _STATEMENT | {"title", "heading", "from", "to", "see", "parts"}
_DOCUMENT = frozenset(
    {"number", "title", "issuer", "note", "external", "whole", "from", "to", "assumed",
     "paragraphs"}
)  # fmt: skip
_FEATURE = frozenset({"title", "modules", "pages", "to_come"})


@dataclass(frozen=True)
class Statement:
    """One thing that a paragraph says, in our own words.

    ``bound``, ``entitled``: codes of ``PARTIES``. ``days``: when and what, such as ("2020-12-31",
    "停止受理"). ``schemes`` and ``amounts``: codes; ``conditions`` and ``parameters``: scheme and
    code, such as ``PRE.min-hours``, ``shared.in_force_d6``, or ``*.plan-filed`` for every scheme
    that has it from here. ``features``: keys of the registry. ``outside``: why the rest, or all of
    it, is no system's business.
    """

    text: str
    bound: tuple[str, ...] = ()
    entitled: tuple[str, ...] = ()
    days: tuple[tuple[str, str], ...] = ()
    schemes: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    outside: str = ""

    def carried(self) -> bool:
        """Whether anything carries it, or a reason says why nothing does."""
        return bool(self.outside) or any(getattr(self, kind) for kind in CARRIERS)


@dataclass(frozen=True)
class Entry:
    """A paragraph: its place, what it says in our own words, its dates, and its parts.

    ``start``, ``end``: the days on which it holds, the document's where it has none of its own.
    ``see``: citations of paragraphs that it details, overrides or rests on.
    """

    citation: str
    clause: str
    title: str
    text: str
    heading: bool
    start: date | None
    end: date | None
    see: tuple[str, ...]
    parts: tuple[Statement, ...]

    @property
    def level(self) -> int:
        """How far in it stands: ``一`` 0, ``一(二)`` 1, ``一(二)1`` 2; 0 without a number."""
        if self.clause[:1] not in _NUMERALS:
            return 0
        return ("(" in self.clause) + self.clause[-1:].isdigit()

    def named(self, kind: str) -> list[str]:
        """What its parts name as carriers of a kind, each once, in their order."""
        return list(dict.fromkeys(name for part in self.parts for name in getattr(part, kind)))


@dataclass(frozen=True)
class Feature:
    """Something that the product does. ``to_come``: not there yet, so nothing carries it."""

    key: str
    title: str
    modules: tuple[str, ...]
    pages: tuple[str, ...]
    to_come: bool

    @property
    def name(self) -> str:
        """The title without what it lists after a colon."""
        return self.title.partition("：")[0]


@dataclass(frozen=True)
class Document:
    """A document of the policy: number, title, standing, and the keys of its paragraphs.

    ``start``, ``end``: the days on which it is in force; ``assumed``: what of them is assumed.
    ``whole``: its text was at hand, and every paragraph is listed; else it is known through others.
    """

    key: str
    number: str
    title: str
    issuer: str
    note: str
    external: bool
    whole: bool
    start: date | None
    end: date | None
    assumed: str
    paragraphs: tuple[str, ...]
    source: Path = field(repr=False, compare=False)

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Every entry by its clause, in the order of the paper; read at first use.

        Errors: PackError with all that is wrong in the file.
        """
        return _entries(self)

    @property
    def clauses(self) -> dict[str, str]:
        """Every paragraph's paraphrase by its clause."""
        return {clause: entry.text for clause, entry in self.entries.items()}

    def in_force_on(self, day: date) -> bool:
        """Whether the day lies within the document's dates."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def read_documents(folder: Path) -> dict[str, Document]:
    """The documents of a pack by key, without their entries.

    Errors: PackError with all that is wrong in ``documents.yaml``.
    """
    path = folder / "documents.yaml"
    wrong: list[str] = []
    documents = {}
    for key, raw in _mapping(path).items():
        misread = _misread(raw, ("number", "title"), _DOCUMENT)
        told = [f"{path.name}：{key}：{word}" for word in misread]
        wrong += told
        if told:
            continue
        paragraphs = [str(clause) for clause in raw.get("paragraphs") or ()]
        twice = sorted({clause for clause in paragraphs if paragraphs.count(clause) > 1})
        wrong += [f"{path.name}：{key}：条款“{clause}”列了两次" for clause in twice]
        documents[key] = Document(
            key=key,
            number=raw["number"],
            title=raw["title"],
            issuer=raw.get("issuer", ""),
            note=raw.get("note", ""),
            external=raw.get("external", False),
            whole=raw.get("whole", False),
            start=raw.get("from"),
            end=raw.get("to"),
            assumed=raw.get("assumed", ""),
            paragraphs=tuple(paragraphs),
            source=folder / "clauses" / f"{key}.yaml",
        )
    if wrong:
        raise PackError(wrong)
    return documents


def read_features(folder: Path) -> dict[str, Feature]:
    """The registry of features by key.

    Errors: PackError with all that is wrong in ``clauses/features.yaml``.
    """
    path = folder / "clauses" / "features.yaml"
    wrong: list[str] = []
    features = {}
    for key, raw in _mapping(path).items():
        told = [f"{path.name}：{key}：{word}" for word in _misread(raw, ("title",), _FEATURE)]
        wrong += told
        if told:
            continue
        feature = Feature(
            key=key,
            title=raw["title"],
            modules=tuple(raw.get("modules") or ()),
            pages=tuple(raw.get("pages") or ()),
            to_come=raw.get("to_come", False),
        )
        if feature.to_come == bool(feature.modules):
            wrong.append(f"{path.name}：{key}：已有的功能写明 modules，未有的写 to_come: true")
        features[key] = feature
    if wrong:
        raise PackError(wrong)
    return features


def is_paragraph(documents: Mapping[str, Document], citation: str) -> bool:
    """Whether a citation such as ``D6 一(二)1`` names a document, and a paragraph of it if any."""
    key, _, clause = citation.partition(" ")
    return key in documents and (not clause or clause in documents[key].paragraphs)


# ---------------------------------------------------------------- reading


def _mapping(path: Path) -> dict[str, Any]:
    """A YAML file that maps keys to contents."""
    try:
        raw, wrong = read_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PackError([f"{path.name}：没有这个文件"]) from None
    if not wrong and not isinstance(raw, dict):
        wrong = ["应写成 名称: 内容"]
    if wrong:
        raise PackError([f"{path.name}：{reason}" for reason in wrong])
    return {str(key): content for key, content in raw.items()}


def _misread(raw: Any, needed: tuple[str, ...], known: frozenset[str]) -> Iterator[str]:
    """Words that are missing, and words that nobody knows."""
    if not isinstance(raw, dict):
        yield f"应写成 {'、'.join(needed)} 各项"
        return
    yield from (f"缺少 {word}" for word in needed if not raw.get(word))
    yield from (f"不认识“{word}”" for word in sorted(map(str, raw.keys() - known)))


def _entries(document: Document) -> dict[str, Entry]:
    raw = _mapping(document.source) if document.paragraphs else {}
    wrong = list(_out_of_place(document, list(raw)))
    entries = {}
    for clause in document.paragraphs:
        where = f"{document.source.name}：{clause}"
        content = raw.get(clause)
        if content is None:
            continue
        told = list(_strange(content))
        wrong += [f"{where}：{word}" for word in told]
        if not told:
            entries[clause] = _entry(document, clause, content)
    if wrong:
        raise PackError(wrong)
    return entries


def _out_of_place(document: Document, clauses: list[str]) -> Iterator[str]:
    """Paragraphs without an entry, entries without a paragraph, and another order."""
    file, listed = document.source.name, document.paragraphs
    for clause in listed:
        if clause not in clauses:
            yield f"{file}：{document.key} {clause} 没有条目"
    for clause in clauses:
        if clause not in listed:
            yield f"{file}：文件没有“{clause}”这一条"
    if set(clauses) == set(listed) and clauses != list(listed):
        yield f"{file}：条目的次序应与文件一致"


def _strange(content: Any) -> Iterator[str]:
    """What in an entry can't be read."""
    yield from _misread(content, ("title", "text"), _ENTRY)
    if not isinstance(content, dict):
        return
    parts = content.get("parts")
    if parts is not None and not (isinstance(parts, list) and parts):
        yield "parts 应是一串内容"
        return
    if parts and (content.keys() & _STATEMENT) - {"text"}:
        yield "有 parts 的，其余各项写在 parts 里"
    for part in parts or [content]:
        told = list(_misread(part, ("text",), _STATEMENT)) if parts else []
        if told:
            yield from told
            continue
        for word in ("bound", "entitled", *CARRIERS):
            if not isinstance(part.get(word, []), list):
                yield f"{word} 应是一串名称"
            elif word in ("bound", "entitled"):
                strange = [one for one in part.get(word, []) if one not in PARTIES]
                yield from (f"没有“{one}”这一方" for one in strange)
        if not isinstance(part.get("days", {}), dict):
            yield "days 应写成 日期: 事项"


def _entry(document: Document, clause: str, content: dict[str, Any]) -> Entry:
    return Entry(
        citation=f"{document.key} {clause}",
        clause=clause,
        title=content["title"],
        text=content["text"],
        heading=content.get("heading", False),
        start=content.get("from", document.start),
        end=content.get("to", document.end),
        see=tuple(content.get("see") or ()),
        parts=tuple(_statement(part) for part in content.get("parts") or [content]),
    )


def _statement(raw: dict[str, Any]) -> Statement:
    return Statement(
        text=raw["text"],
        bound=tuple(raw.get("bound", ())),
        entitled=tuple(raw.get("entitled", ())),
        days=tuple((str(when), str(what)) for when, what in raw.get("days", {}).items()),
        outside=raw.get("outside", ""),
        **{kind: tuple(raw.get(kind, ())) for kind in CARRIERS},
    )
