"""Looking across claims: equal to the slow loop, whatever the order, the split, the threads."""

from __future__ import annotations

import io
import random
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jineng import policy
from jineng.policy import identity
from tests.policy import oracle
from tests.policy.claims import Line, claim, colliding_claim, decided, small_world

#: Few examples, each of many claims: a decision costs the same for one and for thousands.
FEW = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SEEDS = st.integers(0, 2**32)


def data(table: pa.Table) -> bytes:
    """A table's bytes, whatever its chunks."""
    sink = io.BytesIO()
    pq.write_table(table.combine_chunks(), sink)
    return sink.getvalue()


def alone(pack: policy.Pack, lines: list[Line]) -> list[Line]:
    """The lines that stand where nobody else is."""
    apart = [line | {"person_id": f"独{number}"} for number, line in enumerate(lines)]
    outcomes = [line["outcome"] for line in decided(pack, apart)]
    return [line for line, outcome in zip(lines, outcomes, strict=True) if outcome == "eligible"]


def past(chance: random.Random, lines: list[Line]) -> list[Line]:
    """Earlier decisions: some lacking facts, some of no effect, some applied for later."""
    history = []
    for line in lines:
        line = line | {
            "claim_id": f"旧{line['claim_id']}",
            "outcome": chance.choice(["eligible", "eligible", "ineligible", "needs_evidence"]),
        }
        for name in ("employer_id", "training_id", "occupation", "level", "service_month"):
            if chance.random() < 0.1:
                line[name] = None
        history.append(line)
    return history


@FEW
@given(seed=SEEDS)
def test_the_loop_and_the_fixed_point_agree(seed: int, open_pack: policy.Pack) -> None:
    chance = random.Random(seed)
    lines = small_world(chance, persons=120, claims_each=12)
    history = past(chance, small_world(chance, persons=120, claims_each=3))
    expected = oracle.stopped(alone(open_pack, lines), history)
    found = {line["claim_id"]: line for line in decided(open_pack, lines, history)}
    assert {name: found[name]["failed"] for name in expected} == {
        name: code for name, (code, _) in expected.items()
    }
    assert {name for name, line in found.items() if line["outcome"] == "eligible"} == {
        name for name, (code, _) in expected.items() if not code
    }


@settings(FEW, max_examples=8)
@given(world=st.data())
def test_one_persons_claims_agree_with_the_loop(
    world: st.DataObject, open_pack: policy.Pack
) -> None:
    """The same with examples that shrink to the smallest that differs."""

    def choose(some: tuple[Any, ...]) -> Any:
        return world.draw(st.sampled_from(some))

    count = world.draw(st.integers(1, 9))
    lines = [colliding_claim(choose, f"{9 - number}", "甲") for number in range(count)]
    expected = oracle.stopped(alone(open_pack, lines), [])
    found = {line["claim_id"]: line["failed"] for line in decided(open_pack, lines)}
    assert {name: found[name] for name in expected} == {
        n: code for n, (code, _) in expected.items()
    }


def test_the_worlds_have_every_kind_of_stop(open_pack: policy.Pack) -> None:
    """The two tests above would prove little in a world without collisions."""
    chance = random.Random(1)
    lines = small_world(chance, persons=40, claims_each=12)
    stops = Counter(code for code, _ in oracle.stopped(alone(open_pack, lines), []).values())
    assert stops[""] > 60
    for code in ("no-repeat", "one-claim", "annual-cap"):
        assert stops[code] > 20
    assert stops["max-6-months"] > 0 or stops_of_months(open_pack) > 0


def stops_of_months(pack: policy.Pack) -> int:
    """A world of months alone."""
    chance = random.Random(2)
    lines = [
        claim("WORK", f"{n}", f"人{n % 5}", service_month=f"2020-{chance.randint(1, 12):02}")
        for n in range(60)
    ]
    return [line["failed"] for line in decided(pack, lines)].count("max-6-months")


@FEW
@given(seed=SEEDS)
def test_order_of_lines_and_number_of_threads_are_nothing(
    seed: int, open_pack: policy.Pack
) -> None:
    chance = random.Random(seed)
    lines = small_world(chance, persons=60, claims_each=10)
    history = past(chance, small_world(chance, persons=60, claims_each=2))
    whole = open_pack.decide(lines, history=history, threads=1)
    assert data(open_pack.decide(lines, history=history, threads=2)) == data(whole)
    places = list(range(len(lines)))
    chance.shuffle(places)
    chance.shuffle(history)
    shuffled = open_pack.decide([lines[place] for place in places], history=history)
    back = pa.array([places.index(place) for place in range(len(lines))])
    assert data(shuffled.take(back)) == data(whole)


@FEW
@given(seed=SEEDS)
def test_split_at_any_date_gives_the_same_decisions(seed: int, open_pack: policy.Pack) -> None:
    chance = random.Random(seed)
    lines = small_world(chance, persons=60, claims_each=12)
    whole = {line["claim_id"]: line for line in decided(open_pack, lines)}
    day = chance.choice(sorted({str(line["applied_on"]) for line in lines})[1:])
    first = [line for line in lines if str(line["applied_on"]) < day]
    second = [line for line in lines if str(line["applied_on"]) >= day]
    earlier = {line["claim_id"]: line for line in decided(open_pack, first)}
    history = [
        line | {"outcome": "eligible"}
        for line in first
        if earlier[line["claim_id"]]["outcome"] == "eligible"
    ]
    later = {line["claim_id"]: line for line in decided(open_pack, second, history)}
    assert earlier | later == whole


def test_many_threads_over_many_claims_give_the_same_bytes(open_pack: policy.Pack) -> None:
    """Enough lines that the engine does share them out."""
    lines = small_world(random.Random(7), persons=1500, claims_each=4)
    intake = policy.read_facts(lines)
    one, two = (open_pack.decide(intake, threads=n) for n in (1, 2))
    assert data(one) == data(two)
    expected = oracle.stopped(alone(open_pack, lines), [])
    found = dict(zip(one["claim_id"].to_pylist(), one["failed"].to_pylist(), strict=True))
    assert {name: found[name] for name in expected} == {
        n: code for n, (code, _) in expected.items()
    }


def test_a_chain_of_stops_is_settled_one_at_a_time(open_pack: policy.Pack) -> None:
    """A stops B, so that B does not stop C, which stops D …: as many rounds as there are links."""
    lines = []
    for link in range(14):
        scheme = "VETE" if link % 2 else "TECH"
        facts = {"applied_on": f"2020-11-{link + 1:02}", "level": 3, "cap_exempt": True}
        facts |= {"occupation": f"职业{link // 2}", "training_id": f"班{(link + 1) // 2}"}
        lines.append(claim(scheme, f"{link:02}", "甲", **facts))
    found = {line["claim_id"]: line["failed"] for line in decided(open_pack, lines)}
    assert found == {f"{link:02}": "no-repeat" if link % 2 else "" for link in range(14)}
    found = {line["claim_id"]: line["failed"] for line in decided(open_pack, lines[1:])}
    assert found == {f"{link:02}": "" if link % 2 else "one-claim" for link in range(1, 14)}


def test_only_eligible_history_takes_places(pack: policy.Pack) -> None:
    old = claim("PRE", "旧")
    for outcome, failed in (("eligible", "no-repeat"), ("ineligible", ""), ("needs_evidence", "")):
        (line,) = decided(pack, [claim("PRE", training_id="新")], [old | {"outcome": outcome}])
        assert line["failed"] == failed


def test_history_after_the_claim_takes_its_place_too(pack: policy.Pack) -> None:
    later = claim("PRE", "旧", applied_on="2021-06-01", outcome="eligible")
    (line,) = decided(pack, [claim("PRE", training_id="新")], [later])
    assert line["failed"] == "no-repeat"


def test_an_old_identity_number_is_the_same_person(pack: policy.Pack) -> None:
    """Fifteen digits and eighteen count as one, in the file and in history."""
    short = "420106900101000"
    first_17 = short[:6] + "19" + short[6:]
    number = first_17 + identity.check_character(first_17)
    first = claim("PRE", "1", short, applied_on="2020-10-14")
    second = claim("PRE", "2", number, training_id="班2")
    assert [line["failed"] for line in decided(pack, [first, second])] == ["", "no-repeat"]
    (line,) = decided(pack, [second], [first | {"outcome": "eligible"}])
    assert line["failed"] == "no-repeat"


def test_a_claim_decided_before_is_an_error(pack: policy.Pack) -> None:
    again = [claim("PRE", "1"), claim("PRE", "2", "乙")]
    history = [claim("PRE", "2", "丙", outcome="ineligible")]
    with pytest.raises(policy.FactsError) as caught:
        pack.decide(again, history=history)
    (problem,) = caught.value.problems
    assert (problem.column, problem.value, problem.rows) == ("claim_id", "2", (1,))
    assert "历史" in problem.message


def test_texts_may_be_encoded_in_one_file_and_plain_in_the_other(pack: policy.Pack) -> None:
    """As Parquet has them: it gives up on a dictionary where too many texts are different."""
    lines = [claim("PRE", "1"), claim("TECH", "2", level="3", training_id="班2")]
    past = [claim("TECH", "旧1", level="3", training_id="班3") | {"outcome": "eligible"}]
    expected = decided(pack, lines, past)
    assert [line["failed"] for line in expected] == ["", "no-repeat"]
    names = ("employer_id", "training_id", "occupation", "level")
    tables = [as_strings(lines), as_strings(past)]
    for place in (0, 1):
        mixed = list(tables)
        for name in names:
            at = mixed[place].column_names.index(name)
            coded = mixed[place][name].dictionary_encode()
            mixed[place] = mixed[place].set_column(at, name, coded)
        assert pack.decide(mixed[0], history=mixed[1]).to_pylist() == expected


def as_strings(lines: list[Line]) -> pa.Table:
    """Lines as a table of texts."""
    names = list(dict.fromkeys(name for line in lines for name in line))
    cells = {n: [None if line.get(n) is None else str(line[n]) for line in lines] for n in names}
    return pa.table({name: pa.array(column, pa.string()) for name, column in cells.items()})
