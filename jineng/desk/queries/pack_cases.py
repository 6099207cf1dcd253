"""The pack's own cases, as an official reads them: what is given, and what must come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jineng.desk.queries.library import Cite, cites
from jineng.desk.queries.moments import Moment
from jineng.pages.tables import Status

if TYPE_CHECKING:
    from jineng.policy import Case, Pack

TONES = {"eligible": "good", "ineligible": "bad", "needs_evidence": "waiting"}
#: What tells a line from others, and is made up by the case.
_NAMES = frozenset({"claim_id", "person_id"})


@dataclass(frozen=True)
class CaseLine:
    """A case in a list. ``fen``: what is paid; ``reasons``: failed conditions, missing facts."""

    number: int
    title: str
    outcome: str
    status: Status
    fen: int
    reasons: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class GivenFact:
    """A fact of a case. ``usual``: what it is in a claim that is in order; "" where it is this."""

    heading: str
    text: str
    usual: str


@dataclass(frozen=True)
class CaseShown:
    """A case in full: what differs from a claim that is in order, the other lines, and the rest."""

    line: CaseLine
    differing: tuple[GivenFact, ...]
    same: tuple[GivenFact, ...]
    others: tuple[tuple[GivenFact, ...], ...]
    history: tuple[tuple[GivenFact, ...], ...]
    cites: tuple[Cite, ...]

    @property
    def beside(self) -> list[tuple[tuple[tuple[GivenFact, ...], ...], str]]:
        """The other lines with what they are."""
        return [(self.others, _("同一文件中的其他申请")), (self.history, _("此前的决定"))]


def cases_of(pack: Pack, code: str) -> list[Case]:
    """A scheme's cases in the order of its file, read once for each pack."""
    return list(_read(_Folder(pack)).get(code, ()))


class _Folder:
    """A pack by where its cases lie, for the cache."""

    def __init__(self, pack: Pack) -> None:
        self.pack, self.key = pack, (str(pack.folder), pack.release)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Folder) and self.key == other.key


@lru_cache(maxsize=4)
def _read(folder: _Folder) -> dict[str, list[Case]]:
    from jineng.policy.cases import read_cases

    found: dict[str, list[Case]] = {}
    for case in read_cases(folder.pack):
        found.setdefault(case.scheme, []).append(case)
    return found


def case_line(pack: Pack, case: Case, moment: Moment) -> CaseLine:
    """A case in short."""
    from jineng.policy.facts import OUTCOMES

    expected = case.expected
    return CaseLine(
        number=case.number,
        title=case.title,
        outcome=expected.outcome,
        status=Status(_(OUTCOMES[expected.outcome]), TONES[expected.outcome]),
        fen=int(expected.amount * Decimal(100)),
        reasons=tuple(_reasons(pack, case)),
        url=moment.at(reverse("desk:scheme_case", args=[case.scheme, case.number])),
    )


def _reasons(pack: Pack, case: Case) -> Iterator[str]:
    from jineng.policy.facts import FACT

    titles = {c.code: c.title for c in pack.schemes[case.scheme].conditions}
    for code in case.expected.failed:
        yield _(titles.get(code, code))
    for name in case.expected.missing:
        yield _(FACT[name].heading) if name in FACT else _("补贴标准尚未规定")


def case_shown(pack: Pack, case: Case, moment: Moment) -> CaseShown:
    """A case in full."""
    base = _read_base(_Folder(pack))[case.scheme]
    whole = list(_facts(case.claim, base))
    return CaseShown(
        line=case_line(pack, case, moment),
        differing=tuple(one for one in whole if one.usual),
        same=tuple(one for one in whole if not one.usual),
        others=tuple(tuple(_differing(line, base, case)) for line in case.others),
        history=tuple(tuple(_differing(line, base, case)) for line in case.history),
        cites=cites(pack, case.cites, moment),
    )


@lru_cache(maxsize=4)
def _read_base(folder: _Folder) -> dict[str, dict[str, Any]]:
    from jineng.policy.cases import read_bases

    return read_bases(folder.pack)


def _facts(line: Mapping[str, Any], base: Mapping[str, Any]) -> Iterator[GivenFact]:
    """The facts of a line in the order of the contract."""
    from jineng.policy.facts import FACTS

    for fact in FACTS:
        if fact.name in _NAMES or (fact.name not in line and fact.name not in base):
            continue
        value, usual = line.get(fact.name), base.get(fact.name)
        differs = _plain(value) != _plain(usual)
        text = _words(fact, value)
        yield GivenFact(fact.heading, text, _words(fact, usual) if differs else "")


def _differing(line: Mapping[str, Any], base: Mapping[str, Any], case: Case) -> Iterator[GivenFact]:
    """What another line has other than the base; whose it is, where it is another person."""
    from jineng.policy.facts import HISTORY_OUTCOME

    yield from (one for one in _facts(line, base) if one.usual)
    if line.get("person_id") != case.claim["person_id"]:
        name = str(line["person_id"]).rpartition("-")[2]
        yield GivenFact(_heading("person_id"), name, "")
    if line.get("outcome"):
        yield GivenFact(HISTORY_OUTCOME.heading, HISTORY_OUTCOME.label(line["outcome"]), "")


def _heading(name: str) -> str:
    from jineng.policy.facts import FACT

    return FACT[name].heading


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _words(fact: Any, value: Any) -> str:
    """A value as it is written in a case, in an official's words."""
    if value is None or value == "":
        return str(fact.label(None))
    if fact.kind == "groups":
        codes = [code for code in str(value).split(";") if code]
        return _("、").join(_(fact.codes.get(code, code)) for code in codes)
    if isinstance(value, bool) or fact.kind == "code":
        return str(fact.label(value))
    return str(value)
