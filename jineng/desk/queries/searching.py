"""Search over the whole policy: documents, clauses, schemes, conditions, figures, materials.

All of it is a few hundred short texts, which are read through word by word. A word is found as it
stands; of a longer one that stands nowhere, whatever has most of its pairs of characters is found,
so that 网上学习的补贴 finds 线上学习 and 补贴 too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy

from jineng.desk.queries.moments import Moment

if TYPE_CHECKING:
    from jineng.policy import Pack, Scheme

KINDS = (
    ("scheme", gettext_lazy("补贴项目")),
    ("condition", gettext_lazy("条件")),
    ("figure", pgettext_lazy("policy", "标准")),
    ("material", gettext_lazy("申领材料")),
    ("document", gettext_lazy("文件")),
    ("clause", gettext_lazy("条款")),
)
LONGEST = 100
#: So many of a kind are shown before one asks for all.
FIRST = 8
#: So much of a word's pairs has to be found where the word itself is not.
ENOUGH = 0.6
#: So many characters of a long text are shown around what was found.
AROUND = 60
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Item:
    """Something that can be found. ``place``: where it stands, in words."""

    kind: str
    title: str
    place: str
    texts: tuple[str, ...]
    url: str
    anchor: str = ""


@dataclass(frozen=True)
class Found:
    """An item that was found, its words marked."""

    kind: str
    title: SafeString
    place: str
    text: SafeString
    url: str

    @property
    def chinese(self) -> bool:
        """Whether the title is Chinese, whatever the page is."""
        return bool(_CHINESE.search(self.title))

    @property
    def chinese_text(self) -> bool:
        """Whether the text is Chinese, whatever the page is."""
        return bool(_CHINESE.search(self.text))


def found(pack: Pack, words: str, moment: Moment, kind: str = "") -> dict[str, list[Found]]:
    """What has all the words, by kind in the order of ``KINDS``, the best first."""
    asked = [plain(word) for word in words[:LONGEST].split()]
    asked = [word for word in asked if word]
    if not asked:
        return {}
    ranked: dict[str, list[tuple[float, int, Item, list[str]]]] = {}
    for number, item in enumerate(items(pack, get_language() or "")):
        scored = _score(item, asked)
        if scored:
            ranked.setdefault(item.kind, []).append((-scored[0], number, item, scored[1]))
    return {
        name: [
            _shown(item, marks, moment)
            for _score_, _number, item, marks in sorted(ranked[name], key=lambda one: one[:2])
        ]
        for name, _title in KINDS
        if name in ranked and kind in ("", name)
    }


def plain(text: str) -> str:
    """A text as it is compared: narrow, small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def _score(item: Item, asked: list[str]) -> tuple[float, list[str]] | None:
    """How well an item has all that is asked for, and what to mark; None where it has not."""
    title, rest = plain(item.title), plain("\n".join((item.place, *item.texts)))
    total = 0.0
    marks: list[str] = []
    for word in asked:
        if word in title:
            total, marks = total + 10, [*marks, word]
        elif word in rest:
            total, marks = total + 4, [*marks, word]
        else:
            pairs = _pairs(word)
            there = [pair for pair in pairs if pair in title or pair in rest]
            if not pairs or len(there) / len(pairs) < ENOUGH:
                return None
            total, marks = total + len(there) / len(pairs), [*marks, *there]
    return total, marks


def _pairs(word: str) -> list[str]:
    """Pairs of neighbouring characters of a longer Chinese word."""
    if len(word) < 4 or word.isascii():
        return []
    return list(dict.fromkeys(word[at : at + 2] for at in range(len(word) - 1)))


def _shown(item: Item, marks: list[str], moment: Moment) -> Found:
    text = next((t for t in item.texts if any(m in plain(t) for m in marks)), "")
    text = text or (item.texts[0] if item.texts else "")
    return Found(
        item.kind,
        highlighted(item.title, marks),
        item.place,
        highlighted(_cut(text, marks), marks),
        moment.at(item.url, item.anchor),
    )


def _cut(text: str, marks: list[str]) -> str:
    """The text around what was first found in it."""
    if len(text) <= 2 * AROUND:
        return text
    places = [at for mark in marks if (at := plain(text).find(mark)) >= 0]
    start = max(0, min(places, default=0) - AROUND // 2)
    end = start + 2 * AROUND
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def highlighted(text: str, marks: Iterable[str]) -> SafeString:
    """The text with what was found marked, and all else escaped."""
    same = plain(text)
    if len(same) != len(text):
        # A character became several: places would not be the same.
        same = text.lower() if len(text.lower()) == len(text) else text
    inside = [False] * len(text)
    for mark in filter(None, marks):
        at = same.find(mark)
        while at >= 0:
            inside[at : at + len(mark)] = [True] * len(mark)
            at = same.find(mark, at + 1)
    parts, start = [], 0
    for at in range(1, len(text) + 1):
        if at == len(text) or inside[at] != inside[start]:
            piece = escape(text[start:at])
            parts.append(f"<mark>{piece}</mark>" if inside[start] else str(piece))
            start = at
    return mark_safe("".join(parts))  # noqa: S308 every piece is escaped


# ---------------------------------------------------------------- what there is


def items(pack: Pack, language: str) -> tuple[Item, ...]:
    """Everything of a pack that can be found, in a language; put together once."""
    return _items(_Kept(pack, pack.release, language))


@dataclass(frozen=True)
class _Kept:
    """A pack by its release, for the cache. Packs of one release say the same."""

    pack: Any
    release: str
    language: str

    def __hash__(self) -> int:
        return hash((self.release, self.language))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and (self.release, self.language) == (
            other.release,
            other.language,
        )


@lru_cache(maxsize=8)
def _items(kept: _Kept) -> tuple[Item, ...]:
    pack = kept.pack
    return tuple(
        [item for scheme in pack.schemes.values() for item in _of_scheme(pack, scheme)]
        + list(_of_documents(pack))
    )


def _said(text: str | None) -> str:
    """A text of the pack in the reader's language, as far as it is known."""
    return gettext(text) if text else ""


def _of_scheme(pack: Pack, scheme: Scheme) -> Iterator[Item]:
    from jineng.policy.facts import FUNDS, PAYEES

    url, name = reverse("desk:scheme", args=[scheme.code]), _said(scheme.name)
    guide, due = pack.guides[scheme.code], scheme.amount_due
    words = (guide.who, due.title if due else "", PAYEES[scheme.payee], FUNDS[scheme.fund])
    yield Item("scheme", name, scheme.code, tuple(map(_said, words)), url)
    for condition in scheme.conditions:
        told = (condition.assumed, *condition.readings, condition.note)
        texts = tuple(_said(text) for text in told if text)
        anchor = f"condition-{condition.code}"
        yield Item("condition", _said(condition.title), name, texts, url, anchor)
    for key in sorted(pack.rules.parameters(scheme.code)):
        parameter = scheme.parameters[key]
        texts = tuple(
            _said(text)
            for value in parameter.values
            for text in (parameter.text(value.value), value.assumed, *value.readings)
            if text
        )
        yield Item("figure", _said(parameter.label), name, texts, url, f"figure-{key}")
    for material in guide.materials:
        yield Item(
            "material", _said(material.title), name, (_said(material.note),), url, "materials"
        )


def _of_documents(pack: Pack) -> Iterator[Item]:
    for document in pack.documents.values():
        url = reverse("desk:document", args=[document.key])
        told = (document.number, _said(document.issuer), _said(document.note))
        yield Item("document", _said(document.title), document.number, told, url)
        for entry in document.entries.values():
            said = [entry.text, *(part.text for part in entry.parts if part.text != entry.text)]
            said += [part.outside for part in entry.parts if part.outside]
            place = f"{document.number} {entry.clause}"
            texts = tuple(map(_said, said))
            yield Item("clause", _said(entry.title), place, texts, url, quote(entry.clause))
