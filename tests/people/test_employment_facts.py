"""What the policy asks of insurance and employment records, at its edges."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from jineng.people.commands.merging import merge_persons, undo_merge
from jineng.people.models import EmploymentSpell, ImportRun, InsuranceSpell, Organisation, Person
from jineng.people.queries.employment import (
    SOCIAL,
    UNEMPLOYMENT,
    Employment,
    EmploymentFacts,
    History,
    Question,
    employment_facts,
    histories,
)
from tests.access.world import TODAY, organisation, person

PENSION, BOTH, INJURY = 1, 3, 8
DAY = date(2020, 9, 15)
A, B = 1, 2


def month(text: str) -> int:
    year, number = map(int, text.split("-"))
    return year * 12 + number - 1


def history(*spells: tuple[int, int, str, str], reaches: str = "2020-09") -> History:
    """Spells as employer, kinds, first and last month; how far the records of all employers go."""
    made = History(reaches={A: month(reaches), B: month(reaches)})
    for employer, kinds, first, last in spells:
        made.note(employer, kinds, month(first), month(last))
    return made


@pytest.mark.parametrize(
    ("spells", "expected"),
    [
        ([], None),
        ([(A, PENSION, "2020-01", "2020-09")], 0),
        ([(A, BOTH, "2019-10", "2020-09")], 12),
        ([(A, BOTH, "2019-11", "2020-09")], 11),
        # What is paid after the day's month does not count.
        ([(A, BOTH, "2019-11", "2020-12")], 11),
        # Gaps don't matter, and all employers count, each month once.
        ([(A, BOTH, "2015-01", "2015-06"), (B, BOTH, "2019-12", "2020-05")], 12),
        ([(A, BOTH, "2020-01", "2020-06"), (B, BOTH, "2020-04", "2020-08")], 8),
        ([(A, BOTH, "2019-12", "2020-01"), (A, PENSION, "2020-02", "2020-08")], 2),
        ([(A, UNEMPLOYMENT, "1949-10", "1949-10")], 1),
    ],
)
def test_months_in_all(spells: list[Any], expected: int | None) -> None:
    assert history(*spells).months_in_all(UNEMPLOYMENT, until=DAY) == expected


@pytest.mark.parametrize(
    ("spells", "reaches", "expected"),
    [
        ([], "2020-09", None),
        ([(A, BOTH, "2020-07", "2020-09")], "2020-09", 3),
        # The month of the day need not be told, nor paid, yet.
        ([(A, BOTH, "2020-06", "2020-08")], "2020-08", 3),
        ([(A, BOTH, "2020-06", "2020-08")], "2020-09", 3),
        ([(A, BOTH, "2020-07", "2020-08")], "2020-08", 2),
        # Beyond the day is beyond the question.
        ([(A, BOTH, "2020-08", "2020-12")], "2020-12", 2),
        # Employers follow one another without a gap, or with one.
        ([(A, BOTH, "2020-05", "2020-06"), (B, BOTH, "2020-07", "2020-08")], "2020-08", 4),
        ([(A, BOTH, "2020-04", "2020-05"), (B, BOTH, "2020-07", "2020-08")], "2020-08", 2),
        ([(A, BOTH, "2019-11", "2020-08")], "2020-08", 10),
        # Another insurance goes on, this one does not.
        ([(A, BOTH, "2020-01", "2020-06"), (A, INJURY, "2020-07", "2020-09")], "2020-09", 0),
        # Not paid last month: no where that is known, not known where it was not told.
        ([(A, BOTH, "2020-01", "2020-07")], "2020-08", 0),
        ([(A, BOTH, "2020-01", "2020-07")], "2020-07", None),
    ],
)
def test_months_in_a_row(spells: list[Any], reaches: str, expected: int | None) -> None:
    assert history(*spells, reaches=reaches).months_in_a_row(SOCIAL, until=DAY) == expected


@pytest.mark.parametrize("day", [date(2020, 9, 1), date(2020, 9, 30)])
def test_the_first_and_the_last_day_of_a_month_are_that_month(day: date) -> None:
    known = history((A, BOTH, "2020-01", "2020-12"), reaches="2020-12")
    assert known.months_in_a_row(SOCIAL, until=day) == 9
    assert known.months_in_all(UNEMPLOYMENT, until=day) == 9


def test_a_month_has_what_all_employers_paid_for_it_together() -> None:
    known = history((A, PENSION, "2020-08", "2020-09"), (B, UNEMPLOYMENT, "2020-09", "2020-09"))
    assert known.months_in_all(BOTH, until=DAY) == 1


@given(
    paid=st.sets(st.integers(0, 20)),
    until=st.integers(0, 24),
    reaches=st.integers(0, 24),
)
def test_months_agree_with_counting_them(paid: set[int], until: int, reaches: int) -> None:
    base = month("2019-01")
    known = History(reaches={A: base + reaches})
    for one in paid:
        known.note(A, BOTH, base + one, base + one)
    day = date(2019 + until // 12, until % 12 + 1, 15)
    assert known.months_in_all(PENSION, until=day) == (
        len({one for one in paid if one <= until}) if paid else None
    )
    end = until if until in paid else until - 1
    row = 0
    while end - row in paid:
        row += 1
    expected = row if row or reaches >= until - 1 else None
    assert known.months_in_a_row(PENSION, until=day) == (expected if paid else None)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2020, 9, 15), None, True),
        (date(2020, 9, 16), None, False),
        (date(2020, 1, 1), date(2020, 9, 15), True),
        (date(2020, 1, 1), date(2020, 9, 14), False),
    ],
)
def test_employed_on_a_day_by_the_records_of_employment(
    first: date, last: date | None, expected: bool
) -> None:
    known = History(employments=[Employment(A, first, last)])
    assert known.employed(A, on=DAY) is expected
    assert known.employed(B, on=DAY) is None


@pytest.mark.parametrize(
    ("last_paid", "reaches", "expected"),
    [
        ("2020-09", "2020-09", True),
        ("2020-08", "2020-08", True),
        ("2020-08", "2020-09", False),
        ("2020-07", "2020-08", False),
        ("2020-07", "2020-07", None),
    ],
)
def test_employed_on_a_day_by_insurance(
    last_paid: str, reaches: str, expected: bool | None
) -> None:
    known = history((A, BOTH, "2020-01", last_paid), reaches=reaches)
    assert known.employed(A, on=DAY) is expected
    # That others tell of their employees says nothing of one whom they never had.
    assert known.employed(B, on=DAY) is None


@pytest.mark.parametrize(
    ("ended_on", "expected"), [(date(2020, 9, 10), False), (date(2020, 5, 31), True)]
)
def test_employment_goes_before_insurance_in_the_months_of_which_it_tells(
    ended_on: date, expected: bool
) -> None:
    """Paid for September: he left on the tenth; or he came back, and nobody registered it."""
    known = history((A, BOTH, "2020-01", "2020-05"), (A, BOTH, "2020-09", "2020-09"))
    known.employments.append(Employment(A, date(2020, 1, 1), ended_on))
    assert known.employed(A, on=DAY) is expected


class Records:
    """Two persons, two employers, one import."""

    def __init__(self) -> None:
        self.li, self.zhang = (
            person(name, "420106", born)
            for name, born in (("李明", date(1990, 1, 1)), ("张伟", date(1991, 1, 1)))
        )
        self.firm, self.other = organisation("甲", "420106"), organisation("乙", "420106")
        self.run = ImportRun.objects.create(kind="insurance", state="done", at=timezone.now())

    def paid(
        self, who: Person, firm: Organisation, first: str, last: str, kinds: int = BOTH, **more: Any
    ) -> None:
        InsuranceSpell.objects.create(
            person=who,
            employer=firm,
            kinds=kinds,
            first_month=month(first),
            last_month=month(last),
            run=self.run,
            **more,
        )


@pytest.fixture
def records(db: None) -> Records:
    return Records()


def test_the_facts_of_a_list_of_claims(records: Records) -> None:
    li, zhang, firm, other = records.li, records.zhang, records.firm, records.other
    records.paid(li, other, "2019-01", "2020-03")
    records.paid(li, firm, "2020-05", "2020-08")
    records.paid(li, firm, "2018-01", "2018-12", superseded_by=records.run)
    EmploymentSpell.objects.create(person=li, employer=other, started_on=date(2019, 1, 1),
                                   ended_on=date(2020, 3, 31))  # fmt: skip
    asked = [
        Question(li.pk, firm.pk, DAY, trained_on=date(2020, 4, 30)),
        Question(li.pk, other.pk, DAY, trained_on=date(2020, 3, 31)),
        Question(zhang.pk, firm.pk, DAY, trained_on=DAY),
        Question(li.pk, None, date(2020, 3, 31)),
        Question(0, firm.pk, DAY),
    ]
    assert employment_facts(asked) == [
        EmploymentFacts(4, 19, True, False),
        EmploymentFacts(4, 19, False, True),
        EmploymentFacts(),
        EmploymentFacts(15, 15),
        EmploymentFacts(),
    ]


def test_what_merged_records_say_counts_together(records: Records) -> None:
    li, zhang, firm = records.li, records.zhang, records.firm
    records.paid(li, firm, "2020-07", "2020-08")
    records.paid(zhang, firm, "2020-05", "2020-07", PENSION)
    told: dict[str, Any] = {"by": None, "on": TODAY, "at": timezone.now(), "why": "同一人"}
    made = merge_persons(li, zhang, **told)
    for who in (li, zhang):
        (facts,) = employment_facts([Question(who.pk, firm.pk, DAY)])
        assert facts == EmploymentFacts(4, 2, True)
    undo_merge(made, **told)
    months = [
        known.months_in_all(PENSION, until=DAY) for known in histories([li.pk, zhang.pk]).values()
    ]
    assert months == [2, 3]


def test_a_list_costs_as_many_queries_as_one(
    records: Records, django_assert_num_queries: Any
) -> None:
    records.paid(records.li, records.firm, "2020-07", "2020-08")
    records.paid(records.zhang, records.firm, "2020-07", "2020-08")
    with django_assert_num_queries(5):
        histories([records.li.pk])
    with django_assert_num_queries(5):
        histories([records.li.pk, records.zhang.pk])
