"""What somebody could get: every scheme judged by the facts known so far, and what to ask next.

    questions = Questionnaire(pack)
    found = questions.standing({"applied_on": date(2020, 9, 1), "region": "420100", "level": "4"})
    found.prospects["SKIL"].outcome, found.asks[0]

There is no tree of questions. A scheme's own expressions are reckoned with what is known, the rest
empty: what holds or fails so holds or fails whatever else is true, since the rules follow
three-valued logic. Of what is left undetermined, the expressions themselves say which facts it
still depends on; only these are asked for. First comes the fact whose answer settles most schemes,
on average over all that it may be.

Other claims of the person are not looked at: nobody's earlier decisions are known here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from jineng.policy.canonical import ARROW_TYPES
from jineng.policy.explaining import explain_alone, own_outcome
from jineng.policy.explanation import Explanation
from jineng.policy.facts import FACT, FACTS, GROUPS, OPEN_ENDED, OUTCOMES, PLACE, group_mask
from jineng.policy.intake import Intake
from jineng.policy.judge import ELIGIBLE, EMPTY_IS_NO, NEEDS_EVIDENCE
from jineng.policy.pack import Pack
from jineng.policy.schemes import Scheme
from jineng.policy.single import JudgedClaim
from jineng.policy.vector import Facts, Pair, Program

#: What a quote is about: one training of one person in one occupation, one contest, one year as an
#: apprentice; and one month of work. Rules want these to be known so that a second claim is
#: noticed; which they are decides nothing.
ONE: dict[str, Any] = {
    "person_id": "本人",
    "training_id": "本次培训",
    "occupation": "本职业",
    "competition_id": "本次竞赛",
    "apprenticeship_year": 1,
}
#: So many facts of a scheme that nobody could tell leave it open, whatever else is answered.
ENOUGH_UNTOLD = 2
_NEEDED = ("applied_on", "region")
_YEARS_BACK, _YEARS_ON = timedelta(days=5 * 365), timedelta(days=365)
_MUCH = OPEN_ENDED - 1

Line = dict[str, Any]


@dataclass(frozen=True)
class Prospect:
    """How one scheme stands.

    ``outcome``: as a decision's, on what is known so far. ``amount``: 分, where it is known
    whatever else is true; ``most``: the highest that it may come to, where that is known.
    ``needs``: facts on which the outcome or the amount still depends, in the contract's order;
    where more evidence is needed and this is empty, the region has set no standard.
    """

    scheme: str
    outcome: str
    amount: int | None
    most: int | None
    needs: tuple[str, ...]
    judged: JudgedClaim = field(repr=False)

    @property
    def not_set(self) -> bool:
        """Whether nothing is lacking but a standard."""
        return self.outcome == "needs_evidence" and not self.needs


@dataclass(frozen=True)
class Standing:
    """How all schemes stand. ``asks``: the facts to ask for, the one that decides most first."""

    line: Line
    prospects: dict[str, Prospect]
    asks: tuple[str, ...]


class Questionnaire:
    """Quotes of one pack. Unchanging, shared between threads."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._rules = {code: _Rules(pack, scheme) for code, scheme in pack.schemes.items()}

    def standing(
        self,
        facts: Mapping[str, Any],
        schemes: Collection[str] | None = None,
        not_asked: Collection[str] = (),
        untold: Collection[str] = (),
    ) -> Standing:
        """How schemes stand on some facts.

        ``facts``: canonical values by name, as ``values.parse`` gives them, ``applied_on`` and
        ``region`` among them; what is left out or None is not known. ``schemes``: these alone.
        ``not_asked``: facts that are not to be asked for, such as those that nobody could tell.
        ``untold``: those of them that somebody could not tell; a scheme that needs `ENOUGH_UNTOLD`
        of these is not asked about any further.

        Errors: KeyError where date or region is missing.
        """
        line: Line = dict.fromkeys(FACT) | ONE | dict(facts)
        if any(line[name] is None for name in _NEEDED):
            raise KeyError("applied_on, region")
        line["service_month"] = line["service_month"] or f"{line['applied_on']:%Y-%m}"
        codes = [code for code in self.pack.schemes if schemes is None or code in schemes]
        names = sorted(
            {n for code in codes for n in self._rules[code].reads}, key=PLACE.__getitem__
        )
        open_facts = [n for n in names if line[n] is None and n not in EMPTY_IS_NO]
        table = _Trials.of(line, names, open_facts)
        prospects: dict[str, Prospect] = {}
        settles = dict.fromkeys(open_facts, 0.0)
        wanted = dict.fromkeys(open_facts, 0)
        for code in codes:
            rules = self._rules[code]
            made = rules.program.trace(table.facts)
            prospect = prospects[code] = rules.prospect(code, made, table)
            closed = rules.closed(made, table.rows)
            if len(set(prospect.needs).intersection(untold)) >= ENOUGH_UNTOLD:
                continue
            for name in set(prospect.needs) & settles.keys():
                wanted[name] += 1
                settles[name] += float(closed[table.of_fact[name]].mean())
        asks = [name for name in open_facts if wanted[name] and name not in not_asked]
        asks.sort(key=lambda name: (-settles[name], -wanted[name], PLACE[name]))
        return Standing(line, prospects, tuple(asks))

    def explain(self, standing: Standing, scheme: str) -> Explanation:
        """Why a scheme stands as it does; other claims are not looked at."""
        line = standing.line | {"scheme": scheme, "claim_id": scheme}
        return explain_alone(self.pack, line, standing.prospects[scheme].judged)

    def together(self, standing: Standing, schemes: Iterable[str]) -> list[tuple[str, ...]]:
        """Which of some schemes one training can be paid under together; the most money first.

        Each tuple is as large as it can be. Found by deciding every two of them side by side.
        ``schemes``: those that are eligible by themselves.
        """
        codes = [code for code in self.pack.schemes if code in set(schemes)]
        pairs = list(combinations(codes, 2))
        beside = {
            pair for pair, both in zip(pairs, self._both(standing, pairs), strict=True) if both
        }
        found = list(_as_many(set(), set(codes), set(), beside))
        ordered = [tuple(code for code in codes if code in some) for some in found]

        def money(some: tuple[str, ...]) -> int:
            return sum(standing.prospects[code].amount or 0 for code in some)

        return sorted(ordered, key=money, reverse=True)

    def _both(self, standing: Standing, pairs: list[tuple[str, str]]) -> list[bool]:
        """For each two schemes whether both stand where one person claims both."""
        if not pairs:
            return []
        lines = [
            standing.line | {"scheme": code, "person_id": f"人{n}", "claim_id": f"{n}-{which}"}
            for n, pair in enumerate(pairs)
            for which, code in enumerate(pair)
        ]
        columns = {
            fact.name: pa.array([line[fact.name] for line in lines], ARROW_TYPES[fact.kind])
            for fact in FACTS
        }
        outcome = self.pack.verdicts(Intake(pa.table(columns)), None, threads=1).outcome
        stands = (outcome == ELIGIBLE).reshape(-1, 2)
        return [bool(both) for both in stands.all(axis=1)]


def _as_many(
    chosen: set[str], others: set[str], done: set[str], beside: Collection[tuple[str, str]]
) -> Iterator[set[str]]:
    """Every set, as large as it can be, of which each two may stand beside each other.

    Source: Bron and Kerbosch, "Algorithm 457: finding all cliques of an undirected graph", 1973.
    """
    if not others and not done and chosen:
        yield chosen
    for one in sorted(others):
        friends = {two for pair in beside if one in pair for two in pair} - {one}
        yield from _as_many(chosen | {one}, others & friends, done & friends, beside)
        others, done = others - {one}, done | {one}


# ---------------------------------------------------------------- what may be answered


@dataclass(frozen=True)
class _Trials:
    """The facts as they are, on the first row, and each open fact tried with all that it may be.

    ``of_fact``: the rows on which a fact is tried.
    """

    facts: Facts
    rows: int
    of_fact: dict[str, slice]

    @classmethod
    def of(cls, line: Line, names: list[str], open_facts: list[str]) -> _Trials:
        """The trials for a line. ``names``: the columns that are read."""
        of_fact: dict[str, slice] = {}
        tried: dict[str, list[Any]] = {}
        rows = 1
        for name in open_facts:
            tried[name] = _answers(name, line["applied_on"])
            of_fact[name] = slice(rows, rows + len(tried[name]))
            rows += len(tried[name])
        columns = {}
        for name in names:
            cells = [line[name]] * rows
            if name in tried:
                cells[of_fact[name]] = tried[name]
            columns[name] = pa.array(cells, ARROW_TYPES[FACT[name].kind])
        return cls(Facts(pa.record_batch(columns)), rows, of_fact)


def _answers(name: str, today: date) -> list[Any]:
    """What a fact may be, in so far as rules tell it apart: every code, the ends of a scale."""
    fact = FACT[name]
    if fact.kind == "yesno":
        return [True, False]
    if fact.kind == "code":
        return list(fact.codes)
    if fact.kind == "groups":
        return [0, *(group_mask([code]) for code in GROUPS)]
    if fact.kind == "date":
        return [today - _YEARS_BACK, today + _YEARS_ON]
    if fact.kind == "number":
        return [0.0, float(_MUCH)]
    if fact.kind in ("whole", "months_or_open", "yuan"):
        return [0, _MUCH]
    return ["?"]


# ---------------------------------------------------------------- one scheme


class _Rules:
    """The expressions of one scheme as one program, read for one line and for many."""

    def __init__(self, pack: Pack, scheme: Scheme) -> None:
        rules = pack.rules.conditions[scheme.code]
        self.bits = [
            pack.judge.conditions[scheme.code, code].bit
            for code, made in rules.items()
            if made.tree is not None
        ]
        trees = [made.tree for made in rules.values() if made.tree is not None]
        self.program = Program([*trees, *pack.rules.amounts[scheme.code].trees])
        steps = self.program.steps
        self.reads = {str(parts[0]) for operation, parts in steps if operation in _OF_COLUMN}

    def prospect(self, code: str, made: list[Pair], table: _Trials) -> Prospect:
        """How the scheme stands on the first row."""
        *tests, due, lacking, number = self.program.results
        first = [(_first(value), bool(_first(known))) for value, known in made]
        holds = {
            bit: bool(first[place][0]) if first[place][1] else None
            for bit, place in zip(self.bits, tests, strict=True)
        }
        amount = int(first[due][0]) if first[due][1] else None
        judged = JudgedClaim(holds, amount, bool(first[lacking][0]), int(first[number][0]))
        outcome = own_outcome(judged)
        unknown = amount is None or judged.amount_open
        depends = _depends(self.program.steps, first)
        needs: set[str] = set()
        if outcome == NEEDS_EVIDENCE:
            needs.update(*(depends[place] for place in tests if not first[place][1]))
            needs |= depends[due] if unknown else _NOTHING
        return Prospect(
            scheme=code,
            outcome=list(OUTCOMES)[outcome],
            amount=None if unknown else amount,
            most=self._most(made[due], depends[due], table) if unknown else amount,
            needs=tuple(sorted(needs, key=PLACE.__getitem__)),
            judged=judged,
        )

    def _most(self, due: Pair, depends: frozenset[str], table: _Trials) -> int | None:
        """The most that the amount comes to, where one fact decides it that is a closed list."""
        name = next(iter(depends), "")
        if len(depends) != 1 or FACT[name].kind != "code" or name not in table.of_fact:
            return None
        value, known = (np.broadcast_to(part, table.rows)[table.of_fact[name]] for part in due)
        return int(value[known].max(initial=0)) or None

    def closed(self, made: list[Pair], rows: int) -> np.ndarray:
        """On which rows nothing is left to ask: a condition fails, or all is known."""
        *tests, due, lacking, _number = self.program.results
        fails = np.zeros(rows, dtype=bool)
        known = np.broadcast_to(made[due][1] & ~made[lacking][0], rows).copy()
        for place in tests:
            value, sure = made[place]
            fails |= sure & ~value
            known &= sure
        return fails | known


_OF_COLUMN = ("field", "equals", "among", "prefixed")
#: Null where a part is null, whatever the others are.
_STRICT = ("==", "!=", "<", "<=", ">", ">=", "*", "&", "months", "not")
_NOTHING: frozenset[str] = frozenset()


def _first(value: Any) -> Any:
    """The value on the first row; a figure is the same on all rows."""
    return value[0] if getattr(value, "ndim", 0) else value


def _places(operation: str, parts: tuple[Any, ...]) -> tuple[int, ...]:
    """The steps that a step is reckoned from."""
    if operation in _OF_COLUMN or operation == "literal":
        return ()
    return parts[:1] if operation == "months" else parts


def _depends(
    steps: list[tuple[str, tuple[Any, ...]]], first: list[tuple[Any, bool]]
) -> list[frozenset[str]]:
    """For each step the facts, not known yet, that may still change what it comes to.

    Nothing, where it comes to the same whatever they are. ``first``: value and whether it is known.
    """
    found: list[frozenset[str]] = []
    for operation, parts in steps:
        if operation in _OF_COLUMN:
            known = first[len(found)][1]
            found.append(_NOTHING if known else frozenset((parts[0],)))
        else:
            found.append(_of_parts(operation, _places(operation, parts), first, found))
    return found


def _of_parts(
    operation: str,
    places: tuple[int, ...],
    first: list[tuple[Any, bool]],
    found: list[frozenset[str]],
) -> frozenset[str]:
    def settled(place: int, value: bool) -> bool:
        return not found[place] and first[place][1] and bool(first[place][0]) is value

    if operation in ("and", "or"):
        decisive = operation == "or"
        if any(settled(place, decisive) for place in places):
            return _NOTHING
    elif operation in _STRICT:
        if any(not found[place] and not first[place][1] for place in places):
            return _NOTHING
    elif operation == "case":
        return _of_case(places, first, found)
    elif operation == "coalesce":
        depends = _NOTHING
        for place in places:
            depends |= found[place]
            if not found[place] and first[place][1]:
                break
        return depends
    return _NOTHING.union(*(found[place] for place in places))


def _of_case(
    places: tuple[int, ...], first: list[tuple[Any, bool]], found: list[frozenset[str]]
) -> frozenset[str]:
    """Condition, result, condition, result, …, what else."""
    depends = _NOTHING
    for condition, result in zip(places[:-1:2], places[1::2], strict=True):
        if found[condition]:
            depends |= found[condition] | found[result]
        elif first[condition][1] and bool(first[condition][0]):
            return depends | found[result]
    return depends | found[places[-1]]
