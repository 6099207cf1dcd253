"""Figures by date and region: a city's in its counties from its day on, and what it changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jineng import policy
from tests.policy.claims import claim, decided
from tests.policy.packs import copied, set_standard, spoil

CITY_DAY = date(2020, 9, 1)
RAISED = date(2020, 12, 1)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> policy.Pack:
    """Wuhan pays 400 for 岗前培训 from September, Enshi 5000 for apprentices, and more."""
    folder = copied(tmp_path_factory.mktemp("changed"))
    words: dict[str, Any] = {"from": CITY_DAY, "cites": "D7 四(二)"}
    set_standard(folder, "pre_job", 400, **words)
    set_standard(folder, "pre_job", 450, **words | {"region": "429004"})
    set_standard(folder, "apprenticeship", 5000, **words | {"region": "422800"})
    set_standard(folder, "free_training", 1200.5, **words, to=date(2020, 12, 31))
    set_standard(folder, "living_allowance", 50.01, **words)
    set_standard(folder, "programmes", {"养老护理员专项培训": 900}, **words)
    own = {"养老护理员专项培训": 700, "林业技能人员培训": 600}
    set_standard(folder, "programmes", own, region=None, cites="D6 四")
    set_standard(folder, "work_training", 300, key="monthly_d7", **words)

    def raise_hours(content: dict[str, Any]) -> None:
        more = {"from": RAISED, "value": 30, "cites": "D6 一(二)1"}
        content["min_hours"]["values"].append(more)

    spoil(folder, "pre_job", raise_hours)
    return policy.load(folder)


def amounts(pack: policy.Pack, scheme: str, *changes: dict[str, Any]) -> list[str]:
    """What the claims come to, each of a person of its own."""
    lines = [claim(scheme, str(n), f"人{n}", **facts) for n, facts in enumerate(changes)]
    return [
        f"{line['amount_yuan']}" if line["outcome"] == "eligible" else line["missing"]
        for line in decided(pack, lines)
    ]


def test_a_citys_standard_is_paid_there_from_its_day_on(changed: policy.Pack) -> None:
    before, after = {"applied_on": "2020-08-31"}, {"applied_on": "2020-09-01"}
    paid = amounts(
        changed,
        "PRE",
        {"region": "420100", **before},
        {"region": "420100", **after},
        {"region": "420106", **before},
        {"region": "420106", **after},
        {"region": "420300", **after},
        {"region": "420000", **after},
        {"region": "429004", **after},
        {"region": "429005", **after},
    )
    assert paid == [
        "500.00", "400.00", "500.00", "400.00", "500.00", "500.00", "450.00", "500.00",
    ]  # fmt: skip


def test_a_citys_figure_above_the_floor_is_paid(changed: policy.Pack) -> None:
    paid = amounts(changed, "APPR", {"region": "422801"}, {"region": "420100"})
    assert paid == ["5000.00", "4000.00"]


def test_an_open_standard_is_paid_while_it_is_set(changed: policy.Pack) -> None:
    days = ("2020-08-31", "2020-09-01", "2020-12-31", "2021-01-01")
    assert amounts(changed, "FREE", *({"applied_on": day} for day in days)) == [
        "standard-not-set", "1200.50", "1200.50", "standard-not-set",
    ]  # fmt: skip
    assert amounts(changed, "LIVE", {"days": 20}, {"days": 3, "region": "420300"}) == [
        "1000.20", "standard-not-set",
    ]  # fmt: skip


def test_a_citys_table_leaves_what_it_does_not_name_to_the_province(changed: policy.Pack) -> None:
    elsewhere = {"region": "420300"}
    forestry, other = {"programme": "林业技能人员培训"}, {"programme": "致富带头人培训"}
    assert amounts(
        changed, "SPEC", {}, forestry, other, {"programme": None}, elsewhere, forestry | elsewhere
    ) == ["900.00", "600.00", "standard-not-set", "programme", "700.00", "600.00"]
    for facts, place in (({}, "420100"), (forestry, None)):
        explanation = changed.explain([claim("SPEC", **facts)], "1")
        assert [figure.region for figure in explanation.amount.parameters] == [place]


def test_grounds_e_and_f_take_the_citys_figure(changed: policy.Pack) -> None:
    poor = {"enterprise_size": "large", "person_groups": "poor_labourer"}
    both = {"person_groups": "poor_labourer;registered_unemployed"}
    assert amounts(
        changed, "WORK", poor, both, both | {"applied_on": "2021-01-04"},
        both | {"enterprise_size": None}, poor | {"applied_on": "2020-08-31"},
    ) == ["300.00", "500.00", "300.00", "enterprise_size", "standard-not-set"]  # fmt: skip


def test_a_threshold_changes_with_its_date(changed: policy.Pack) -> None:
    """Outside all dates the nearest one known holds."""
    days = ("2020-05-31", "2020-06-01", "2020-11-30", "2020-12-01", "2022-06-01")
    lines = [claim("PRE", day, day, applied_on=day, hours=24) for day in days]
    failed = {line["claim_id"]: line["failed"] for line in decided(changed, lines)}
    assert failed == {
        "2020-05-31": "in-force",
        "2020-06-01": "",
        "2020-11-30": "",
        "2020-12-01": "min-hours",
        "2022-06-01": "in-force;min-hours",
    }


def test_the_basis_and_the_explanation_name_the_citys_clause(changed: policy.Pack) -> None:
    line = claim("APPR", region="422801")
    (decision,) = decided(changed, [line])
    assert "D7 四(二)" in decision["basis"].split(";")
    explanation = changed.explain([line], "1")
    (standard,) = explanation.amount.parameters
    assert (standard.region, standard.start, standard.end) == ("422800", "2020-09-01", None)
    assert standard.cites == ("D7 四(二)",)
    assert standard.text == "5000.00 元"
    assert explanation.amount.bound is None
    assert "422800 规定" in explanation.text()


def test_a_cap_that_is_paid_itself_is_shown_as_assumed(pack: policy.Pack) -> None:
    for scheme, word in (("PRE", "上限"), ("POST", "上限"), ("APPR", "下限")):
        explanation = pack.explain([claim(scheme)], "1")
        assert word in (explanation.amount.bound or "")
        assert word in explanation.text()
        assert explanation.to_dict()["amount"]["bound"] == explanation.amount.bound


def test_the_explanation_shows_the_figure_of_the_claims_own_date(changed: policy.Pack) -> None:
    for day, start, end, text in (
        ("2020-11-30", "2020-06-01", "2020-11-30", "20"),
        ("2020-12-01", "2020-12-01", None, "30"),
        ("2019-01-01", "2020-06-01", "2020-11-30", "20"),
    ):
        explanation = changed.explain([claim("PRE", applied_on=day)], "1")
        (hours,) = (c for c in explanation.conditions if c.code == "min-hours")
        (shown,) = hours.parameters
        assert (shown.start, shown.end, shown.text) == (start, end, text)


def test_the_release_covers_rules_and_parameters_and_not_cases(
    pack: policy.Pack, changed: policy.Pack, tmp_path: Path
) -> None:
    folder = copied(tmp_path)
    assert policy.load(folder).release == pack.release
    assert changed.release != pack.release

    cases = folder / "pre_job.cases.yaml"
    cases.write_text(cases.read_text(encoding="utf-8") + "\n# 一句话\n", encoding="utf-8")
    assert policy.load(folder).release == pack.release

    seen = {pack.release}
    for name in ("pre_job.py", "shared.py", "online.parameters.yaml", "documents.yaml"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8") + "\n# 一句话\n", encoding="utf-8")
        seen.add(policy.load(folder).release)
    assert len(seen) == 5
    assert all(release.startswith("hubei-") for release in seen)


def test_every_decision_carries_the_release(pack: policy.Pack, changed: policy.Pack) -> None:
    for one in (pack, changed):
        lines = [
            claim("PRE", "1", "甲"),
            claim("FREE", "2", "乙"),
            claim("SKIL", "3", "丙", level=1),
        ]
        assert {line["release"] for line in decided(one, lines)} == {one.release}
        assert one.explain(lines, "2").release == one.release


def test_who_sets_what_the_documents_leave_open(pack: policy.Pack, tmp_path: Path) -> None:
    cities = ("市州人社、财政部门",)
    who = {
        (code, key): tuple(one.set_by.values())
        for code, scheme in pack.schemes.items()
        for key, one in scheme.parameters.items()
        if one.set_by
    }
    own = {("STUD", "standard"), ("SPEC", "standard"), ("SKIL", "standard")}
    assert {place for place, words in who.items() if words != cities} == own
    assert who["STUD", "standard"] == ("省财政厅、省教育厅",)
    assert not pack.schemes["STUD"].parameters["standard"].regional
    assert pack.schemes["SPEC"].parameters["standard"].regional
    folder = copied(tmp_path)
    spoil(folder, "students", lambda content: content["standard"].update(set_by="省里"))
    with pytest.raises(policy.PackError, match=r"set_by 应写成 cities、province"):
        policy.load(folder)
