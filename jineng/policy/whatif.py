"""What if: the same claims under a draft and under the pack in force.

Both ways are reckoned by the one engine. A scheme whose rules and figures the draft leaves alone
decides a claim by itself as before, so its claims are not judged again; who stands across claims is
looked at anew wherever another claim stands or falls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from jineng.policy import impact
from jineng.policy.compiled import CompiledRules
from jineng.policy.drafts import Draft
from jineng.policy.facts import FUNDS
from jineng.policy.impact import BudgetLine, Outcomes
from jineng.policy.intake import Intake
from jineng.policy.judge import ELIGIBLE, INELIGIBLE, NEEDS_EVIDENCE, Verdicts
from jineng.policy.pack import Pack, clean_intake, refuse_decided_twice
from jineng.policy.parameters import Parameter, Value
from jineng.policy.standing import stops
from jineng.policy.verdict import yuan

#: What is done one after the other; as `progress` is told.
STEPS = {
    "before": "按现行政策审核",
    "after": "按草案审核",
    "across": "核对次数和重复",
    "sums": "汇总",
}
Progress = Callable[[str, int, int], None]
#: The key of a budget of all funds together.
TOTAL = "total"
#: The facts that stand on each line, where they are given.
_SHOWN = ("claim_id", "scheme", "applied_on", "region", "person_id", "person_groups")


@dataclass(frozen=True)
class Difference:
    """A value of a parameter that is another one under the draft; texts as officials read them.

    ``schemes``: codes of the schemes that read it; ``before`` None where there was none, ``after``
    None where there is none any more.
    """

    schemes: tuple[str, ...]
    key: str
    label: str
    region: str | None
    start: str
    before: str | None
    after: str | None
    cites: tuple[str, ...]


@dataclass(frozen=True)
class WhatIf:
    """What a draft changes.

    ``lines``: a line for each claim with which something else happens: the facts of ``_SHOWN``,
    change (a code of ``CHANGES``), outcome, amount_yuan, failed and missing, each ``_before`` and
    ``_after``, and difference_yuan. ``places``: which lines of the claims these are. ``total``,
    ``by`` (keys of ``BREAKDOWNS``) and ``spending``: see ``impact.breakdown`` and
    ``impact.spending_by_month``.
    """

    title: str
    release: str
    draft_release: str
    differences: tuple[Difference, ...]
    lines: pa.Table
    places: np.ndarray
    total: pa.Table
    by: dict[str, pa.Table]
    spending: pa.Table
    budgets: tuple[BudgetLine, ...]


def whatif(
    pack: Pack,
    draft: Pack | Draft | str | Path,
    table: Any,
    history: Any = None,
    *,
    budgets: Mapping[str, int] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> WhatIf:
    """What becomes of claims under a draft, against the pack in force.

    ``draft``: a draft, its file, or a pack made of ``pack`` by ``with_draft``. ``table``,
    ``history``: as for ``Pack.decide``. ``budgets``: 分 by code of the fund, or ``TOTAL`` for all
    together; earlier decisions don't count towards them. ``progress``: told what is being done (a
    key of ``STEPS``), how many lines of it, of how many; what it raises breaks the whole off.

    Errors: DraftError; FactsError; KeyError for a fund that is none.
    """
    drafted = draft if isinstance(draft, Pack) else pack.with_draft(draft)
    intake = clean_intake(table)
    earlier = clean_intake(history, history=True) if history is not None else None
    if earlier is not None:
        refuse_decided_twice(intake, earlier)
    told = progress or _silent
    before, after, looked = _both(pack, drafted, intake, earlier, threads, told)
    told("sums", 0, 0)
    outcomes = _outcomes(pack, drafted, before, after, looked)
    schemes = tuple(pack.schemes.values())
    facts = intake.table
    month = impact.by_month(facts["applied_on"])
    fund = impact.by_fund(schemes, before.scheme.astype(np.int64))
    groups = facts["person_groups"] if "person_groups" in facts.column_names else None
    counted = {
        "scheme": impact.by_scheme(schemes, before.scheme.astype(np.int64)),
        "fund": fund,
        "city": impact.by_city(facts["region"]),
        "region": impact.by_region(facts["region"]),
        "group": impact.by_group(groups, facts.num_rows),
        "month": month,
    }
    everything = impact.Counted(["all"], ["全部"], np.zeros(facts.num_rows, dtype=np.int64))
    moved = np.flatnonzero((outcomes.change > 0) & (outcomes.change <= impact.LESS))
    person = impact.persons_of(facts["person_id"], moved)
    return WhatIf(
        title=drafted.draft.title if drafted.draft else "",
        release=pack.release,
        draft_release=drafted.release,
        differences=tuple(differences(pack, drafted)),
        lines=_lines(pack, drafted, facts, (before, after), outcomes),
        places=np.flatnonzero(outcomes.change),
        total=impact.breakdown(everything, outcomes, person),
        by={name: impact.breakdown(one, outcomes, person) for name, one in counted.items()},
        spending=impact.spending_by_month(month, fund, outcomes),
        budgets=tuple(_budgets(budgets or {}, facts, fund, outcomes)),
    )


def _silent(step: str, done: int, total: int) -> None:
    """Where nobody waits."""


def touched(pack: Pack, drafted: Pack) -> list[str]:
    """The schemes by which a claim itself may come to something else under the draft."""
    ours, theirs = pack.rules, drafted.rules
    return [code for code in pack.schemes if _decides(ours, code) != _decides(theirs, code)]


def _decides(rules: CompiledRules, code: str) -> list[Any]:
    """What decides a claim of a scheme: the trees of its conditions and of its amount."""
    value, lacking, _ = rules.amounts[code].trees  # the number of the standard names it only
    return [value, lacking, [made.tree for made in rules.conditions[code].values()]]


def _both(
    pack: Pack,
    drafted: Pack,
    intake: Intake,
    history: Intake | None,
    threads: int | None,
    told: Progress,
) -> tuple[Verdicts, Verdicts, np.ndarray]:
    """The verdicts before and after, bits each pack's own; and the lines that may have changed.

    On the other lines the bits after are not filled in.
    """
    facts, past = intake.table, history.table if history else None
    schemes = touched(pack, drafted)
    lines = facts.num_rows
    before = pack.judge.judged(facts, threads, done=lambda end: told("before", end, lines))
    after = drafted.judge.judged(
        facts, threads, only=schemes, done=lambda end: told("after", end, lines)
    )
    told("across", 0, 0)
    looked = np.isin(before.scheme, [list(pack.schemes).index(code) for code in schemes])
    for name in ("outcome", "missing", "amount", "amount_unknown"):
        np.copyto(getattr(after, name), getattr(before, name), where=~looked)
    alive = [np.flatnonzero(v.outcome == ELIGIBLE) for v in (before, after)]
    stopped = stops(pack.across, facts, alive[0], past, pack.rules.limits, threads)
    same = np.array_equal(alive[0], alive[1]) and pack.rules.limits == drafted.rules.limits
    stopped_after = stopped
    if not same:
        limits = drafted.rules.limits
        stopped_after = stops(drafted.across, facts, alive[1], past, limits, threads)
    marks = np.zeros((2, facts.num_rows), dtype=np.int8)
    marks[0, alive[0]], marks[1, alive[1]] = stopped, stopped_after
    looked |= marks[0] != marks[1]
    pack.wording.stop(before, alive[0], stopped)
    drafted.wording.stop(after, alive[1], stopped_after)
    return before, after, looked


def _outcomes(
    pack: Pack, drafted: Pack, before: Verdicts, after: Verdicts, looked: np.ndarray
) -> Outcomes:
    paid = [np.where(v.outcome == ELIGIBLE, v.amount, 0) for v in (before, after)]
    other = (before.outcome == NEEDS_EVIDENCE) & (before.missing != after.missing)
    failed = looked & (before.outcome == INELIGIBLE)
    for place in range(len(pack.schemes)):
        rows = np.flatnonzero(failed & (before.scheme == place))
        ours = pack.wording.places(place, before.failed[rows])
        other[rows] = ours != drafted.wording.places(place, after.failed[rows])
    return impact.changes((before.outcome, after.outcome), (paid[0], paid[1]), other)


def _lines(
    pack: Pack,
    drafted: Pack,
    facts: pa.Table,
    verdicts: tuple[Verdicts, Verdicts],
    outcomes: Outcomes,
) -> pa.Table:
    """The claims with which something else happens, in the order of the lines."""
    rows = np.flatnonzero(outcomes.change)
    shown = facts.select([name for name in _SHOWN if name in facts.column_names])
    shown = shown.take(pa.array(rows))
    columns = {name: shown[name] for name in shown.column_names}
    columns["change"] = impact.worded(outcomes.change[rows])
    ids = shown["claim_id"].combine_chunks()
    sides = (("before", pack, verdicts[0]), ("after", drafted, verdicts[1]))
    decided = {side: one.wording.table(v.some(rows), ids, one.release) for side, one, v in sides}
    for name in ("outcome", "amount_yuan", "failed", "missing"):
        for side, decisions in decided.items():
            columns[f"{name}_{side}"] = decisions[name]
    gained = outcomes.paid_after[rows] - outcomes.paid_before[rows]
    columns["difference_yuan"] = yuan(gained)
    return pa.table(columns)


def _budgets(
    budgets: Mapping[str, int], facts: pa.Table, fund: impact.Counted, outcomes: Outcomes
) -> list[BudgetLine]:
    lines = []
    for name, fen in budgets.items():
        if name == TOTAL:
            rows: Any = slice(None)
            lines.append(impact.budget_line(None, fen, facts["applied_on"], rows, outcomes))
            continue
        if name not in FUNDS:
            raise KeyError(f"没有资金“{name}”")
        rows = np.flatnonzero(fund.place == fund.keys.index(name))
        lines.append(impact.budget_line(name, fen, facts["applied_on"], rows, outcomes))
    return lines


# ---------------------------------------------------------------- what the draft says


def differences(pack: Pack, drafted: Pack) -> list[Difference]:
    """The values of parameters that differ, in the order of schemes and dates."""
    found: dict[tuple[str, str, str | None, str], Difference] = {}
    for code, scheme in drafted.schemes.items():
        for key, parameter in scheme.parameters.items():
            was = pack.schemes[code].parameters[key]
            if was == parameter or key not in drafted.rules.parameters(code):
                continue
            for region, start, before, after in _pairs(was, parameter):
                place = (parameter.file, key, region, start)
                known = found.get(place)
                schemes = (*known.schemes, code) if known else (code,)
                found[place] = Difference(
                    schemes=schemes,
                    key=key,
                    label=parameter.label,
                    region=region,
                    start=start,
                    before=_text(parameter, before),
                    after=_text(parameter, after),
                    cites=after.cites if after else (),
                )
    return [one for one in found.values() if one.before != one.after]


def _pairs(
    was: Parameter, parameter: Parameter
) -> list[tuple[str | None, str, Value | None, Value | None]]:
    """The values of either, by region and first day."""
    ours, theirs = (
        {(value.region, str(value.start or "")): value for value in one.values}
        for one in (was, parameter)
    )
    places = sorted({*ours, *theirs}, key=lambda place: (place[0] or "", place[1]))
    return [(*place, ours.get(place), theirs.get(place)) for place in places]


def _text(parameter: Parameter, value: Value | None) -> str | None:
    if value is None:
        return None
    # the pack's own value ends where the next one begins, which stands beside it
    end = f"，至 {value.end}" if value.end and value.region else ""
    return f"{parameter.text(value.value)}{end}"
