"""What somebody who applies has to know beside the rules: who it is for, what to bring, each step.

``shared.guide.yaml`` holds the materials and steps that schemes have in common, and
``SCHEME.guide.yaml`` what of them a scheme takes:

    who: {text: 新录用职工并组织岗前培训的企业, cites: D6 一(二)1}
    trainee: {text: …, cites: …}  # what whoever is trained is spared, where another is paid
    materials:
      assumed: …                  # where the documents name none; with readings
      needed:
        - application             # a shared one
        - {use: contracts, note: …}                 # a shared one in other words
        - {title: …, by: enterprise, cites: …}      # one of its own
    steps: [plan, review]         # likewise; steps have a text

They decide nothing and are no part of the release; like rules they cite, or do not load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jineng.policy.documents import PARTIES, is_paragraph
from jineng.policy.errors import PackError
from jineng.policy.written import read_yaml

if TYPE_CHECKING:
    from jineng.policy.pack import Pack

SHARED = "shared"
_GROUNDS = frozenset({"cites", "assumed", "readings"})
_MATERIAL = _GROUNDS | {"title", "by", "note"}
_STEP = _GROUNDS | {"title", "by", "text", "conditions"}


@dataclass(frozen=True)
class Material:
    """Something to hand in. ``by``: the party that has it; ``note``: when, or in which form."""

    title: str
    by: str
    note: str
    cites: tuple[str, ...]
    assumed: str | None
    readings: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """Something that is done, and by whom. ``conditions``: codes of those that look at it."""

    title: str
    by: tuple[str, ...]
    text: str
    conditions: tuple[str, ...]
    cites: tuple[str, ...]
    assumed: str | None
    readings: tuple[str, ...]


@dataclass(frozen=True)
class Guide:
    """Of one scheme: whom it is for, what to bring and how it goes, in order.

    ``trainee``: what whoever is trained has of it where another is paid, on ``trainee_cites``; or
    "". ``assumed``, ``readings``: of the materials as a whole.
    """

    who: str
    cites: tuple[str, ...]
    trainee: str
    trainee_cites: tuple[str, ...]
    materials: tuple[Material, ...]
    steps: tuple[Step, ...]
    assumed: str | None
    readings: tuple[str, ...]


def read_guides(pack: Pack) -> dict[str, Guide]:
    """The guides of a pack's schemes by code.

    Errors: PackError with every fault, each with its file: a guide, a citation or a word missing,
    a condition that the scheme has not.
    """
    wrong: list[str] = []
    reading = _Reading(pack, _written(pack.folder, SHARED, wrong), wrong)
    guides = {code: reading.guide(code) for code in pack.schemes}
    if wrong:
        raise PackError(wrong)
    return guides


def _written(folder: Path, file: str, wrong: list[str]) -> dict[str, Any]:
    path = folder / f"{file}.guide.yaml"
    try:
        raw, told = read_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raw, told = {}, ["没有这个文件"]
    if not told and not isinstance(raw, dict):
        told = ["应写成 名称: 内容"]
    wrong += [f"{path.name}：{reason}" for reason in told]
    return raw if isinstance(raw, dict) else {}


@dataclass
class _Reading:
    """Guides being read; what is wrong goes to ``wrong``."""

    pack: Pack
    shared: dict[str, Any]
    wrong: list[str]

    def __post_init__(self) -> None:
        schemes = self.pack.schemes.values()
        self.every = {condition.code for scheme in schemes for condition in scheme.conditions}

    def guide(self, code: str) -> Guide:
        """The guide of a scheme."""
        scheme = self.pack.schemes[code]
        self.where = f"{scheme.file}.guide.yaml"
        self.own = {condition.code for condition in scheme.conditions}
        raw = _written(self.pack.folder, scheme.file, self.wrong)
        self.words("", raw, {"who", "trainee", "materials", "steps"})
        who = self.mapping("who", raw.get("who"))
        self.words("who", who, {"text", "cites"})
        trainee = self.mapping("trainee", raw.get("trainee") or {})
        self.words("trainee", trainee, {"text", "cites"})
        asked = self.mapping("materials", raw.get("materials"))
        self.words("materials", asked, {"assumed", "readings", "needed"})
        return Guide(
            who=str(who.get("text") or self.lacks("who", "text")),
            cites=self.cites("who", who),
            trainee=str(trainee.get("text") or ""),
            trainee_cites=self.cites("trainee", trainee) if trainee else (),
            materials=tuple(
                self.material(where, one)
                for where, one in self.listed("materials", asked.get("needed"))
            ),
            steps=tuple(
                self.step(where, one) for where, one in self.listed("steps", raw.get("steps"))
            ),
            assumed=asked.get("assumed"),
            readings=_texts(asked.get("readings")),
        )

    def material(self, where: str, raw: Mapping[str, Any]) -> Material:
        """One material."""
        self.words(where, raw, _MATERIAL)
        (by,) = self.parties(where, raw)[:1] or ("",)
        return Material(
            title=str(raw.get("title") or self.lacks(where, "title")),
            by=by,
            note=str(raw.get("note") or ""),
            **self.grounds(where, raw),
        )

    def step(self, where: str, raw: Mapping[str, Any]) -> Step:
        """One step."""
        self.words(where, raw, _STEP)
        conditions = _texts(raw.get("conditions"))
        for code in conditions:
            if code not in self.every:
                self.tell(where, f"没有条件“{code}”")
        return Step(
            title=str(raw.get("title") or self.lacks(where, "title")),
            by=self.parties(where, raw),
            text=str(raw.get("text") or self.lacks(where, "text")),
            # a shared step names what any of its schemes may have
            conditions=tuple(code for code in conditions if code in self.own),
            **self.grounds(where, raw),
        )

    def listed(self, kind: str, raw: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The entries of a list, shared ones put in, each with what messages call it."""
        if not isinstance(raw, list) or not raw:
            self.tell(kind, "应为列表，至少一项")
            return
        shared = self.mapping(kind, self.shared.get(kind))
        for number, one in enumerate(raw, start=1):
            where = f"{kind} 第 {number} 项"
            own = {"use": one} if isinstance(one, str) else self.mapping(where, one)
            taken = str(own.get("use", ""))
            if taken and taken not in shared:
                self.tell(where, f"{SHARED}.guide.yaml 没有“{taken}”")
                continue
            base = self.mapping(where, shared[taken]) if taken else {}
            yield where, base | {word: value for word, value in own.items() if word != "use"}

    def grounds(self, where: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        """What it rests on."""
        return {
            "cites": self.cites(where, raw),
            "assumed": raw.get("assumed"),
            "readings": _texts(raw.get("readings")),
        }

    def cites(self, where: str, raw: Mapping[str, Any]) -> tuple[str, ...]:
        """Its citations, which there have to be."""
        cites = _texts(raw.get("cites"))
        if not cites:
            self.tell(where, "没有依据（cites）")
        for citation in cites:
            if " " not in citation or not is_paragraph(self.pack.documents, citation):
                self.tell(where, f"依据“{citation}”不在文件条款表中")
        return cites

    def parties(self, where: str, raw: Mapping[str, Any]) -> tuple[str, ...]:
        """Who does it or has it."""
        parties = _texts(raw.get("by"))
        if not parties:
            self.lacks(where, "by")
        for party in parties:
            if party not in PARTIES:
                self.tell(where, f"没有“{party}”这一方")
        return parties

    def mapping(self, where: str, raw: object) -> dict[str, Any]:
        """A mapping of words; empty where there is none."""
        if isinstance(raw, dict):
            return raw
        self.tell(where, "应写成 名称: 内容")
        return {}

    def words(self, where: str, raw: Mapping[str, Any], known: set[str] | frozenset[str]) -> None:
        """Tells words that nobody knows."""
        for word in sorted(map(str, raw.keys() - known)):
            self.tell(where, f"不认识“{word}”")

    def lacks(self, where: str, word: str) -> str:
        """Tells a word that is missing."""
        self.tell(where, f"缺少 {word}")
        return ""

    def tell(self, where: str, what: str) -> None:
        """Notes a fault."""
        self.wrong.append("：".join(filter(None, (self.where, where, what))))


def _texts(raw: object) -> tuple[str, ...]:
    if raw is None:
        return ()
    return tuple(map(str, raw)) if isinstance(raw, list) else (str(raw),)
