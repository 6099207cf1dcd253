"""Identity numbers: check character, 15 to 18 digits, masking; one by one and all at once."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jineng.policy import identity, read_facts
from tests.claimsfile.made import person

BIRTHS = st.dates(date(1900, 1, 1), date(2020, 12, 31)).map(lambda day: day.strftime("%Y%m%d"))


@given(BIRTHS)
def test_a_good_number_is_its_own_canonical_form(birth: str) -> None:
    assert identity.canonical(person(birth)) == person(birth)


@given(BIRTHS.filter(lambda birth: birth.startswith("19")))
def test_15_digits_become_18(birth: str) -> None:
    number = person(birth)
    assert identity.canonical(number[:6] + number[8:17]) == number


@given(BIRTHS, st.integers(0, 16), st.integers(1, 9))
def test_one_digit_changed_is_never_a_good_number(birth: str, place: int, step: int) -> None:
    number = person(birth)
    digit = str((int(number[place]) + step) % 10)
    with pytest.raises(ValueError, match="身份证号"):
        identity.canonical(number[:place] + digit + number[place + 1 :])


def test_a_small_x_becomes_large() -> None:
    births = (f"1990{month:02d}{day:02d}" for month in range(1, 13) for day in range(1, 29))
    number = next(n for n in map(person, births) if n.endswith("X"))
    assert identity.canonical(number.lower()) == number


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("99" + person()[2:], "省级代码"),
        (person("19900230"), "出生日期"),
        (person("19901301"), "出生日期"),
    ],
)
def test_what_is_wrong_is_said(number: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        identity.canonical(number)


def test_masking_hides_birth_and_sequence() -> None:
    number = person()
    for written in (number, number[:6] + " " + number[6:], number[:6] + number[8:17]):
        shown = identity.masked(written)
        assert shown.startswith("420106***")
        assert number[8:14] not in shown
    wide = number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    assert identity.masked(wide) == identity.masked(number)
    assert identity.masked("P-17") == "P-17"


@given(st.lists(BIRTHS.map(person) | st.text("0123456789X", min_size=18, max_size=18), min_size=1))
def test_all_at_once_agrees_with_one_by_one(numbers: list[str]) -> None:
    def good(number: str) -> bool:
        try:
            return identity.canonical(number) == number
        except ValueError:
            return False

    together = identity.all_canonical(pa.array(numbers))
    assert together.tolist() == [good(number) for number in numbers]
    sliced = identity.all_canonical(pa.array(["x" * 18, *numbers]).slice(1))
    assert np.array_equal(sliced, together)


@pytest.mark.parametrize(
    "written",
    ["'{}", "`{}", "\u200b{}", "\ufeff{}", "{}.0", " {} "],
)
def test_clutter_makes_nobody_another_person(written: str) -> None:
    """One person however the number came into the cell, and masked in all of them."""
    text = written.format(person())
    intake = read_facts([{"claim_id": "1", "person_id": text}])
    assert intake.table["person_id"].to_pylist() == [person()]
    assert person()[6:14] not in identity.masked(text)


def test_hyphens_make_nobody_another_person() -> None:
    number = person()
    hyphened = f"{number[:6]}-{number[6:14]}-{number[14:]}"
    assert identity.bare(hyphened) == number


@pytest.mark.parametrize("spoilt", [person()[:17], person() + "0", person()[:10] + person()[11:]])
def test_a_digit_too_many_or_too_few_is_an_error(spoilt: str) -> None:
    """Not a pseudonym, under which the person could claim again; and masked in the message."""
    intake = read_facts(pa.table({"claim_id": ["1"], "person_id": [spoilt]}))
    (problem,) = [p for p in intake.problems if p.column == "person_id"]
    assert "像身份证号" in problem.message
    assert spoilt not in str(problem.value)


@pytest.mark.parametrize("pseudonym", ["P0001234", "20200831000000001", "A" * 18, "1" * 17])
def test_a_pseudonym_stays(pseudonym: str) -> None:
    intake = read_facts([{"claim_id": "1", "person_id": pseudonym}])
    assert intake.table["person_id"].to_pylist() == [pseudonym]
    assert identity.masked(pseudonym) == pseudonym
