"""The cases beside each scheme: claims in an official's words, and what must come of them.

``SCHEME.cases.yaml`` holds ``base``, the facts of a claim that is in order, and ``cases``:

    - case: 合同差一个月，不予补贴
      cites: D6 一(二)1
      given: {contract_months: 11}        # what differs from base; null: not known
      with: [{applied_on: 2020-09-01}]    # other claims of the file, each differing from base
      history: [{outcome: eligible}]      # earlier decisions, likewise
      expect: {outcome: ineligible, failed: [contract-term]}

Within a case all lines are of one person, unless a line gives its own ``person_id``; cases don't
touch each other. A line that names another scheme differs from that scheme's base. The claims of
``with`` are numbered from 1 and the claim itself after them, unless they give a ``claim_id``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import yaml

from jineng.policy.documents import is_paragraph
from jineng.policy.facts import FACT, OUTCOMES, STANDARD_NOT_SET
from jineng.policy.intake import Intake, read_facts

if TYPE_CHECKING:
    from jineng.policy.pack import Pack

Line = dict[str, Any]

_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEYS = ("case", "cites", "given", "with", "history", "expect")
_EXPECT_KEYS = ("outcome", "amount", "failed", "missing")


class CasesError(Exception):
    """Cases that can't be read; every reason at once, each naming file and case."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("案例写法有误：\n" + "\n".join(f"- {reason}" for reason in reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Verdict:
    """What a claim comes to: outcome, yuan, failed conditions and missing facts in their order."""

    outcome: str
    amount: Decimal = Decimal(0)
    failed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def text(self) -> str:
        """In an official's words, with the codes as they are written in the case."""
        words = [OUTCOMES.get(self.outcome, self.outcome), f"{self.amount:.2f} 元"]
        words += [f"未满足 {'、'.join(self.failed)}"] if self.failed else []
        words += [f"缺少 {'、'.join(self.missing)}"] if self.missing else []
        return "，".join(words)


@dataclass(frozen=True)
class Case:
    """One case of a scheme. ``claim``, ``others`` and ``history`` are whole lines of facts."""

    scheme: str
    file: str
    number: int
    title: str
    cites: tuple[str, ...]
    claim: Line = field(hash=False)
    others: tuple[Line, ...] = field(hash=False)
    history: tuple[Line, ...] = field(hash=False)
    expected: Verdict

    @property
    def where(self) -> str:
        """The file and the case, as messages name it."""
        return f"{self.file} 第 {self.number} 例“{self.title}”"


@dataclass(frozen=True)
class CaseResult:
    """What the pack decided on a case."""

    case: Case
    got: Verdict

    @property
    def holds(self) -> bool:
        """Whether that is what the case expects."""
        return self.got == self.case.expected

    @property
    def message(self) -> str:
        """The case and, where it differs, what was expected and what came out."""
        if self.holds:
            return f"{self.case.where}：{self.got.text()}"
        return f"{self.case.where}：应为 {self.case.expected.text()}；实为 {self.got.text()}"


def read_cases(pack: Pack) -> list[Case]:
    """The cases of all schemes of a pack, in the order of schemes and files.

    Errors: CasesError with every case that can't be read.
    """
    errors: list[str] = []
    files = _read_files(pack, errors)
    bases = _bases(files, errors)
    cases = [
        _Reading(pack, bases, code, number, raw, errors).case()
        for code, content in files.items()
        for number, raw in enumerate(content.get("cases") or [], start=1)
    ]
    if errors:
        raise CasesError(errors)
    return cases


def read_bases(pack: Pack) -> dict[str, Line]:
    """By scheme the facts of a claim that is in order, with neither ``claim_id`` nor person.

    Errors: CasesError.
    """
    errors: list[str] = []
    bases = _bases(_read_files(pack, errors), errors)
    if errors:
        raise CasesError(errors)
    return bases


def run_cases(pack: Pack, cases: Iterable[Case] | None = None) -> list[CaseResult]:
    """Decide all cases of a pack (or these) in one go; one result a case, in their order.

    Errors: CasesError where a case can't be read, facts included.
    """
    chosen = read_cases(pack) if cases is None else list(cases)
    if not chosen:
        return []
    table, history = case_facts(chosen)
    decisions = pack.decide(table, history=history).to_pylist()
    by_id = {line["claim_id"]: line for line in decisions}
    return [CaseResult(case, verdict_of(by_id[case.claim["claim_id"]])) for case in chosen]


def case_facts(cases: Iterable[Case]) -> tuple[Intake, Intake]:
    """The claims of cases and their earlier decisions, read.

    Errors: CasesError where a fact can't be read.
    """
    listed = list(cases)
    claims = [(case, line) for case in listed for line in (*case.others, case.claim)]
    earlier = [(case, line) for case in listed for line in case.history]
    table, history = _read(claims, history=False), _read(earlier, history=True)
    return table, history


def _read(lines: list[tuple[Case, Line]], *, history: bool) -> Intake:
    required = [name for name, fact in FACT.items() if fact.required]
    empty: Line = dict.fromkeys([*required, "outcome"] if history else required)
    intake = read_facts([empty | line for _, line in lines] or _no_lines(empty), history=history)
    errors = [
        f"{lines[row][0].where}：{problem.heading} {problem.value or ''}：{problem.message}"
        for problem in intake.problems
        for row in problem.rows or (0,)
    ]
    if errors:
        raise CasesError(list(dict.fromkeys(errors)))
    return intake


def _no_lines(columns: Line) -> pa.Table:
    return pa.table({name: pa.array([], pa.string()) for name in columns})


def verdict_of(line: Mapping[str, Any]) -> Verdict:
    """The verdict of a decision, a line of the columns that come out."""
    failed = tuple(word for word in line["failed"].split(";") if word)
    missing = tuple(word for word in line["missing"].split(";") if word)
    return Verdict(line["outcome"], line["amount_yuan"], failed, missing)


# ---------------------------------------------------------------- reading


def _read_files(pack: Pack, errors: list[str]) -> dict[str, dict[str, Any]]:
    schemes = pack.schemes.values()
    return {s.code: _read_file(pack.folder / f"{s.file}.cases.yaml", errors) for s in schemes}


def _bases(files: dict[str, dict[str, Any]], errors: list[str]) -> dict[str, Line]:
    return {
        code: {"scheme": code} | _facts(f"{code}：base", content.get("base"), errors)
        for code, content in files.items()
    }


def _read_file(path: Path, errors: list[str]) -> dict[str, Any]:
    if not path.is_file():
        errors.append(f"{path.name}：没有案例文件")
        return {}
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _YAML)  # noqa: S506 a safe loader
    except yaml.YAMLError as error:
        errors.append(f"{path.name}：不是有效的 YAML（{error}）")
        return {}
    if not isinstance(content, dict) or not content.get("cases"):
        errors.append(f"{path.name}：应有 base（符合条件的申请）和 cases（案例）")
        return {}
    return content


def _facts(where: str, raw: object, errors: list[str], *extra: str) -> Line:
    """A mapping of facts, lists of groups as one text; unknown names are told."""
    if raw is not None and not isinstance(raw, dict):
        errors.append(f"{where}：应写成 事实: 值")
        return {}
    facts = dict(raw or {})
    unknown = [str(name) for name in facts if name not in FACT and name not in extra]
    errors += [f"{where}：没有名为“{name}”的事实" for name in unknown]
    return {n: ";".join(map(str, v)) if isinstance(v, list) else v for n, v in facts.items()}


@dataclass
class _Reading:
    """One raw case becoming a Case."""

    pack: Pack
    bases: dict[str, Line]
    scheme: str
    number: int
    raw: Any
    errors: list[str]

    def case(self) -> Case:
        """The case; what can't be read goes to ``errors``."""
        raw = self.raw if isinstance(self.raw, dict) else {}
        file = f"{self.pack.schemes[self.scheme].file}.cases.yaml"
        title = str(raw.get("case") or "")
        self.where = f"{file} 第 {self.number} 例“{title}”"
        if not title:
            self.errors.append(f"{self.where}：缺少 case，写明检验什么")
        self._known(raw, _KEYS)
        others = list(self._lines(raw.get("with"), "with"))
        history = list(self._lines(raw.get("history"), "history", "outcome"))
        given = _facts(f"{self.where}：given", raw.get("given"), self.errors)
        prefix = f"{self.scheme}{self.number:03}"
        return Case(
            scheme=self.scheme,
            file=file,
            number=self.number,
            title=title,
            cites=self._cites(raw.get("cites")),
            claim=self._whole(given, prefix, f"{len(others) + 1:02}"),
            others=tuple(self._whole(o, prefix, f"{n:02}") for n, o in enumerate(others, start=1)),
            history=tuple(self._whole(h, prefix, f"H{n}") for n, h in enumerate(history, start=1)),
            expected=self._expected(raw.get("expect")),
        )

    def _known(self, raw: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        unknown = [str(key) for key in raw if key not in keys]
        self.errors += [f"{self.where}：不认识“{k}”，可写 {'、'.join(keys)}" for k in unknown]

    def _lines(self, raw: object, name: str, *extra: str) -> Iterator[Line]:
        if raw is not None and not isinstance(raw, list):
            self.errors.append(f"{self.where}：{name} 应为列表，每条一项申请")
            return
        for line in raw or []:
            yield _facts(f"{self.where}：{name}", line, self.errors, *extra)

    def _whole(self, facts: Line, prefix: str, claim_id: str) -> Line:
        scheme = str(facts.get("scheme") or self.scheme)
        if scheme not in self.bases:
            self.errors.append(f"{self.where}：没有补贴项目“{scheme}”")
        line = self.bases.get(scheme, {}) | facts
        line["claim_id"] = f"{prefix}-{facts.get('claim_id', claim_id)}"
        line["person_id"] = f"{prefix}-{facts.get('person_id', '甲')}"
        return line

    def _cites(self, raw: object) -> tuple[str, ...]:
        cites = tuple(map(str, raw)) if isinstance(raw, list) else (str(raw),) if raw else ()
        if not cites:
            self.errors.append(f"{self.where}：缺少 cites，写明依据的条款")
        for cited in cites:
            if not is_paragraph(self.pack.documents, cited):
                self.errors.append(f"{self.where}：依据“{cited}”不在文件条款表中")
        return cites

    def _expected(self, raw: object) -> Verdict:
        expect = raw if isinstance(raw, dict) else {}
        self._known(expect, _EXPECT_KEYS)
        outcome = str(expect.get("outcome"))
        if outcome not in OUTCOMES:
            self.errors.append(f"{self.where}：expect 的 outcome 只能填 {'、'.join(OUTCOMES)}")
        failed = tuple(map(str, expect.get("failed") or ()))
        missing = tuple(map(str, expect.get("missing") or ()))
        codes = [condition.code for condition in self.pack.schemes[self.scheme].conditions]
        strange = [code for code in failed if code not in codes]
        strange += [fact for fact in missing if fact not in FACT and fact != STANDARD_NOT_SET]
        self.errors += [f"{self.where}：expect 中不认识“{word}”" for word in strange]
        try:
            amount = Decimal(str(expect.get("amount", 0)))
        except InvalidOperation:
            self.errors.append(f"{self.where}：amount 应为金额（元）")
            amount = Decimal(0)
        return Verdict(outcome, amount, failed, missing)
