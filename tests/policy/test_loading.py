"""A pack that may not be loaded says why: file, key and date, everything at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jineng import policy
from tests.policy.packs import copied, set_standard, spoil

Spoil = Callable[[Path], None]
YEAR = date(2020, 6, 1)


def reasons(folder: Path) -> list[str]:
    """Why a pack does not load."""
    with pytest.raises(policy.PackError) as caught:
        policy.load(folder)
    return caught.value.reasons


def first_value(scheme: str, key: str, **changes: Any) -> Spoil:
    """Change the first value of a parameter; None takes a word away."""

    def spoilt(folder: Path) -> None:
        def change(content: dict[str, Any]) -> None:
            value = content[key]["values"][0]
            for word, wish in changes.items():
                if wish is None:
                    del value[word]
                else:
                    value[word] = wish

        spoil(folder, scheme, change)

    return spoilt


def second_value(scheme: str, key: str, **value: Any) -> Spoil:
    """Append a value to a parameter."""

    def spoilt(folder: Path) -> None:
        spoil(folder, scheme, lambda content: content[key]["values"].append(value))

    return spoilt


def whole(scheme: str, key: str, **changes: Any) -> Spoil:
    """Change a parameter itself."""

    def spoilt(folder: Path) -> None:
        spoil(folder, scheme, lambda content: content[key].update(changes))

    return spoilt


def city(scheme: str, value: Any, **words: Any) -> Spoil:
    """A figure that a region enters."""
    return lambda folder: set_standard(folder, scheme, value, **words)


def in_rules(old: str, new: str) -> Spoil:
    """Change the rules of 岗前培训."""

    def spoilt(folder: Path) -> None:
        path = folder / "pre_job.py"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoilt


CITED = {"cites": "D6 一(二)1"}
SPOILT: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "no citation": (
        first_value("pre_job", "standard", cites=None),
        ("pre_job.parameters.yaml", "standard", "2020-06-01", "没有依据"),
    ),
    "no citation where no value is set": (
        lambda folder: spoil(folder, "students", lambda c: c["standard"].pop("cites")),
        ("students.parameters.yaml", "standard", "没有依据"),
    ),
    "unknown clause": (
        first_value("pre_job", "min_hours", cites="D6 一(九)"),
        ("pre_job.parameters.yaml", "min_hours", "2020-06-01", "“D6 一(九)”"),
    ),
    "unknown document": (
        first_value("online", "epidemic", cites=["D3 文号", "D77 一"]),
        ("online.parameters.yaml", "epidemic", "2020-01-01", "“D77 一”"),
    ),
    "a condition without a citation": (
        in_rules('"new-hire", cites="D6 一(二)1"', '"new-hire", cites=()'),
        ("pre_job.py", "new-hire", "没有依据"),
    ),
    "a condition that cites no clause": (
        in_rules('"still-employed", cites="D6 一(二)1"', '"still-employed", cites="D6 八"'),
        ("pre_job.py", "still-employed", "“D6 八”"),
    ),
    "an amount that cites no clause": (
        in_rules('@scheme.amount("standard", cites="D6 一(二)1")',
                 '@scheme.amount("standard", cites="D6 八")'),
        ("pre_job.py", "amount", "“D6 八”"),
    ),
    "above the cap": (
        city("pre_job", 500.01, **CITED),
        ("pre_job.parameters.yaml", "standard", "2019-07-26", "420100", "高于上限", "500.00"),
    ),
    "above a later cap": (
        lambda folder: (
            second_value("pre_job", "standard", **{"from": date(2021, 1, 1)}, value=400, **CITED)(
                folder
            ),
            city("pre_job", 450, **CITED)(folder),
        )[0],
        ("pre_job.parameters.yaml", "standard", "2019-07-26", "420100", "高于上限 400.00"),
    ),
    "below the floor": (
        city("apprenticeship", 3999, cites="D7 四(一)"),
        ("apprenticeship.parameters.yaml", "standard", "2019-07-26", "低于下限", "4000.00"),
    ),
    "same day": (
        second_value("pre_job", "min_hours", **{"from": YEAR}, value=24, **CITED),
        ("pre_job.parameters.yaml", "min_hours", "2020-06-01", "日期重叠"),
    ),
    "overlapping dates": (
        lambda folder: (
            first_value("pre_job", "min_hours", to=date(2021, 1, 31))(folder),
            second_value("pre_job", "min_hours", **{"from": date(2021, 1, 31)}, value=24, **CITED)(
                folder
            ),
        )[0],
        ("pre_job.parameters.yaml", "min_hours", "2020-06-01", "2021-01-31", "日期重叠"),
    ),
    "overlapping dates of one region": (
        lambda folder: (
            city("pre_job", 400, to=date(2020, 12, 31), **CITED)(folder),
            city("pre_job", 450, **{"from": date(2020, 12, 31)}, **CITED)(folder),
        )[0],
        ("pre_job.parameters.yaml", "standard", "2019-07-26", "2020-12-31", "420100", "日期重叠"),
    ),
    "a county sets a standard": (
        city("free_training", 1200, region="420106"),
        ("free_training.parameters.yaml", "standard", "2019-07-26", "420106", "县区随其市州"),
    ),
    "a region that is none": (
        city("free_training", 1200, region="武汉"),
        ("free_training.parameters.yaml", "standard", "2019-07-26", "武汉"),
    ),
    "the province as a region": (
        city("free_training", 1200, region="420000"),
        ("free_training.parameters.yaml", "standard", "2019-07-26", "420000"),
    ),
    "a region written wrongly": (
        city("free_training", 1200, regoin="420300"),
        ("free_training.parameters.yaml", "standard", "2019-07-26", "regoin"),
    ),
    "no date": (
        first_value("pre_job", "min_hours", **{"from": None}),
        ("pre_job.parameters.yaml", "min_hours", "缺少生效日期"),
    ),
    "a date that is none": (
        first_value("pre_job", "min_hours", **{"from": "2020年6月"}),
        ("pre_job.parameters.yaml", "min_hours", "2020年6月", "2020-06-01"),
    ),
    "an end before the start": (
        first_value("pre_job", "min_hours", to=date(2020, 5, 31)),
        ("pre_job.parameters.yaml", "min_hours", "2020-06-01", "2020-05-31"),
    ),
    "a number that is none": (
        first_value("pre_job", "min_hours", value="二十"),
        ("pre_job.parameters.yaml", "min_hours", "2020-06-01", "二十"),
    ),
    "a number that is yes": (
        first_value("pre_job", "min_hours", value=True),
        ("pre_job.parameters.yaml", "min_hours", "2020-06-01"),
    ),
    "yuan with three decimals": (
        first_value("pre_job", "standard", value=499.999),
        ("pre_job.parameters.yaml", "standard", "2020-06-01", "499.999"),
    ),
    "negative yuan": (
        first_value("pre_job", "standard", value=-1),
        ("pre_job.parameters.yaml", "standard", "2020-06-01", "-1"),
    ),
    "a table where a figure belongs": (
        first_value("competition", "standard", value=500),
        ("competition.parameters.yaml", "standard", "2020-06-01", "500"),
    ),
    "a word where a list belongs": (
        first_value("skill_upgrade", "levels", value="345"),
        ("skill_upgrade.parameters.yaml", "levels", "2020-01-01", "345"),
    ),
    "a bare figure": (
        lambda folder: spoil(folder, "pre_job", lambda c: c.update(min_hours=20)),
        ("pre_job.parameters.yaml", "min_hours"),
    ),
    "a bare figure among the values": (
        whole("pre_job", "min_hours", values=[20]),
        ("pre_job.parameters.yaml", "min_hours", "20"),
    ),
    "a list of parameters": (
        lambda folder: _write(folder / "online.parameters.yaml", "- standard"),
        ("online.parameters.yaml",),
    ),
    "no value": (
        first_value("pre_job", "min_hours", value=None),
        ("pre_job.parameters.yaml", "min_hours", "2020-06-01"),
    ),
    "a period without dates": (
        first_value("shared", "in_force_d6", value={"first": "六月"}),
        ("shared.parameters.yaml", "in_force_d6", "2020-06-01"),
    ),
    "a word that is not known": (
        whole("pre_job", "min_hours", limit=20),
        ("pre_job.parameters.yaml", "min_hours", "limit"),
    ),
    "a kind that is not known": (
        whole("pre_job", "min_hours", kind="hours"),
        ("pre_job.parameters.yaml", "min_hours", "hours"),
    ),
    "a shared key": (
        lambda folder: spoil(
            folder,
            "pre_job",
            lambda c: c.update(
                yearly_trainings={"values": [{"from": YEAR, "value": 5, "cites": "D6 一(三)4"}]}
            ),
        ),
        ("pre_job.parameters.yaml", "yearly_trainings", "同名"),
    ),
    "no YAML": (
        lambda folder: _write(folder / "online.parameters.yaml", "standard: [1"),
        ("online.parameters.yaml", "YAML"),
    ),
}  # fmt: skip


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", SPOILT)
def test_an_error_names_file_key_and_date(name: str, tmp_path: Path) -> None:
    change, words = SPOILT[name]
    folder = copied(tmp_path)
    change(folder)
    told = reasons(folder)
    assert [reason for reason in told if all(word in reason for word in words)], told


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    together = ("no citation", "above the cap", "below the floor", "a county sets a standard",
                "unknown document", "a condition without a citation")  # fmt: skip
    for name in together:
        SPOILT[name][0](folder)
    told = reasons(folder)
    for name in together:
        words = SPOILT[name][1]
        assert [reason for reason in told if all(word in reason for word in words)], name


def test_a_pack_with_figures_at_its_bounds_loads(tmp_path: Path) -> None:
    """Equal to a cap or floor, and dates that touch without overlapping."""
    folder = copied(tmp_path)
    set_standard(folder, "pre_job", 500, to=date(2020, 12, 31))
    later: dict[str, Any] = {"from": date(2021, 1, 1)}
    set_standard(folder, "pre_job", 450.5, **later)
    set_standard(folder, "pre_job", 499.99, region="429004")
    set_standard(folder, "apprenticeship", 4000)
    set_standard(folder, "apprenticeship", 6000, region="422800")
    pack = policy.load(folder)
    values = pack.schemes["PRE"].parameters["standard"].values
    assert [value.value for value in values] == [50000, 50000, 45050, 49999]


def test_a_pack_that_is_not_there_is_named() -> None:
    with pytest.raises(LookupError, match="没有名为“hunan”的政策包"):
        policy.load("hunan")
