"""Not known is not no: each condition alone, and what is asked for."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from jineng import policy
from jineng.policy.facts import FACT, FACTS, PLACE
from tests.policy.claims import POOLS, claim, decided

TRUTHS = (True, False, None)


@pytest.mark.parametrize("migrant", TRUTHS)
@pytest.mark.parametrize("settled", TRUTHS)
@pytest.mark.parametrize("employed", TRUTHS)
def test_employee_in_all_its_twenty_seven_ways(
    employed: bool | None, settled: bool | None, migrant: bool | None, pack: policy.Pack
) -> None:
    groups = {True: "rural_migrant_worker", False: "none", None: None}[migrant]
    months = {True: 6, False: 5, None: None}[settled]
    line = claim("POST", employed_at_training=employed, person_groups=groups, town_months=months)
    expected = {True: "holds", False: "fails", None: "undetermined"}[
        _or(employed, _and(migrant, settled))
    ]
    explanation = pack.explain([line], "1")
    (shown,) = (c for c in explanation.conditions if c.code == "employee")
    assert shown.status == expected
    asked = [n for n in ("employed_at_training", "town_months", "person_groups") if line[n] is None]
    assert explanation.missing == (tuple(asked) if expected == "undetermined" else ())


def _and(x: bool | None, y: bool | None) -> bool | None:
    return False if False in (x, y) else None if None in (x, y) else True


def _or(x: bool | None, y: bool | None) -> bool | None:
    return True if True in (x, y) else None if None in (x, y) else False


def test_work_grounds_in_every_way(pack: policy.Pack) -> None:
    """``work-ground``, ``accepted-by`` and the amount over all that their facts can be."""
    facts = {
        "hire_status": ("new", "waiting", "existing", None),
        "enterprise_size": ("small", "large", None),
        "enterprise_industry": ("catering", "other", None),
        "enterprise_suspended": TRUTHS,
        "enterprise_insured": TRUTHS,
        "person_groups": ("none", "hard_to_employ", "rural_migrant_worker", "poor_labourer",
                          "recent_graduate", "poor_labourer;registered_unemployed", None),
        "applied_on": ("2020-05-31", "2020-12-31", "2021-01-01", "2022-01-01"),
    }  # fmt: skip
    lines = [
        claim("WORK", str(n), f"人{n}", **dict(zip(facts, values, strict=True)))
        for n, values in enumerate(itertools.product(*facts.values()))
    ]
    found = decided(pack, lines)
    wrong = [
        (line, got)
        for line, got in zip(lines, found, strict=True)
        if (got["outcome"], got["failed"], got["missing"]) != _work(line)
    ]
    assert wrong == []


def _work(line: dict[str, Any]) -> tuple[str, str, str]:
    """The outcome of a WORK claim that is otherwise in order, by the text, in plain Python."""
    grounds = _grounds(line)
    day = line["applied_on"]
    d6, d7 = "2020-06-01" <= day <= "2020-12-31", "2019-07-26" <= day <= "2021-12-31"
    in_term = {ground: d6 if ground in "abcd" else d7 for ground in grounds}
    may = [ground for ground, holds in grounds.items() if holds is not False]
    failed, asked = [], set()
    names = ("hire_status", "enterprise_size", "enterprise_industry", "enterprise_suspended",
             "enterprise_insured", "person_groups")  # fmt: skip
    empty = {name for name in names if line[name] is None}
    if not may:
        failed.append("work-ground")
    elif True not in grounds.values():
        asked |= empty
    sure = any(grounds[ground] and in_term[ground] for ground in may)
    if may and not any(in_term[ground] for ground in may):
        failed.append("accepted-by")
    elif not sure and not all(in_term[ground] for ground in may):
        asked |= empty
    if failed:
        return "ineligible", ";".join(failed), ""
    of_d6 = [grounds[ground] for ground in "abcd"]
    if d6 and True not in of_d6 and None in of_d6:
        asked |= empty - {"enterprise_insured"}
    if asked:
        return "needs_evidence", "", ";".join(sorted(asked, key=PLACE.__getitem__))
    if d6 and True in of_d6:
        return "eligible", "", ""
    return "needs_evidence", "", "standard-not-set"


def _grounds(line: dict[str, Any]) -> dict[str, bool | None]:
    def one_of(value: str | None, *codes: str) -> bool | None:
        return None if value is None else bool({*codes} & {*value.split(";")})

    def every(*parts: bool | None) -> bool | None:
        return False if False in parts else None if None in parts else True

    new = one_of(line["hire_status"], "new")
    smaller = one_of(line["enterprise_size"], "micro", "small", "medium")
    groups = line["person_groups"]
    hard = one_of(groups, "hard_to_employ", "disabled", "zero_employment_family")
    others = one_of(groups, "recent_graduate", "registered_unemployed")
    return {
        "a": every(smaller, new, _or(hard, others)),
        "b": every(smaller, line["enterprise_suspended"]),
        "c": None
        if line["enterprise_industry"] is None
        else line["enterprise_industry"] != "other",
        "d": every(
            one_of(groups, "rural_migrant_worker"), one_of(line["hire_status"], "new", "waiting")
        ),
        "e": every(one_of(groups, "poor_labourer"), new),
        "f": every(line["enterprise_insured"], new, hard),
    }


def test_a_fact_left_empty_is_asked_for_where_it_matters(pack: policy.Pack) -> None:
    """Of a claim in order one fact is taken away: either it doesn't matter or it is asked for."""
    in_order = decided(pack, [claim(scheme, scheme, scheme) for scheme in pack.schemes])
    whole = {line["claim_id"]: (line["outcome"], "", line["missing"]) for line in in_order}
    lines = []
    for scheme in pack.schemes:
        for name in claim(scheme):
            if not FACT[name].required:
                key = f"{scheme} {name}"
                lines.append(claim(scheme, key, key, **{name: None}))
    for line, got in zip(lines, decided(pack, lines), strict=True):
        scheme, name = line["claim_id"].split()
        before = whole[scheme]
        asked = got["missing"].split(";")
        if (got["outcome"], got["failed"], got["missing"]) != before:
            assert (got["outcome"], got["failed"]) == ("needs_evidence", ""), line["claim_id"]
            assert name in asked
            assert all(line.get(other) is None for other in asked)


def test_nothing_but_the_required_facts_is_decided_too(pack: policy.Pack) -> None:
    """Everything matters, so everything is asked for, in the order of the columns, each once."""
    required = [fact.name for fact in FACTS if fact.required]
    lines = []
    for scheme in pack.schemes:
        line = claim(scheme, scheme, scheme)
        lines.append({name: line[name] for name in required})
    for line, got in zip(lines, decided(pack, lines), strict=True):
        assert (got["outcome"], got["failed"]) == ("needs_evidence", "")
        asked = got["missing"].split(";")
        assert asked == sorted(set(asked), key=PLACE.__getitem__)
        explanation = pack.explain([line], line["claim_id"])
        undetermined = [c for c in explanation.conditions if c.status == "undetermined"]
        of_conditions = {fact.name for c in undetermined for fact in c.facts}
        of_amount = {fact.name for fact in explanation.amount.facts}
        assert set(asked) <= (of_conditions | of_amount) - set(required)
        assert of_conditions - set(required) <= set(asked)


def test_the_pools_try_facts_that_exist() -> None:
    assert set(POOLS) <= set(FACT)
