"""What a claim that stands takes up: the places of which a person has only so many.

The same rules as looking across claims (`standing`), said of one claim: so a register that takes a
claim's places one after the other stops the same claims as the engine, which a test holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from jineng.policy.schemes import AtMost, Condition, Once, OneScheme, Scheme

#: The first words of keys.
ONCE, TRAINING, MONTHS, TRAININGS = "once", "training", "months", "trainings"
FOR_GOOD = 0


@dataclass(frozen=True)
class Place:
    """One thing under one key of a person, and what keeps it from being put there.

    ``key``: words such as ("once", "occupation", "电工", "3") or ("trainings",); ``period``: a
    year, or `FOR_GOOD`; ``thing``: what is put there, such as a scheme or a training, in one line
    of text; equal things count once. ``limit``: how many different things there may be;
    ``stopped_by``: things of which none may be there. ``code``: the condition that fails where the
    place is not free.
    """

    key: tuple[str, ...]
    period: int
    thing: str
    code: str
    limit: int | None = None
    stopped_by: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The key as one text, from which `key_words` makes the words again."""
        return json.dumps(self.key, ensure_ascii=False, separators=(",", ":"))


def key_words(text: str) -> tuple[str, ...]:
    """The words of a key that was written as one text."""
    return tuple(json.loads(text))


class Places:
    """The places of every scheme of a pack: ``Places(pack.schemes.values())``."""

    def __init__(self, schemes: Iterable[Scheme]) -> None:
        self._schemes = {scheme.code: scheme for scheme in schemes}
        self._one_scheme = [code for code, s in self._schemes.items() if s.across(OneScheme)]

    def of(self, facts: Mapping[str, Any]) -> list[Place]:
        """The places of a claim, in the order in which they are tested.

        ``facts``: canonical values by name, as in a line of an ``Intake``'s table. An earlier
        decision takes the places whose facts it has.
        """
        scheme = self._schemes[facts["scheme"]]
        found = []
        for condition in scheme.conditions:
            if isinstance(condition.across, Once):
                found += self._once(scheme, condition, condition.across, facts)
            elif isinstance(condition.across, OneScheme):
                found += self._one(scheme, condition, condition.across, facts)
            elif isinstance(condition.across, AtMost):
                found += self._at_most(scheme, condition, condition.across, facts)
        return sorted(found, key=lambda place: _ORDER[place.key[0]])

    def most_trainings(self, facts: Mapping[str, Any]) -> int | None:
        """How many trainings a year are paid for a person; ``facts``: applied_on and region."""
        for scheme in self._schemes.values():
            for condition in scheme.conditions:
                if isinstance(condition.across, AtMost) and condition.across.what == TRAININGS:
                    return _limit(scheme, condition.across, facts)
        return None

    def _once(
        self, scheme: Scheme, condition: Condition, once: Once, facts: Mapping[str, Any]
    ) -> list[Place]:
        words = [facts.get(name) for name in once.by]
        if any(word is None for word in words):
            return []
        key = (ONCE, once.family or scheme.code, *map(str, words))
        stopped_by = once.stopped_by or (scheme.code,)
        return [Place(key, FOR_GOOD, scheme.code, condition.code, stopped_by=stopped_by)]

    def _one(
        self, scheme: Scheme, condition: Condition, one: OneScheme, facts: Mapping[str, Any]
    ) -> list[Place]:
        training = facts.get(scheme.training)
        if training is None:
            return []
        beside = (scheme.code, *one.beside)
        stopped_by = tuple(code for code in self._one_scheme if code not in beside)
        key = (TRAINING, scheme.training, str(training))
        return [Place(key, FOR_GOOD, scheme.code, condition.code, stopped_by=stopped_by)]

    def _at_most(
        self, scheme: Scheme, condition: Condition, most: AtMost, facts: Mapping[str, Any]
    ) -> list[Place]:
        training = facts.get(scheme.training)
        if training is None:
            return []
        limit = _limit(scheme, most, facts)
        if most.what == MONTHS:
            if facts.get("service_month") is None:
                return []
            key = (MONTHS, str(training))
            return [Place(key, FOR_GOOD, str(facts["service_month"]), condition.code, limit)]
        if facts.get("cap_exempt"):
            limit = None
        thing = json.dumps([scheme.training, str(training)], ensure_ascii=False)
        return [Place((TRAININGS,), facts["applied_on"].year, thing, condition.code, limit)]


_ORDER = {word: place for place, word in enumerate((ONCE, TRAINING, MONTHS, TRAININGS))}


def _limit(scheme: Scheme, most: AtMost, facts: Mapping[str, Any]) -> int | None:
    value = scheme.parameters[most.limit].pick(facts["applied_on"], facts["region"])
    return None if value is None else int(value.value)


def untested(places: Iterable[Place]) -> list[Place]:
    """The same places as an earlier decision takes them: whatever is there."""
    return [replace(place, limit=None, stopped_by=()) for place in places]
