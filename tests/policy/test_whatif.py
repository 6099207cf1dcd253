"""What if: equal to deciding twice and comparing, for any draft; counts, money and budgets."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jineng import policy
from jineng.policy.facts import FUNDS, GROUPS
from jineng.policy.whatif import touched
from tests.policy.claims import any_claim, claim, small_world
from tests.policy.drafts import GOOD, draft, standard

#: Drafts of each kind, and the schemes that they touch.
DRAFTS = {
    "several things": (policy.draft_of(GOOD), {"PRE", "WORK", "FREE"}),
    "a lower amount": (
        draft(
            "PRE:\n  standard:\n    values:\n    - {from: 2020-06-01, value: 400, cites: D6 结尾}"
        ),
        {"PRE"},
    ),
    "a figure of all schemes": (
        draft(
            "shared:\n  yearly_trainings:\n    values:\n"
            "    - {from: 2020-09-01, value: 1, cites: D7 四(二)}"
        ),
        set(),
    ),
    "a term of many schemes": (
        draft("shared:\n  in_force_d6: {until: 2020-09-15, cites: D6 结尾}"),
        {"PRE", "POST", "COMP"},
    ),
    "months of 以工代训": (
        draft(
            "WORK:\n  max_months:\n    values:\n    - {from: 2019-07-26, value: 2, cites: D7 标题}"
        ),
        set(),
    ),
}


@pytest.fixture(scope="module")
def world() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Claims of all kinds, many of them meeting others, and earlier decisions."""
    chance = random.Random(5)
    lines = small_world(chance, persons=80, claims_each=10)
    lines += [any_claim(chance, f"各{n}", f"某{n % 400}") for n in range(900)]
    lines += [
        claim("WORK", f"工{n}", f"工人{n // 4}", service_month=f"2020-0{n % 4 + 5}")
        for n in range(40)
    ]
    past = small_world(chance, persons=80, claims_each=1)
    return lines, [
        line | {"claim_id": f"旧{line['claim_id']}", "outcome": "eligible"} for line in past
    ]


def compared(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> dict[str, tuple[str, Decimal]]:
    """By claim what became of it and the yuan that it gained, from two decisions in words."""
    found = {}
    for was, now in zip(before, after, strict=True):
        gained = now["amount_yuan"] - was["amount_yuan"]
        paid = [line["outcome"] == "eligible" for line in (was, now)]
        change = ""
        if paid == [False, True]:
            change = "new"
        elif paid == [True, False]:
            change = "dropped"
        elif all(paid):
            change = "more" if gained > 0 else "less" if gained < 0 else ""
        elif was["outcome"] != now["outcome"]:
            change = "undecided"
        elif (was["failed"], was["missing"]) != (now["failed"], now["missing"]):
            change = "reasons"
        if change:
            found[was["claim_id"]] = change, gained
    return found


@pytest.mark.parametrize("name", DRAFTS)
def test_it_is_what_deciding_twice_gives(name: str, world: Any, pack: policy.Pack) -> None:
    lines, past = world
    made, schemes = DRAFTS[name]
    drafted = pack.with_draft(made)
    assert set(touched(pack, drafted)) >= schemes
    before = pack.decide(lines, history=past).to_pylist()
    after = drafted.decide(lines, history=past).to_pylist()
    expected = compared(before, after)
    assert len(expected) > 10
    result = policy.whatif(pack, made, lines, past)
    found = {line["claim_id"]: line for line in result.lines.to_pylist()}
    assert {key: (line["change"], line["difference_yuan"]) for key, line in found.items()} == (
        expected
    )
    for was, now in zip(before, after, strict=True):
        line = found.get(was["claim_id"], {})
        for column in ("outcome", "amount_yuan", "failed", "missing") if line else ():
            assert (line[f"{column}_before"], line[f"{column}_after"]) == (was[column], now[column])
    _adds_up(result, lines, before, after)


def _adds_up(
    result: policy.WhatIf,
    lines: list[dict[str, Any]],
    before: list[dict[str, Any]],
    after: list[dict[str, Any]],
) -> None:
    """Totals and breakdowns, reckoned line by line from the decisions."""
    changes = compared(before, after)
    money = [sum(line["amount_yuan"] for line in side) for side in (before, after)]
    (total,) = result.total.to_pylist()
    assert [total["before_yuan"], total["after_yuan"]] == money
    assert total["difference_yuan"] == money[1] - money[0]
    assert total["claims"] == len(lines)
    moved = {key for key, (change, _) in changes.items() if change not in ("undecided", "reasons")}
    persons = {line["person_id"] for line in lines if line["claim_id"] in moved}
    assert total["persons"] == len(persons)
    keys = {
        "scheme": lambda line: [line["scheme"]],
        "region": lambda line: [str(line["region"])],
        "city": _city,
        "month": lambda line: [str(line["applied_on"])[:7]],
        "group": _groups,
    }
    for name, keys_of in keys.items():
        claims: Counter[str] = Counter()
        paid: Counter[str] = Counter()
        became: Counter[tuple[str, str]] = Counter()
        for line, now in zip(lines, after, strict=True):
            for key in keys_of(line):
                claims[key] += 1
                paid[key] += int(now["amount_yuan"] * 100)
                if now["claim_id"] in changes:
                    became[key, changes[now["claim_id"]][0]] += 1
        table = {row["key"]: row for row in result.by[name].to_pylist()}
        assert {key: row["claims"] for key, row in table.items()} == claims
        assert {key: int(row["after_yuan"] * 100) for key, row in table.items()} == {
            key: paid[key] for key in table
        }
        for change in ("new", "dropped", "more", "less", "undecided", "reasons"):
            assert {key: row[change] for key, row in table.items()} == {
                key: became[key, change] for key in table
            }
    assert sum(row["after_yuan"] for row in result.spending.to_pylist()) == money[1]


def _city(line: dict[str, Any]) -> list[str]:
    region = str(line["region"])
    return [region if region.startswith("4290") else f"{region[:4]}00"]


def _groups(line: dict[str, Any]) -> list[str]:
    written = line.get("person_groups")
    if not written:
        return ["unknown"]
    return [word for word in str(written).split(";") if word in GROUPS] or ["none"]


def test_a_draft_that_changes_nothing_of_these_claims(pack: policy.Pack) -> None:
    result = policy.whatif(pack, policy.draft_of(GOOD), [claim("POST"), claim("COMP", "2", "乙")])
    assert result.lines.num_rows == 0
    (total,) = result.total.to_pylist()
    assert (total["persons"], total["difference_yuan"]) == (0, 0)


def test_one_that_newly_stands_stops_another(pack: policy.Pack) -> None:
    """By a shorter course 岗前培训 stands first, so that the year's fourth training is too many."""
    shorter = draft(
        "PRE:\n  min_hours:\n    values:\n    - {from: 2020-06-01, value: 10, cites: D6 结尾}"
    )
    lines = [claim("PRE", "1", applied_on="2020-10-15", hours=12, training_id="班0")]
    for number, scheme in enumerate(("POST", "TECH", "COMP"), start=2):
        lines.append(
            claim(
                scheme, str(number), training_id=f"班{number}", applied_on="2020-11-0" + str(number)
            )
        )
    result = policy.whatif(pack, shorter, lines)
    became = {line["claim_id"]: line["change"] for line in result.lines.to_pylist()}
    assert became == {"1": "new", "4": "dropped"}
    assert result.lines["failed_after"].to_pylist() == ["", "annual-cap"]


def test_what_the_draft_says_is_told(pack: policy.Pack) -> None:
    result = policy.whatif(pack, policy.draft_of(GOOD), [claim("PRE")])
    told = {(one.schemes, one.key, one.region, one.start): one for one in result.differences}
    raised = told[("PRE",), "standard", None, "2020-10-01"]
    assert (raised.before, raised.after, raised.cites) == (None, "600.00 元", ("拟1 一",))
    assert (("PRE",), "standard", None, "2020-06-01") not in told
    assert told[("FREE",), "standard", "420100", "2020-09-01"].after == "1200.00 元"
    term = told[("WORK",), "term_d6", None, "2020-06-01"]
    assert (term.before, term.after) == ("2020-06-01 至 2020-12-31", "2020-06-01 至 2021-06-30")
    assert result.title.startswith("岗前培训提到")
    assert result.release == pack.release


def test_budgets(pack: policy.Pack) -> None:
    raised = draft(
        "PRE:\n  standard:\n    values:\n    - {from: 2020-06-01, value: 600, cites: D6 结尾}"
    )
    days = ("2020-10-03", "2020-10-01", "2020-10-02", "2020-10-02")
    lines = [claim("PRE", str(n), f"人{n}", applied_on=day) for n, day in enumerate(days)]
    lines.append(claim("SKIL", "9", "另", applied_on="2020-10-01"))
    skil = int(pack.decide(lines).to_pylist()[-1]["amount_yuan"] * 100)
    fund, other = pack.schemes["PRE"].fund, pack.schemes["SKIL"].fund
    assert fund != other
    result = policy.whatif(
        pack, raised, lines, budgets={fund: 180_000, "total": 10**9, other: skil}
    )
    own, whole, theirs = result.budgets
    assert (own.fund, own.label, own.budget_fen) == (fund, FUNDS[fund], 180_000)
    assert (own.before.total_fen, own.before.spent_on, own.before.passed_fen) == (
        200_000, date(2020, 10, 3), 20_000,
    )  # fmt: skip
    assert (own.after.total_fen, own.after.spent_on, own.after.passed_fen) == (
        240_000, date(2020, 10, 2), 60_000,
    )  # fmt: skip
    assert (whole.fund, whole.label, whole.after.spent_on, whole.after.passed_fen) == (
        None, "全部资金", None, 0,
    )  # fmt: skip
    assert (theirs.before.spent_on, theirs.before.passed_fen) == (date(2020, 10, 1), 0)
    with pytest.raises(KeyError, match="没有资金“petty”"):
        policy.whatif(pack, raised, lines, budgets={"petty": 1})


def test_a_draft_over_standards_is_compared_with_the_standards(pack: policy.Pack) -> None:
    now = pack.with_standards([standard()])
    lower = policy.draft_of(
        "draft: 降到一千\nstandards:\n- {region: 420100, scheme: FREE, value: 1000,\n"
        "   from: 2020-09-01, number: 武人社发〔2021〕（拟）, replaces: 武人社发〔2020〕12号}\n"
    )
    (line,) = policy.whatif(now, lower, [claim("FREE")]).lines.to_pylist()
    assert (line["change"], line["difference_yuan"]) == ("less", Decimal("-200.00"))


def _any_draft(chance: random.Random, pack: policy.Pack) -> policy.Draft:
    """One or two figures of any schemes, anything near what they are, from any day."""
    places = [
        ("shared" if key in pack.parameters else scheme.code, key, parameter)
        for scheme in pack.schemes.values()
        for key, parameter in scheme.parameters.items()
        if parameter.own and parameter.kind in ("number", "yuan", "months", "period")
    ]
    written: dict[str, list[str]] = {}
    for word, key, parameter in chance.sample(places, chance.randint(1, 2)):
        now = parameter.own[-1].value
        if parameter.kind == "period":
            until = date(2020, chance.randint(7, 12), chance.randint(1, 28))
            said = f"{key}: {{until: {until}, cites: D6 结尾}}"
        else:
            day = date(2020, chance.randint(1, 11), chance.randint(1, 28))
            said = f"{key}: {{values: [{{from: {day}, value: {_near(chance, parameter, now)}, "
            said += "cites: D6 结尾}]}"
        written.setdefault(word, []).append(f"  {said}")
    text = "\n".join(line for word, lines in written.items() for line in (f"{word}:", *lines))
    return draft(text)


def _near(chance: random.Random, parameter: Any, now: Any) -> Any:
    """Another figure of the same kind, as a file writes it."""
    if isinstance(now, dict):
        amounts = (f"{code}: {fen // 100 + chance.randint(-90, 90)}" for code, fen in now.items())
        return f"{{{', '.join(amounts)}}}"
    if parameter.kind == "yuan":
        return now // 100 + chance.randint(-90, 90)
    return max(0, now + chance.randint(-now, 6))


@pytest.mark.parametrize("seed", range(6))
def test_any_draft_gives_what_deciding_twice_gives(
    seed: int, world: Any, pack: policy.Pack
) -> None:
    """Only what the draft touches is judged again; nothing else may come out otherwise."""
    lines, past = world
    made = _any_draft(random.Random(seed), pack)
    before = pack.decide(lines, history=past).to_pylist()
    after = pack.with_draft(made).decide(lines, history=past).to_pylist()
    result = policy.whatif(pack, made, lines, past)
    found = {line["claim_id"]: line for line in result.lines.to_pylist()}
    assert {key: (line["change"], line["difference_yuan"]) for key, line in found.items()} == (
        compared(before, after)
    )
    ids = [line["claim_id"] for line in before]
    assert [ids[place] for place in result.places.tolist()] == list(found)
