"""One line of a trial explained both ways, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jineng.claims.decided import facts_of_person
from jineng.desk.drafting import reading
from jineng.desk.queries.in_force import pack_in_force, pack_of_release
from jineng.policy import Explanation, Pack
from jineng.policy.explanation import ConditionShown
from jineng.whatif.models import Trial


@dataclass(frozen=True)
class Beside:
    """A condition both ways. ``differs``: it comes out otherwise, or by another figure."""

    before: ConditionShown
    after: ConditionShown
    differs: bool
    figures: bool


@dataclass(frozen=True)
class Both:
    """A line both ways. ``same_release``: the pack in force is still the one of the trial."""

    before: Explanation
    after: Explanation
    conditions: tuple[Beside, ...]
    rows: dict[str, int]
    same_release: bool


def packs_of(trial: Trial) -> tuple[Pack, Pack | None, bool]:
    """The pack that was in force, and under the draft (None where that can't be used any more);
    whether it is the release of the trial."""
    try:
        pack = pack_of_release(trial.release)
    except LookupError:
        pack = pack_in_force()
    return pack, reading(pack, trial.text).drafted, pack.release == trial.release


def explained(trial: Trial, line: dict[str, Any]) -> Both | None:
    """Why a line comes out as it does both ways, from the person's own lines alone; None where the
    draft can't be used any more."""
    pack, drafted, same = packs_of(trial)
    if drafted is None:
        return None
    assert trial.run is not None
    facts, past, rows = facts_of_person(trial.run.batch, line["person_id"])
    before, after = (one.explain(facts, line["claim_id"], history=past) for one in (pack, drafted))
    return Both(
        before=before,
        after=after,
        conditions=tuple(
            _beside(now, then)
            for now, then in zip(before.conditions, after.conditions, strict=True)
        ),
        rows=rows,
        same_release=same,
    )


def _beside(before: ConditionShown, after: ConditionShown) -> Beside:
    figures = [one.text for one in before.parameters] != [one.text for one in after.parameters]
    stopped = before.stopped_by != after.stopped_by
    return Beside(before, after, before.status != after.status or figures or stopped, figures)
