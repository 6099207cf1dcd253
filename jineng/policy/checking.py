"""Cases in a table, as officials write them: facts and the decision that they expect.

One row is one claim. Rows of the same case (案例) are one person's unless they name persons, and
are decided together; cases don't touch each other. A row with an earlier outcome (此前结论) is
history; a row that expects nothing is there for the others of its case. Where a row says 照范例,
its empty cells are as in the claim of its scheme that is in order (``base`` of the pack's cases),
and 不清楚 empties one; else an empty cell is not known.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from jineng.policy.cases import Verdict, read_bases, read_cases, run_cases, verdict_of
from jineng.policy.drafts import Draft
from jineng.policy.facts import FACT, FACTS, OUTCOMES, SCHEME_NAMES, STANDARD_NOT_SET
from jineng.policy.intake import (
    Intake,
    Problem,
    fact_of_heading,
    nearest_heading,
    plain_heading,
    read_columns,
)
from jineng.policy.pack import Pack
from jineng.policy.values import parse, shown
from jineng.policy.whatif import differences

#: The columns of a table of cases beside the facts, and how they are headed.
CASE_HEADINGS = {
    "case": "案例",
    "about": "说明",
    "past": "此前结论",
    "rest": "其余信息",
    "outcome": "预期结论",
    "amount": "预期金额（元）",
    "failed": "预期未满足的条件",
    "missing": "预期缺少的信息",
}
_EXPECTED = ("outcome", "amount", "failed", "missing")
LIKE_BASE, NOT_KNOWN = "照范例", "不清楚"
NOT_SET_WORDS = ("暂不能核定", "补贴标准尚未规定")
#: Between the things named in a cell; the lighter ones may stand within a name too.
_SEPARATORS, _LIGHT = re.compile(r"[;；。\n]+"), re.compile(r"([、，,])")
_UNIT = "（元）"
_COLUMN = {
    plain_heading(written): name
    for name, heading in CASE_HEADINGS.items()
    for written in (heading, heading.removesuffix(_UNIT))
}
_OUTCOMES = {word: code for code, word in OUTCOMES.items()} | {code: code for code in OUTCOMES}


@dataclass(frozen=True)
class Expected:
    """The decision that a row expects; None is not asked. ``amount`` in yuan."""

    outcome: str
    amount: Decimal | None = None
    failed: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None


@dataclass(frozen=True)
class CheckedRow:
    """What became of a row that expects something. ``line`` counts from 0.

    ``differs``: how, in words; ``where``: for each of them, the key of its column.
    """

    line: int
    case: str
    about: str
    scheme: str
    expected: Expected
    got: Verdict
    differs: tuple[str, ...]
    where: tuple[str, ...] = ()


@dataclass
class CaseTable:
    """A table of cases, read for a pack.

    ``intake``: the facts of all rows. ``past``: outcomes of the rows that are history, by line.
    ``expected``: by line. ``problems``: all that can't be read; their column is a fact's name, or
    the heading as written.
    """

    intake: Intake
    cases: list[str]
    abouts: list[str]
    past: dict[int, str] = field(default_factory=dict)
    expected: dict[int, Expected] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Readiness:
    """Whether a draft may be put in force; if not, every reason.

    ``outdated``: the pack's own cases that no longer hold under the draft and are to be rewritten.
    """

    reasons: tuple[str, ...]
    outdated: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing stands against it."""
        return not self.reasons


class NotReady(Exception):
    """A draft that may not be put in force, with every reason."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("草案还不能施行：\n" + "\n".join(f"- {reason}" for reason in reasons))
        self.reasons = tuple(reasons)


# ---------------------------------------------------------------- checking


def check(pack: Pack, table: CaseTable) -> list[CheckedRow]:
    """Decide a table of cases; one result for each row that expects something, in their order.

    ``table``: without problems.
    """
    assert not table.problems
    lines = np.arange(len(table.cases))
    earlier = np.array(sorted(table.past), dtype=np.int64)
    now = np.setdiff1d(lines, earlier)
    facts = table.intake.table
    history = None
    if len(earlier):
        outcomes = pa.array([table.past[line] for line in earlier.tolist()])
        history = Intake(facts.take(pa.array(earlier)).append_column("outcome", outcomes))
    decided = pack.decide(Intake(facts.take(pa.array(now))), history=history).to_pylist()
    schemes = facts["scheme"].to_pylist()
    rows = []
    for line, decision in zip(now.tolist(), decided, strict=True):
        if line in table.expected:
            expected, got = table.expected[line], verdict_of(decision)
            differs = list(_differs(pack, schemes[line], expected, got))
            rows.append(
                CheckedRow(
                    line=line,
                    case=table.cases[line],
                    about=table.abouts[line],
                    scheme=schemes[line],
                    expected=expected,
                    got=got,
                    differs=tuple(said for _, said in differs),
                    where=tuple(column for column, _ in differs),
                )
            )
    return rows


def _differs(
    pack: Pack, scheme: str, expected: Expected, got: Verdict
) -> Iterable[tuple[str, str]]:
    """How a decision differs from what was expected, each with the column in which that stands."""
    if expected.outcome != got.outcome:
        why = _named(pack, scheme, got)
        said = f"（{why}）" if why else ""
        told = f"应为 {OUTCOMES[expected.outcome]}，实为 {OUTCOMES[got.outcome]}{said}"
        yield "outcome", f"结论：{told}"
    if expected.amount is not None and expected.amount != got.amount:
        yield "amount", f"金额：应为 {expected.amount:.2f} 元，实为 {got.amount:.2f} 元"
    if expected.failed is not None and set(expected.failed) != set(got.failed):
        theirs, ours = (titles(pack, scheme, codes) for codes in (expected.failed, got.failed))
        yield "failed", f"未满足的条件：应为 {theirs}，实为 {ours}"
    if expected.missing is not None and set(expected.missing) != set(got.missing):
        theirs, ours = map(fact_words, (expected.missing, got.missing))
        yield "missing", f"缺少的信息：应为 {theirs}，实为 {ours}"


def _named(pack: Pack, scheme: str, got: Verdict) -> str:
    if got.failed:
        return f"未满足：{titles(pack, scheme, got.failed)}"
    return f"缺少：{fact_words(got.missing)}" if got.missing else ""


def titles(pack: Pack, scheme: str, codes: Iterable[str]) -> str:
    """Conditions of a scheme in words, each with its code; 无 where there are none."""
    words = {condition.code: condition.title for condition in pack.schemes[scheme].conditions}
    return "、".join(f"{words[code]}（{code}）" for code in codes) or "无"


def fact_words(names: Iterable[str]) -> str:
    """Facts by their headings; 无 where there are none."""
    words = [NOT_SET_WORDS[1] if n == STANDARD_NOT_SET else FACT[n].heading for n in names]
    return "、".join(words) or "无"


def readiness(pack: Pack, drafted: Pack, table: CaseTable) -> Readiness:
    """Whether a draft may be put in force: its cases pass, and they do test it.

    ``drafted``: made of ``pack`` by ``with_draft``. ``table``: the draft's own cases.
    """
    return Readiness(reasons_against(pack, drafted, table), outdated(pack, drafted))


def outdated(pack: Pack, drafted: Pack) -> tuple[str, ...]:
    """The pack's own cases that no longer hold under a draft; what it doesn't touch is left out."""
    changed = _changed(pack, drafted)
    touched = [
        case
        for case in read_cases(drafted)
        if any(line.get("scheme") in changed for line in (case.claim, *case.others, *case.history))
    ]
    return tuple(result.message for result in run_cases(drafted, touched) if not result.holds)


def _changed(pack: Pack, drafted: Pack) -> set[str]:
    """Codes of the schemes that a draft changes."""
    return {code for one in differences(pack, drafted) for code in one.schemes}


def reasons_against(pack: Pack, drafted: Pack, table: CaseTable) -> tuple[str, ...]:
    """Why a draft may not be put in force, as far as its own cases go (see ``readiness``)."""
    if table.problems:
        return (f"案例表有 {len(table.problems)} 处错误，请先改正",)
    rows = check(drafted, table)
    reasons = [f"案例“{row.case}”：{'；'.join(row.differs)}" for row in rows if row.differs]
    changed = _changed(pack, drafted) - {row.scheme for row in rows}
    missing = [code for code in pack.schemes if code in changed]
    reasons += [f"草案改动了{SCHEME_NAMES[code]}，案例表中没有它的案例" for code in missing]
    if rows and not reasons:
        now = check(pack, table)
        if [row.got for row in now] == [row.got for row in rows]:
            reasons.append("每个案例在现行政策下结论相同，检验不出草案的改动")
    elif not rows:
        reasons.append("没有写明预期结论的案例")
    return tuple(reasons)


def put_in_force(pack: Pack, draft: Draft, table: CaseTable) -> Pack:
    """The pack with a draft in force, with the release of one that decides.

    Errors: DraftError; NotReady where the draft's cases don't pass or don't test it.
    """
    drafted = pack.with_draft(draft)
    found = readiness(pack, drafted, table)
    if not found.ready:
        raise NotReady(found.reasons)
    return drafted.enacted()


# ---------------------------------------------------------------- reading


def read_case_table(
    pack: Pack, columns: Iterable[tuple[str, Sequence[object]]], num_rows: int
) -> CaseTable:
    """Read a table of cases from columns of cells under their headings.

    What can't be read is in ``problems``, all of it.
    """
    own: dict[str, list[object]] = {}
    given: dict[str, tuple[str, list[object]]] = {}
    problems: list[Problem] = []
    for heading, cells in columns:
        name = _COLUMN.get(plain_heading(heading))
        known = own if name else given
        key = name or fact_of_heading(heading) or heading
        if not name and (near := _near(heading)):
            message = f"没有这一列；最接近的是“{near}”，请改名或删去"
            problems.append(Problem("unknown-column", heading, None, message))
        elif key in known:
            message = "这一列出现了两次，请只保留一列"
            problems.append(Problem("duplicate-column", heading, None, message))
        elif name:
            own[name] = list(cells)
        else:
            given[key] = (heading, list(cells))
    return _Reading(pack, num_rows, own, given, problems).table()


def _near(heading: str) -> str | None:
    """The heading of a column of cases that one comes nearest to, unless it is a fact's."""
    if fact_of_heading(heading):
        return None
    plain = plain_heading(heading)
    # without 预期 it is a column that comes out
    for near in (
        f"预期{plain}",
        nearest(plain, [*_COLUMN, plain_heading(nearest_heading(heading))]),
    ):
        if name := _COLUMN.get(near):
            return CASE_HEADINGS[name]
    return None


def nearest(word: str, words: Iterable[str]) -> str:
    """The one of some words that a word comes nearest to."""
    return difflib.get_close_matches(word, list(words), n=1, cutoff=0.0)[0]


@dataclass
class _Reading:
    """A table of cases being understood."""

    pack: Pack
    count: int
    own: dict[str, list[object]]
    given: dict[str, tuple[str, list[object]]]
    problems: list[Problem]

    def table(self) -> CaseTable:
        """The table; what can't be read goes to its problems."""
        if "outcome" not in self.own:
            message = f"缺少“{CASE_HEADINGS['outcome']}”这一列"
            self.problems.append(Problem("missing-column", CASE_HEADINGS["outcome"], None, message))
        cases = [_text(self._cell("case", line)) for line in range(self.count)]
        names = [case or f"第 {line + 1} 例" for line, case in enumerate(cases)]
        intake = self._intake(names)
        past = self._past()
        made = CaseTable(intake, names, self._abouts(), past, {}, self.problems)
        made.problems += intake.problems
        schemes = self._schemes(intake)
        for line in range(self.count):
            expected = self._expectation(line, schemes[line], history=line in past)
            if expected:
                made.expected[line] = expected
        self._unasked(names, made)
        return made

    def _cell(self, name: str, line: int) -> object:
        return self.own[name][line] if name in self.own else None

    def _abouts(self) -> list[str]:
        return [_text(self._cell("about", line)) for line in range(self.count)]

    def _wrong(self, name: str, line: int, value: str, message: str) -> None:
        self.problems.append(Problem("case", CASE_HEADINGS[name], value or None, message, (line,)))

    def _intake(self, names: list[str]) -> Intake:
        """The facts, with keys that keep cases apart."""
        cells = {name: column for name, (_, column) in self.given.items()}
        self._fill_in(cells)
        order = {case: place for place, case in enumerate(dict.fromkeys(names), start=1)}
        width = len(str(self.count))
        ids: list[object] = []
        persons: list[object] = []
        people: dict[tuple[str, str], str] = {}
        for line, case in enumerate(names):
            own = _text(cells["claim_id"][line]) if "claim_id" in cells else ""
            ids.append(f"{order[case]}-{own or str(line).zfill(width)}")
            who = _text(cells["person_id"][line]) if "person_id" in cells else ""
            people.setdefault((case, who), f"案例{order[case]}人员{len(people)}")
            persons.append(people[case, who])
        cells |= {"claim_id": ids, "person_id": persons}
        headings = {name: heading for name, (heading, _) in self.given.items()}
        return read_columns(
            [(headings.get(name, name), column) for name, column in cells.items()], self.count
        )

    def _fill_in(self, cells: dict[str, list[object]]) -> None:
        """Put what is in order into empty cells where a row says so."""
        bases: Mapping[str, Mapping[str, Any]] | None = None
        for line in range(self.count):
            rest = _text(self._cell("rest", line))
            if rest and rest != LIKE_BASE:
                message = f"只能填 {LIKE_BASE}，或留空（空白的信息就是不清楚）"
                self._wrong("rest", line, rest, message)
            base: Mapping[str, Any] = {}
            if rest:
                bases = bases or read_bases(self.pack)
                named = _text(cells["scheme"][line]) if "scheme" in cells else ""
                scheme = self.pack.scheme_named(named)
                # of an unknown scheme that is told, and not what else would be missing
                base = bases[scheme.code] if scheme else next(iter(bases.values()))
                base = {name: cell for name, cell in base.items() if name != "scheme"}
            for name in base:
                cells.setdefault(name, [None] * self.count)
            for name, column in cells.items():
                if name not in ("claim_id", "person_id"):
                    empty = not _text(column[line])
                    column[line] = base.get(name) if empty else column[line]
                    if _text(column[line]) == NOT_KNOWN:
                        column[line] = None

    def _past(self) -> dict[int, str]:
        found = {}
        for line in range(self.count):
            word = _text(self._cell("past", line))
            if word in _OUTCOMES:
                found[line] = _OUTCOMES[word]
            elif word:
                self._wrong("past", line, word, f"只能填 {'、'.join(OUTCOMES.values())}，或留空")
        return found

    def _schemes(self, intake: Intake) -> list[str | None]:
        if "scheme" not in intake.table.column_names:
            return [None] * self.count
        return list(intake.table["scheme"].to_pylist())

    def _expectation(self, line: int, scheme: str | None, *, history: bool) -> Expected | None:
        filled = [name for name in _EXPECTED if _text(self._cell(name, line))]
        if not filled or "outcome" not in self.own:
            return None
        if history:
            message = "这一行是此前的决定，不再审核，不能有预期"
            self._wrong(filled[0], line, _text(self._cell(filled[0], line)), message)
            return None
        word = _text(self._cell("outcome", line))
        not_set = word in NOT_SET_WORDS
        outcome = "needs_evidence" if not_set else _OUTCOMES.get(word)
        amount = self._amount(line)
        if outcome is None:
            choices = "、".join((*OUTCOMES.values(), NOT_SET_WORDS[0]))
            self._wrong("outcome", line, word, f"应写明结论，只能填 {choices}")
            return None
        conditions = self.pack.schemes[scheme].conditions if scheme else []
        codes = {
            word: c.code for c in conditions for word in (c.title, c.code, f"{c.title}（{c.code}）")
        }
        facts = {fact.name: fact.name for fact in FACTS} | {f.heading: f.name for f in FACTS}
        facts |= dict.fromkeys((STANDARD_NOT_SET, *NOT_SET_WORDS), STANDARD_NOT_SET)
        missing = self._words("missing", line, facts, "列名")
        return Expected(
            outcome,
            amount,
            self._words("failed", line, codes, "这个项目的条件") if scheme else None,
            (STANDARD_NOT_SET,) if not_set and missing is None else missing,
        )

    def _amount(self, line: int) -> Decimal | None:
        cell = self._cell("amount", line)
        try:
            fen = parse(FACT["fee_yuan"], cell)
        except ValueError as error:
            self._wrong("amount", line, shown(cell), str(error))
            return None
        return None if fen is None else Decimal(str(fen)) / 100

    def _words(
        self, name: str, line: int, known: Mapping[str, str], what: str
    ) -> tuple[str, ...] | None:
        """Codes of what is named in a cell, by code or in words; 无 names nothing."""
        text = _text(self._cell(name, line))
        if not text:
            return None
        written = {plain_heading(word): word for word in known}
        plain = {word: known[own] for word, own in written.items()}
        found = []
        for word in (one for part in _SEPARATORS.split(text) for one in _things(part, plain)):
            if (code := plain.get(plain_heading(word))) is not None:
                found.append(code)
            elif word != "无":
                near = written[nearest(plain_heading(word), written)]
                self._wrong(name, line, word, f"不是{what}；最接近的是“{near}”，几项之间用 ; 隔开")
        return tuple(found)

    def _unasked(self, names: list[str], made: CaseTable) -> None:
        """Cases in which no row expects anything."""
        if "outcome" not in self.own:
            return
        asked = {names[line] for line in made.expected}
        wrong = {line for problem in made.problems for line in problem.rows}
        for case in dict.fromkeys(names):
            lines = [line for line, name in enumerate(names) if name == case]
            if case not in asked and not wrong & set(lines):
                message = "这个案例没有一行写明预期结论"
                self._wrong("outcome", lines[0], "", message)


def _things(text: str, known: Container[str]) -> Iterator[str]:
    """The things named in a text, parted by marks that may be within the name of one, too."""
    parts = _LIGHT.split(text)
    while parts:
        # the longest name with which it begins, else what stands before the first mark
        ends = range(len(parts), 0, -2)
        end = next((end for end in ends if plain_heading("".join(parts[:end])) in known), 1)
        if word := "".join(parts[:end]).strip():
            yield word
        parts = parts[end + 1 :]


def _text(cell: object) -> str:
    return "" if cell is None else shown(cell).strip()
