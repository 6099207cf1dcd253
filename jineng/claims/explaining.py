"""One line of a batch explained, and whether it still is what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jineng.claims.decided import facts_of_person
from jineng.claims.engine import pack_of
from jineng.claims.models import Batch
from jineng.policy import Explanation


@dataclass(frozen=True)
class Explained:
    """``explanation``: by the release that decided, or where that is not installed any more by the
    one in force now. ``rows``: the rows of the person's claims in
    this batch by their numbers. ``same_release``: whether the decision was made by this release.
    ``same``: whether it says what was decided."""

    explanation: Explanation
    rows: dict[str, int]
    same_release: bool
    same: bool


def explained(batch: Batch, line: dict[str, Any]) -> Explained:
    """Why a line of ``Listing`` was decided as it was, from the person's own lines alone."""
    facts, past, rows = facts_of_person(batch, line["person_id"])
    explanation = pack_of(batch.release).explain(facts, line["claim_id"], history=past)
    says = (explanation.outcome, explanation.amount_fen, explanation.failed, explanation.missing)
    decided = (line["outcome"], line["fen"], _codes(line["failed"]), _codes(line["missing"]))
    return Explained(
        explanation=explanation,
        rows=rows,
        same_release=explanation.release == batch.release,
        same=says == decided,
    )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(";")))
