"""What is made up looks real, passes the checks of real data, and is nobody's."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from functools import cache

import pytest
from stdnum import luhn

from jineng.demo import DAY, PERSONS, SEED
from jineng.demo.bodies import DEPARTMENTS
from jineng.demo.cast import CAST, DEPARTMENT, OFFICIALS, SEATS
from jineng.demo.numbers import UNISSUED
from jineng.demo.province import Province, province
from jineng.people import values
from jineng.people.models import Role
from jineng.people.roles import RIGHTS
from jineng.policy import identity
from jineng.policy.facts import GROUPS

pytestmark = pytest.mark.xdist_group("province")

SMALL = 400


@cache
def small() -> Province:
    return province(SMALL, SEED)


@cache
def whole() -> Province:
    return province(PERSONS, SEED)


def test_the_same_seed_gives_the_same_province_in_another_process() -> None:
    """Also where sets and dicts of texts come in another order."""
    command = (
        f"from jineng.demo.province import province; print(province({SMALL}, {SEED}).digest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", command],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == small().digest()


def test_another_seed_gives_another() -> None:
    assert province(SMALL, SEED + 1).digest() != small().digest()


def test_every_identity_number_is_valid_and_nobodys() -> None:
    numbers = whole().people.numbers.to_pylist()
    assert len(set(numbers)) == len(numbers) == PERSONS
    assert {number[14:17] for number in numbers} == {"000"}
    assert identity.all_canonical(whole().people.numbers).all()
    born = [values.birth_date(number) for number in numbers]
    assert born == [date.fromisoformat(str(day)) for day in whole().people.born]


def test_phones_are_in_ranges_that_nobody_was_given() -> None:
    phones = [one for one in whole().people.phones.to_pylist() if one]
    assert len(phones) == len(set(phones)) > 0.9 * PERSONS
    assert {int(one[:3]) for one in phones} == set(UNISSUED)
    assert [values.phone(one) for one in phones[:1000]] == phones[:1000]


def test_accounts_pass_the_check_of_cards() -> None:
    accounts = [one for one in whole().people.accounts.to_pylist() if one]
    assert len(accounts) == len(set(accounts)) > 0.7 * PERSONS
    assert all(luhn.is_valid(one) and values.bank_account(one) == one for one in accounts)


def test_credit_codes_are_valid_and_no_register_has_issued_them() -> None:
    """The organisation's own code within has another check character than it should."""
    found = whole().bodies
    codes = [one.code for one in (*found.departments.values(), *found.trainers, *found.enterprises)]
    assert len(codes) == len(set(codes))
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    for code in codes:
        assert values.credit_code(code) == code
        own = code[8:17]
        total = sum(int(one, 36) * weight for one, weight in zip(own[:8], weights, strict=True))
        assert "0123456789X0"[(11 - total % 11) % 12] != own[8]


def test_there_is_as_much_as_is_promised() -> None:
    found = whole().bodies
    assert len(found.enterprises) >= 300
    assert len(found.trainers) == 60
    assert {size for one in found.enterprises if (size := one.size)} == {
        "micro",
        "small",
        "medium",
        "large",
    }
    held = whole().qualifications()
    soon = [one for one in held if one.last and DAY <= one.last <= date(2020, 10, 15)]
    ended = [one for one in held if one.last and one.last < DAY]
    assert soon
    assert ended
    assert len({one.name for one in found.enterprises}) == len(found.enterprises)


def test_every_role_has_somebody_with_a_story() -> None:
    assert {seat.role for seat in CAST} == set(Role)
    assert all(seat.story and seat.person.name for seat in CAST)
    assert max(Counter(seat.role for seat in CAST).values()) <= 6
    assert len({seat.key for seat in SEATS}) == len(SEATS)


def test_officials_of_every_role_sit_in_every_department_of_human_resources() -> None:
    held = {(seat.body[1], seat.role) for seat in SEATS if seat.body and seat.body[0] == DEPARTMENT}
    roles = {role for role in Role if RIGHTS[role].official} - {Role.PLATFORM_ADMIN}
    departments = [key for key in DEPARTMENTS if key.startswith("hr")]
    assert len(departments) == 6
    assert {(key, role) for key in departments for role in roles} <= held
    assert all(seat.role in roles for seat in OFFICIALS)


def test_groups_agree_with_the_persons() -> None:
    made = whole()
    people, found = made.people, made.belongings
    assert set(found) == set(GROUPS)
    drawn = {
        code: [one for one in belonging.person.tolist() if one >= people.fixed]
        for code, belonging in found.items()
    }
    ages = people.ages
    assert all(ages[one] >= 20 for one in drawn["veteran"])
    assert all(21 <= ages[one] <= 24 for one in drawn["recent_graduate"])
    assert all(ages[one] <= 22 for one in drawn["student"])
    assert all(people.household[one] != people.living[one] for one in drawn["rural_migrant_worker"])
    students = set(drawn["student"])
    assert not any(students & set(of) for code, of in drawn.items() if code != "student")
    # Nobody is out of work who works.
    working = set(made.work.person[made.work.last == 24].tolist())
    assert not working & {*drawn["laid_off"], *drawn["registered_unemployed"]}


def test_insurance_tells_of_the_spring_of_2020() -> None:
    table = whole().insurance(0, PERSONS)
    months = Counter(table["费款所属期"].to_pylist())
    assert len(months) == 24
    assert months["2020-03"] < 0.95 * months["2020-01"]
    assert months["2020-07"] > months["2020-03"]


def test_the_firsts_are_those_told_of() -> None:
    names = small().people.names.to_pylist()
    for seat, name in zip(SEATS, names, strict=False):
        assert not seat.person.name or seat.person.name == name


@pytest.mark.parametrize("count", [10, 10_000_000])
def test_what_can_not_be_made(count: int) -> None:
    with pytest.raises(ValueError, match="persons"):
        province(count, SEED)
