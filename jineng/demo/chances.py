"""Chances of the policy that were taken up by what was decided for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow.compute as pc

from jineng.claims import engine
from jineng.claims.files import BatchFiles
from jineng.claims.models import Batch, State
from jineng.demo.users import moment
from jineng.people.commands.entitlements import reserve, use
from jineng.people.models import User
from jineng.people.queries.persons import person_of_number
from jineng.policy.entitlement import Places


def load(batches: Iterable[tuple[Batch, User]]) -> None:
    """Writes down for each line that is eligible what its person has used by it."""
    places = Places(engine.pack().schemes.values())
    for batch, user in batches:
        if batch.state != State.DECIDED:
            continue
        for facts in _eligible(batch):
            person = person_of_number(facts["person_id"])
            if person is not None:
                at = moment(facts["applied_on"], 17)
                reference = facts["claim_id"]
                wanted = places.of(facts)
                # Batches were decided each by itself: what another has taken is not taken again.
                if reserve(person, wanted, reference=reference, by=user, at=at) is None:
                    use(reference=reference, by=user, at=at)


def _eligible(batch: Batch) -> list[dict[str, Any]]:
    files = BatchFiles(batch.pk)
    outcomes = files.read_table("decisions", ["claim_id", "outcome"])
    good = outcomes.filter(pc.equal(outcomes["outcome"], "eligible"))["claim_id"]
    facts = files.read_table("facts")
    found: list[dict[str, Any]] = facts.filter(pc.is_in(facts["claim_id"], good)).to_pylist()
    return found
