"""What somebody may ask about, and what a certificate brings beside subsidies.

Read from ``questions.guide.yaml`` and ``certificate.guide.yaml`` of a pack; like all guides they
decide nothing and are no part of its release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jineng.policy.documents import is_paragraph
from jineng.policy.errors import PackError
from jineng.policy.facts import FACT, PAYEES
from jineng.policy.parameters import covers_region
from jineng.policy.written import read_yaml

if TYPE_CHECKING:
    from jineng.policy.pack import Pack

QUESTIONS, CERTIFICATE = "questions.guide.yaml", "certificate.guide.yaml"
_OCCASION = frozenset({"title", "note", "schemes"})
_BENEFIT = frozenset(
    {"title", "text", "note", "cites", "levels", "types", "regions", "assumed", "readings"}
)


@dataclass(frozen=True)
class Occasion:
    """What a quote may be about, in plain words, and the schemes that come into question."""

    key: str
    title: str
    note: str
    schemes: tuple[str, ...]


@dataclass(frozen=True)
class Occasions:
    """All of them. ``first``: for each who may be paid, the keys of those that come first."""

    all: dict[str, Occasion]
    first: dict[str, tuple[str, ...]]

    def of(self, party: str) -> list[Occasion]:
        """Every occasion, those that concern the party first."""
        keys = dict.fromkeys((*self.first.get(party, ()), *self.all))
        return [self.all[key] for key in keys]


@dataclass(frozen=True)
class Benefit:
    """What a certificate brings. ``levels``, ``types``, ``regions``: for which; empty: for all."""

    key: str
    title: str
    text: str
    note: str
    cites: tuple[str, ...]
    levels: tuple[str, ...]
    types: tuple[str, ...]
    regions: tuple[str, ...]
    assumed: str | None
    readings: tuple[str, ...]

    def held(self, facts: Mapping[str, Any]) -> bool | None:
        """Whether a certificate with these facts brings it; None where that isn't known.

        ``facts``: ``level``, ``certificate_type`` and ``region``, canonical.
        """
        level, kind, region = (facts.get(n) for n in ("level", "certificate_type", "region"))
        answers = [
            None if value is None else value in wanted
            for value, wanted in ((level, self.levels), (kind, self.types))
            if wanted
        ]
        if self.regions:
            here = region and any(covers_region(place, region) for place in self.regions)
            answers.append(None if region is None else bool(here))
        return False if False in answers else None if None in answers else True


def read_occasions(pack: Pack) -> Occasions:
    """What one may ask about under a pack.

    Errors: PackError with every fault: a word missing, a scheme that is not there or that no
    occasion leads to.
    """
    wrong: list[str] = []
    raw = _written(pack.folder / QUESTIONS, wrong)
    every = {}
    for key, entry in _mapping(QUESTIONS, raw.get("occasions"), wrong).items():
        entry = _mapping(f"{QUESTIONS}：{key}", entry, wrong)
        schemes = tuple(map(str, entry.get("schemes") or ()))
        wrong += _amiss(f"{QUESTIONS}：{key}", entry, _OCCASION, ("title", "schemes"))
        wrong += [
            f"{QUESTIONS}：{key}：没有补贴项目“{code}”"
            for code in schemes
            if code not in pack.schemes
        ]
        every[key] = Occasion(key, str(entry.get("title")), str(entry.get("note") or ""), schemes)
    reached = {code for one in every.values() for code in one.schemes}
    wrong += [
        f"{QUESTIONS}：没有一项问到补贴项目“{code}”" for code in pack.schemes if code not in reached
    ]
    first = {}
    for party, keys in _mapping(QUESTIONS, raw.get("first"), wrong).items():
        first[party] = tuple(map(str, keys or ()))
        wrong += [f"{QUESTIONS}：first：没有“{key}”" for key in first[party] if key not in every]
        if party not in PAYEES:
            wrong.append(f"{QUESTIONS}：first：没有“{party}”这一方")
    if wrong:
        raise PackError(wrong)
    return Occasions(every, first)


def read_benefits(pack: Pack) -> tuple[Benefit, ...]:
    """What a certificate brings under a pack.

    Errors: PackError with every fault: a word or a citation missing, a code that is none.
    """
    wrong: list[str] = []
    found = []
    for key, entry in _written(pack.folder / CERTIFICATE, wrong).items():
        where = f"{CERTIFICATE}：{key}"
        entry = _mapping(where, entry, wrong)
        wrong += _amiss(where, entry, _BENEFIT, ("title", "text", "cites"))
        one = Benefit(
            key=key,
            title=str(entry.get("title")),
            text=str(entry.get("text")),
            note=str(entry.get("note") or ""),
            assumed=entry.get("assumed"),
            **{
                name: _texts(entry.get(name))
                for name in ("cites", "levels", "types", "regions", "readings")
            },
        )
        wrong += [
            f"{where}：依据“{cited}”不在文件条款表中"
            for cited in one.cites
            if not is_paragraph(pack.documents, cited)
        ]
        strange = {*one.levels} - FACT["level"].codes.keys()
        strange |= {*one.types} - FACT["certificate_type"].codes.keys()
        wrong += [f"{where}：没有“{code}”" for code in sorted(strange)]
        found.append(one)
    if wrong:
        raise PackError(wrong)
    return tuple(found)


def _written(path: Path, wrong: list[str]) -> dict[str, Any]:
    try:
        raw, told = read_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raw, told = {}, ["没有这个文件"]
    wrong += [f"{path.name}：{reason}" for reason in told]
    return _mapping(path.name, raw or {}, wrong)


def _mapping(where: str, raw: Any, wrong: list[str]) -> dict[str, Any]:
    if isinstance(raw, dict):
        return {str(key): entry for key, entry in raw.items()}
    wrong.append(f"{where}：应写成 名称: 内容")
    return {}


def _amiss(
    where: str, entry: Mapping[str, Any], known: frozenset[str], needed: tuple[str, ...]
) -> list[str]:
    lacking = [f"{where}：缺少 {word}" for word in needed if not entry.get(word)]
    strange = [f"{where}：不认识“{word}”" for word in sorted(entry.keys() - known)]
    return lacking + strange


def _texts(raw: Any) -> tuple[str, ...]:
    if raw is None:
        return ()
    return (raw,) if isinstance(raw, str) else tuple(map(str, raw))
