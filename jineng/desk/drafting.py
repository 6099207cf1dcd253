"""A draft's content: read against a pack, changed as forms ask, written as a file again.

The content is what the file says (`jineng.policy.drafts`), as YAML gives it. Nothing is checked
here that the engine checks: what a form made is read by the engine like any file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import yaml
from django.utils.translation import gettext as _

from jineng.pages.kept import Kept
from jineng.policy import DraftError, Pack, draft_of
from jineng.policy.assembly import SHARED
from jineng.policy.parameters import Parameter, Value
from jineng.policy.written import read_yaml

Content = dict[str, Any]

_ORDER = ("draft", "note", "documents", "parameters", "standards")
#: So many packs under drafts are kept ready: rules of a new one take a moment to compile.
_MOST_KEPT = 16
_PROVINCE = "420000"
NOT_SET = "未规定"


@dataclass(frozen=True)
class Place:
    """A parameter: its scheme's code, or "" for one that schemes share, and its key."""

    scheme: str
    key: str

    @classmethod
    def of(cls, word: str) -> Place:
        """As an address says it: ``PRE.standard``, ``.yearly_trainings``."""
        scheme, _dot, key = word.partition(".")
        return cls(scheme, key)

    @property
    def word(self) -> str:
        """As an address says it."""
        return f"{self.scheme}.{self.key}"


def by_number(
    pack: Pack, cites: Sequence[str], own: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Citations as people read them: the document's number for its key, ``D6 一`` as ``鄂…号 一``.

    ``own``: the numbers of documents that come with a draft, by their keys.
    """
    numbers = {key: document.number for key, document in pack.documents.items()} | dict(own or {})
    return tuple(
        f"{numbers.get(key) or key}{space}{clause}"
        for key, space, clause in (one.partition(" ") for one in cites)
    )


def parameter_at(pack: Pack, place: Place) -> Parameter | None:
    """The parameter in this place; None where there is none."""
    if not place.scheme:
        return pack.parameters.get(place.key)
    scheme = pack.schemes.get(place.scheme)
    known = scheme.parameters.get(place.key) if scheme else None
    return known if known is not None and place.key not in pack.parameters else None


def parameters_of(pack: Pack) -> Iterator[tuple[Place, Parameter]]:
    """Every parameter that a draft can change, those of all schemes first."""
    for key, parameter in pack.parameters.items():
        yield Place("", key), parameter
    for scheme in pack.schemes.values():
        for key, parameter in scheme.parameters.items():
            if key not in pack.parameters:
                yield Place(scheme.code, key), parameter


def text_at(parameter: Parameter, value: Value | None) -> str:
    """A value as an official reads it; "" where there is none."""
    return parameter.text(value.value) if value else ""


# ---------------------------------------------------------------- what a draft says


@dataclass(frozen=True)
class Written:
    """One change as a draft says it. ``how``: value, until (a last day) or standard (a region's).

    ``given``: the entry as written; ``region``: "" for the whole province; ``before``, ``after``:
    as officials read them, "" where it can't be said; ``cites``: citations.
    """

    number: int
    place: Place
    how: str
    given: Mapping[str, Any]
    region: str
    start: date | None
    before: str
    after: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A draft's text read against a pack.

    ``drafted``: the pack under it, None where it changes nothing yet or can't be used; ``errors``:
    why it can't be, as the engine says it.
    """

    pack: Pack
    content: Content
    drafted: Pack | None
    errors: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing yet."""
        return not self.content.get("parameters") and not self.content.get("standards")

    @property
    def told(self) -> tuple[str, ...]:
        """Why it can't be used, in the reader's words: parameters by name, not by key."""
        return tuple(told(self.pack, self.errors)) if self.errors else ()

    @cached_property
    def changes(self) -> list[Written]:
        """What it says, one after the other as it is written."""
        found: list[Written] = []
        for word, entries in _mapping(self.content.get("parameters")).items():
            scheme = None if word == SHARED else self.pack.scheme_named(str(word))
            for key, entry in _mapping(entries).items():
                place = Place(scheme.code if scheme else "", str(key))
                if "until" in entry:
                    found.append(self._until(len(found), place, entry))
                for value in entry.get("values") or ():
                    found.append(self._value(len(found), place, value, "value"))
        for standard in self.content.get("standards") or ():
            scheme = self.pack.scheme_named(str(standard.get("scheme")))
            code = scheme.code if scheme else str(standard.get("scheme"))
            place = Place(code, str(standard.get("parameter") or "standard"))
            found.append(self._value(len(found), place, standard, "standard"))
        return found

    def _value(self, number: int, place: Place, given: Mapping[str, Any], how: str) -> Written:
        region, start = str(given.get("region") or ""), given.get("from")
        cites = self._numbered(given.get("cites"))
        if how == "standard":
            cites = (f"{given.get('number')} {given.get('clause') or ''}".strip(),)
        day = start if isinstance(start, date) else None
        before, after = self._sides(place, region, day)
        return Written(
            number, place, how, given, region, day, before, after or str(given.get("value")), cites
        )

    def _until(self, number: int, place: Place, given: Mapping[str, Any]) -> Written:
        parameter = parameter_at(self.pack, place)
        start = parameter.own[-1].start if parameter and parameter.own else None
        before, after = self._sides(place, "", start)
        return Written(
            number,
            place,
            "until",
            given,
            "",
            start,
            before,
            after or str(given.get("until")),
            self._numbered(given.get("cites")),
        )

    def _numbered(self, cites: object) -> tuple[str, ...]:
        own = _mapping(self.content.get("documents"))
        numbers = {key: str(_mapping(one).get("number") or "") for key, one in own.items()}
        return by_number(self.pack, _texts(cites), numbers)

    def _sides(self, place: Place, region: str, start: date | None) -> tuple[str, str]:
        """What holds from that day on now, and under the draft."""
        now = parameter_at(self.pack, place)
        if now is None or start is None:
            return "", ""
        before = text_at(now, now.pick(start, region or _PROVINCE)) or NOT_SET
        then = parameter_at(self.drafted, place) if self.drafted else None
        made = [
            value
            for value in (then.values if then else ())
            if (value.region or "") == region and value.start == start
        ]
        return before, text_at(then, made[0]) if then and made else ""


#: How messages would name the file; pages leave it out.
_FILE = "草案"
_READ: Kept[tuple[str, str], Reading] = Kept(_MOST_KEPT)


def reading(pack: Pack, text: str) -> Reading:
    """A draft's text read against the pack; what was read lately is kept."""
    return _READ.of((pack.release, text), lambda: _read(pack, text))


def _read(pack: Pack, text: str) -> Reading:
    raw, wrong = read_yaml(text)
    content = dict(raw) if isinstance(raw, dict) else {}
    begun_only = not wrong and not content.keys() - {"draft", "note", "documents"}
    if begun_only and isinstance(content.get("draft"), str) and content["draft"].strip():
        return Reading(pack, content, None, ())
    try:
        drafted = pack.with_draft(draft_of(text, _FILE))
    except DraftError as error:
        return Reading(pack, content, None, tuple(error.reasons))
    return Reading(pack, content, drafted, ())


def told(pack: Pack, reasons: Sequence[str]) -> list[str]:
    """What is wrong with a draft, parameters by their names instead of their keys."""
    names: dict[str, str] = {}
    for place, parameter in parameters_of(pack):
        scheme = pack.schemes[place.scheme] if place.scheme else None
        for word in (scheme.name, scheme.code) if scheme else (SHARED,):
            whose = f"{_(scheme.name)} " if scheme else ""
            names[f"{word} {place.key}"] = f"{whose}“{_(parameter.label)}”"
        names[f"{parameter.file}：{place.key}"] = f"“{_(parameter.label)}”"
    ordered = sorted(names, key=len, reverse=True)
    known = re.compile("|".join(rf"(?<![\w.]){re.escape(name)}(?![\w.])" for name in ordered))
    return [
        known.sub(lambda found: names[found.group()], reason.removeprefix(f"{_FILE}："))
        for reason in reasons
    ]


#: Words in what the engine says of a change, and the field of its form that each is about.
OF_VALUE = (("依据", "clause"), ("上限", "value"), ("下限", "value"), ("重叠", "start"))
OF_STANDARD = (
    ("文件号", "number"),
    ("依据", "number"),
    ("上限", "value"),
    ("下限", "value"),
    ("重叠", "start"),
    ("该日起已有标准", "replaces"),
    ("没有要更正的标准", "replaces"),
)
#: The clause of a document that is still to be written.
FIRST_CLAUSE = "一"


def of_change(reason: str, start: date | None) -> str:
    """What is said of the change that begins on this day, without where it stands; "" if it is said
    of something else."""
    where, colon, rest = reason.partition("）：")
    return rest if colon and f"自 {start} 起" in where else ""


# ---------------------------------------------------------------- side by side


@dataclass(frozen=True)
class Beside:
    """A value that is not the same in all of some packs: in each, what holds from that day on."""

    place: Place
    label: str
    region: str
    start: date | None
    texts: tuple[str, ...]


def beside(packs: Sequence[Pack]) -> list[Beside]:
    """Where packs of the same schemes differ, value by value, in the order of schemes and days."""
    found = []
    for place, parameter in parameters_of(packs[0]):
        theirs = [parameter_at(pack, place) or parameter for pack in packs]
        values = [{(v.region or "", v.start): v for v in one.values} for one in theirs]
        places = {at for one in values for at in one}
        for region, start in sorted(places, key=lambda at: (at[0], at[1] or date.min)):
            texts = tuple(
                _with_end(one, v[region, start])
                if (region, start) in v
                else text_at(one, one.pick(start or date.min, region or _PROVINCE)) or NOT_SET
                for one, v in zip(theirs, values, strict=True)
            )
            if len(set(texts)) > 1:
                found.append(Beside(place, parameter.label, region, start, texts))
    return found


def _with_end(parameter: Parameter, value: Value) -> str:
    # the province's own value ends where the next one begins, which stands beside it
    end = f"，至 {value.end}" if value.end and value.region else ""
    return f"{parameter.text(value.value)}{end}"


# ---------------------------------------------------------------- changed as forms ask


def begun(title: str, note: str = "") -> Content:
    """A draft that changes nothing yet."""
    return {"draft": title, "note": note} if note else {"draft": title}


def renamed(content: Content, title: str, note: str) -> Content:
    """The draft under another title."""
    rest = {word: said for word, said in content.items() if word not in ("draft", "note")}
    return begun(title, note) | rest


def with_value(content: Content, pack: Pack, place: Place, value: Mapping[str, Any]) -> Content:
    """A value more, in place of one of the same region that begins on the same day."""

    def entry(before: Mapping[str, Any]) -> Content:
        same = (value.get("region"), value["from"])
        kept = [
            one for one in before.get("values") or () if (one.get("region"), one["from"]) != same
        ]
        return {"values": [*kept, dict(value)]}

    return _with_entry(content, pack, place, entry)


def with_until(content: Content, pack: Pack, place: Place, until: date, cites: str) -> Content:
    """Another last day of a term."""
    return _with_entry(content, pack, place, lambda _before: {"until": until, "cites": cites})


def with_standard(content: Content, standard: Mapping[str, Any]) -> Content:
    """What a region would set, in place of the same region's for the same first day."""

    def same(one: Mapping[str, Any]) -> bool:
        names = ("region", "scheme", "parameter", "from")
        return all(str(one.get(name)) == str(standard.get(name)) for name in names)

    kept = [one for one in content.get("standards") or () if not same(one)]
    return content | {"standards": [*kept, dict(standard)]}


def with_document(content: Content, key: str, number: str, title: str) -> Content:
    """A document that would come with the draft."""
    documents = dict(content.get("documents") or {})
    documents[key] = {"number": number, "title": title, "clauses": {}}
    return content | {"documents": documents}


def with_clause(content: Content, citation: str) -> Content:
    """A clause of a document that comes with the draft, if the citation names one."""
    key, _space, clause = citation.partition(" ")
    documents = dict(content.get("documents") or {})
    if key not in documents or not clause:
        return content
    clauses = dict(documents[key].get("clauses") or {})
    clauses.setdefault(clause, "")
    documents[key] = {**documents[key], "clauses": clauses}
    return content | {"documents": documents}


def without(content: Content, number: int) -> Content:
    """The draft without one of its changes, counted as in `Reading.changes`."""
    at = 0
    parameters: Content = {}
    for word, entries in _mapping(content.get("parameters")).items():
        kept_of_scheme: Content = {}
        for key, entry in _mapping(entries).items():
            kept = dict(entry)
            if "until" in kept:
                if at == number:
                    del kept["until"]
                at += 1
            values = list(kept.pop("values", None) or ())
            if number in range(at, at + len(values)):
                del values[number - at]
                at += 1
            at += len(values)
            if values:
                kept["values"] = values
            if "until" in kept or values:
                kept_of_scheme[key] = kept
        if kept_of_scheme:
            parameters[word] = kept_of_scheme
    standards = list(content.get("standards") or ())
    if number in range(at, at + len(standards)):
        del standards[number - at]
    return content | {"parameters": parameters, "standards": standards}


def new_key(content: Content, pack: Pack) -> str:
    """A key that no document has yet."""
    known = {*_mapping(content.get("documents")), *pack.documents}
    return next(key for key in (f"拟{number}" for number in range(1, 1000)) if key not in known)


def _with_entry(content: Content, pack: Pack, place: Place, made: Any) -> Content:
    """The content with the entry of a parameter made anew of the one that it has."""
    parameters = dict(content.get("parameters") or {})
    words = [word for word in parameters if _same_scheme(pack, str(word), place.scheme)]
    name = pack.schemes[place.scheme].name if place.scheme else SHARED
    word = words[0] if words else name
    entries = dict(parameters.get(word) or {})
    entries[place.key] = made(_mapping(entries.get(place.key)))
    parameters[word] = entries
    return content | {"parameters": parameters}


def _same_scheme(pack: Pack, word: str, code: str) -> bool:
    if word in (SHARED, "共用", "共用参数"):
        return not code
    scheme = pack.scheme_named(word)
    return scheme is not None and scheme.code == code


# ---------------------------------------------------------------- as a file


class _Writer(yaml.SafeDumper):
    """Writes as officials do: small things on one line, amounts as numbers."""


def _amount(writer: yaml.SafeDumper, amount: Decimal) -> yaml.ScalarNode:
    if amount == amount.to_integral_value():
        return writer.represent_scalar("tag:yaml.org,2002:int", str(int(amount)))
    return writer.represent_scalar("tag:yaml.org,2002:float", f"{amount:.2f}")


_Writer.add_representer(Decimal, _amount)


def as_text(content: Content) -> str:
    """The content as the file that the command line reads."""
    said = {word: content[word] for word in _ORDER if content.get(word)}
    said |= {word: more for word, more in content.items() if word not in _ORDER}
    return "".join(_entry(word, more) for word, more in said.items())


def _entry(word: str, said: object) -> str:
    """An entry of the file: what is small within it on one line, but not the entry itself."""
    flow = None if isinstance(said, Mapping | list) else False
    return yaml.dump(
        {word: said},
        Dumper=_Writer,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=flow,
        width=96,
    )


def _mapping(raw: object) -> Mapping[str, Any]:
    return raw if isinstance(raw, Mapping) else {}


def _texts(raw: object) -> tuple[str, ...]:
    if raw is None:
        return ()
    return tuple(map(str, raw)) if isinstance(raw, list) else (str(raw),)
