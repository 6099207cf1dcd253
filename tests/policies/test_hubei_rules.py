"""What may stand in rule files and what must stand in the pack."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from jineng import policy
from jineng.policy.facts import FACT, FUNDS, PAYEES, SCHEME_NAMES
from tests.policy.packs import HUBEI

RULES = sorted(HUBEI.glob("*.py"))
DATE = re.compile(r"\d{4}\D?\d{1,2}\D?\d{1,2}\b")


def literals(path: Path) -> list[str]:
    """Numbers above one, dates and calls that make dates, wherever they stand in the code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    words = docstrings(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in words:
            value = node.value
            number = isinstance(value, int | float) and not isinstance(value, bool) and value > 1
            dated = isinstance(value, str) and DATE.search(value)
            if number or dated:
                found.append(f"{path.name}:{node.lineno} {value!r}")
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func).rsplit(".", 1)[-1]
            if called in ("date", "datetime", "interval", "timedelta", "Decimal", "int", "float"):
                found.append(f"{path.name}:{node.lineno} {called}()")
    return found


def docstrings(tree: ast.AST) -> set[int]:
    """Documentation, which may speak of dates and amounts."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, owners)]
    return {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_no_amount_limit_or_date_stands_in_a_rule_file(path: Path) -> None:
    assert literals(path) == []


def test_the_search_for_literals_finds_them(tmp_path: Path) -> None:
    path = tmp_path / "rule.py"
    path.write_text(
        '"""2020-06-01, 500."""\n'
        "a = claim.hours >= 20\nb = claim.applied_on <= '2020-12-31'\nc = date(1, 1, 1)\n"
        "d = 0.5 * 1\ne = 1.5\nf = True\n"
    )
    assert sorted(found.split(":")[1].split()[0] for found in literals(path)) == [
        "2",
        "3",
        "4",
        "6",
    ]


def test_every_scheme_has_its_four_files(pack: policy.Pack) -> None:
    for scheme in pack.schemes.values():
        for ending in ("py", "parameters.yaml", "cases.yaml", "guide.yaml"):
            assert (pack.folder / f"{scheme.file}.{ending}").is_file()
    endings = ("parameters", "cases", "guide")
    names = {
        path.name.split(".")[0] for one in endings for path in pack.folder.glob(f"*.{one}.yaml")
    }
    beside = {"shared", "questions", "certificate"}
    assert names == {scheme.file for scheme in pack.schemes.values()} | beside


def citations(pack: policy.Pack) -> list[str]:
    """Everything that the pack cites."""
    cited = []
    for scheme in pack.schemes.values():
        assert scheme.amount_due
        cited += [*scheme.cites, *scheme.amount_due.cites]
        cited += [clause for condition in scheme.conditions for clause in condition.cites]
        for parameter in scheme.parameters.values():
            cited += parameter.cites
            cited += [clause for value in parameter.values for clause in value.cites]
    return cited


def test_every_citation_is_a_clause_in_our_words(pack: policy.Pack) -> None:
    for citation in citations(pack):
        document, clause, text = pack.clause(citation)
        assert clause, f"{citation} names no clause"
        assert text, f"{citation} has no words"
        assert document.number
        assert document.title


def test_what_comes_from_outside_the_documents_is_marked(pack: policy.Pack) -> None:
    outside = {key for key, document in pack.documents.items() if document.external}
    assert outside == {"R40"}
    explanation = pack.explain(
        [{"claim_id": "1", "scheme": "SKIL", "applied_on": "2020-09-01", "region": "420100",
          "person_id": "甲"}], "1"
    )  # fmt: skip
    (age,) = (c for c in explanation.conditions if c.code == "certificate-age")
    assert [cited.external for cited in age.cites] == [True]
    assert "（所列文件以外）" in explanation.text()


def test_every_assumption_has_words_and_other_readings(pack: policy.Pack) -> None:
    marked = 0
    for scheme in pack.schemes.values():
        assert scheme.amount_due
        things: list[Any] = [*scheme.conditions, scheme.amount_due]
        for parameter in scheme.parameters.values():
            things += [parameter, *parameter.values]
        for thing in things:
            if thing.assumed is not None:
                marked += 1
                assert re.search("[\u4e00-\u9fff]", thing.assumed)
                assert thing.readings, f"{scheme.code}: {thing.assumed}"
            else:
                assert not thing.readings
        for words in (scheme.payee_assumed, scheme.fund_assumed):
            assert words is None or re.search("[\u4e00-\u9fff]", words)
    assert marked > 40


#: What the documents leave open and is read in one way, by condition and scheme.
ASSUMED = {
    "in-force": None,
    "plan-filed": None,
    "platform-licensed": None,
    "not-blacklisted": None,
    "no-repeat": None,
    "one-claim": None,
    "annual-cap": None,
    "within-first-year": ("PRE",),
    "work-ground": ("WORK",),
    "apprentice-agreement": ("APPR",),
    "passed": ("APPR", "SPEC"),
    "certified": ("TECH", "ONLN"),
    "level": ("SKIL",),
    "in-training-mode": ("ONLN",),
    "insured-12-months": ("ONLN",),
    "epidemic-period": ("ONLN",),
    "key-group": ("FREE", "GRAD", "ENTR", "LIVE"),
    "max-6-months": ("WORK",),
    "finalist": ("COMP",),
}


def test_conditions_that_the_documents_leave_open_are_marked(pack: policy.Pack) -> None:
    marked: dict[str, set[str]] = {}
    for scheme in pack.schemes.values():
        for condition in scheme.conditions:
            if condition.assumed:
                marked.setdefault(condition.code, set()).add(scheme.code)
    assert set(marked) == set(ASSUMED)
    for code, schemes in ASSUMED.items():
        having = {s.code for s in pack.schemes.values() if code in [c.code for c in s.conditions]}
        assert marked[code] == (having if schemes is None else set(schemes)), code


def test_figures_and_dates_that_the_documents_leave_open_are_marked(pack: policy.Pack) -> None:
    marked = {
        (parameter.file.split(".")[0], parameter.key)
        for scheme in pack.schemes.values()
        for parameter in scheme.parameters.values()
        if parameter.assumed or any(value.assumed for value in parameter.values)
    }
    assert marked == {
        ("shared", "in_force_d6"), ("shared", "in_force_d7"), ("shared", "in_force_d2"),
        ("shared", "in_force_d8"), ("work_training", "term_d6"), ("work_training", "term_d7"),
        ("work_training", "monthly_d7"), ("technician", "standard"),
        ("technician", "certificate_types"), ("competition", "standard"),
        ("skill_upgrade", "standard"),
        ("skill_upgrade", "levels"), ("online", "certificate_types"), ("online", "epidemic"),
    }  # fmt: skip
    payees = {scheme.code for scheme in pack.schemes.values() if scheme.payee_assumed}
    assert payees == {"TECH", "FREE", "GRAD", "ENTR", "VETE", "SPEC"}
    assert [scheme.code for scheme in pack.schemes.values() if scheme.fund_assumed] == ["VETE"]


def test_schemes_pay_whom_and_from_where_the_catalogue_says(pack: policy.Pack) -> None:
    assert list(pack.schemes) == list(SCHEME_NAMES)
    found = {code: (scheme.payee, scheme.fund) for code, scheme in pack.schemes.items()}
    enterprise, institution = ("enterprise", "special_account"), ("institution", "special_account")
    assert found == {
        "PRE": enterprise, "POST": enterprise, "WORK": enterprise, "COMP": enterprise,
        "APPR": enterprise, "TECH": enterprise, "SKIL": ("person", "unemployment_insurance"),
        "ONLN": enterprise, "FREE": institution, "LIVE": ("person", "employment_subsidy"),
        "GRAD": institution, "ENTR": institution, "STUD": ("institution", "education"),
        "VETE": ("institution", "veterans"), "SPEC": institution,
    }  # fmt: skip
    assert {payee for payee, _ in found.values()} == set(PAYEES)
    assert {fund for _, fund in found.values()} == set(FUNDS)


def test_conditions_stand_in_the_catalogues_order(pack: policy.Pack) -> None:
    """The table of what many schemes share, then the scheme's own."""
    shared = ["in-force", "plan-filed", "platform-licensed", "platform-accredited",
              "institution-listed", "not-blacklisted", "no-repeat", "one-claim",
              "annual-cap"]  # fmt: skip
    plan = shared[:4]
    jobs = [*plan, *shared[5:]]
    project = shared
    own = {
        "PRE": [*jobs, "new-hire", "contract-term", "within-first-year", "min-hours",
                       "insured-3-months", "still-employed", "passed"],
        "POST": [*jobs, "min-hours", "passed", "pillar-or-key", "employee"],
        "WORK": ["not-blacklisted", "no-repeat", "annual-cap", "work-ground", "accepted-by",
                 "wage-paid", "max-6-months"],
        "COMP": ["in-force", *shared[5:], "finalist", "competition-planned", "main-business"],
        "APPR": [*jobs, "apprentice-agreement", "passed"],
        "TECH": [*jobs, "level", "certified"],
        "SKIL": ["in-force", *shared[5:], "insured-12-months", "level", "certified",
                 "certificate-age"],
        "ONLN": [*jobs[1:], "in-training-mode", "insured-12-months", "certified",
                            "epidemic-period"],
        "FREE": [*project, "key-group", "own-region", "certified-any"],
        "LIVE": ["in-force", "not-blacklisted", "no-repeat", "key-group"],
        "GRAD": [*project, "key-group", "own-region", "certified-any"],
        "ENTR": [*project, "key-group", "own-region", "certified-any"],
        "STUD": [*project, "project-approved", "student", "passed", "certified"],
        "VETE": [*project, "project-approved", "veteran", "project-designated"],
        "SPEC": [*project, "passed"],
    }  # fmt: skip
    for code, scheme in pack.schemes.items():
        assert [condition.code for condition in scheme.conditions] == own[code], code


def test_conditions_read_the_facts_that_the_catalogue_gives_them(pack: policy.Pack) -> None:
    ground = ["hire_status", "enterprise_size", "enterprise_industry", "enterprise_suspended",
              "enterprise_insured", "person_groups"]  # fmt: skip
    certificate = ["certificate_type", "certificate_no", "certificate_issued_on"]
    wanted = {
        ("WORK", "work-ground"): ground,
        ("WORK", "accepted-by"): ["applied_on", *ground],
        ("WORK", "no-repeat"): ["employer_id", "service_month"],
        ("POST", "employee"): ["employed_at_training", "town_months", "person_groups"],
        ("POST", "platform-licensed"): ["training_mode", "platform_licensed"],
        ("ONLN", "platform-accredited"): ["training_mode", "platform_accredited"],
        ("COMP", "competition-planned"): ["competition_level", "competition_planned"],
        ("COMP", "main-business"): ["competition_level", "competition_main_business"],
        ("TECH", "certified"): certificate,
        ("STUD", "certified"): certificate,
        ("FREE", "certified-any"): certificate,
        ("SKIL", "certified"): [*certificate, "certificate_verified"],
        ("SKIL", "no-repeat"): ["training_id", "occupation", "level"],
        ("PRE", "no-repeat"): ["employer_id", "training_id"],
        ("ONLN", "no-repeat"): ["employer_id", "training_id"],
        ("COMP", "no-repeat"): ["training_id", "competition_id"],
        ("APPR", "no-repeat"): ["training_id", "apprenticeship_year"],
        ("LIVE", "no-repeat"): ["training_id"],
    }
    required = [name for name, fact in FACT.items() if fact.required]
    for (code, condition), facts in wanted.items():
        line = {"claim_id": "1", "scheme": code, "applied_on": "2020-09-01", "region": "420100",
                "person_id": "甲"}  # fmt: skip
        explanation = pack.explain([line], "1")
        (shown,) = (c for c in explanation.conditions if c.code == condition)
        read = [fact.name for fact in shown.facts]
        assert read == facts, (code, condition)
    assert required == ["claim_id", "scheme", "applied_on", "region", "person_id"]
