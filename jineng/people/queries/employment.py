"""What insurance and employment records say of persons on a day, as the policy asks for it.

A person's months are bits of a whole number, one for each insurance; those of all employers, and of
all records that are one person's, come together by themselves. Nothing known is None, never no.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from jineng.people.models import InsuranceKind
from jineng.people.records.headings import EARLIEST, month_of

#: 城镇职工社会保险 is paid where pension insurance is (assumed: D6 一(二)1 names no kind).
SOCIAL = int(InsuranceKind.PENSION)
UNEMPLOYMENT = int(InsuranceKind.UNEMPLOYMENT)

_BASE = month_of(EARLIEST)


@dataclass(frozen=True)
class Employment:
    """That somebody worked for an employer, from a day to a day or until further."""

    employer: int
    started_on: date
    ended_on: date | None

    def on(self, day: date) -> bool:
        """Whether it lasted on this day."""
        return self.started_on <= day and (self.ended_on is None or day <= self.ended_on)

    def touches(self, month: int) -> bool:
        """Whether it began or ended in this month."""
        return month in (month_of(self.started_on), self.ended_on and month_of(self.ended_on))


@dataclass
class History:
    """A person's months and employments.

    ``paid``: months as bits, by kind of insurance; ``paid_by``: by employer, whatever the kind;
    ``reaches``: the last month for which an employer's records are there, whoever they are about.
    """

    paid: dict[int, int] = field(default_factory=dict)
    paid_by: dict[int, int] = field(default_factory=dict)
    employments: list[Employment] = field(default_factory=list)
    reaches: dict[int, int] = field(default_factory=dict)

    def note(self, employer: int, kinds: int, first: int, last: int) -> None:
        """Adds the months of a spell."""
        bits = ((1 << (last - first + 1)) - 1) << (first - _BASE)
        for kind in InsuranceKind:
            if kinds & kind:
                self.paid[int(kind)] = self.paid.get(int(kind), 0) | bits
        self.paid_by[employer] = self.paid_by.get(employer, 0) | bits

    def months_in_all(self, kinds: int, *, until: date) -> int | None:
        """Months up to that of a day for which these insurances were paid, by all employers.

        None where no month of any insurance is known.
        """
        if not self.paid_by:
            return None
        return (self._paid(kinds) & _up_to(month_of(until))).bit_count()

    def months_in_a_row(self, kinds: int, *, until: date) -> int | None:
        """Months without a gap up to a day for which these insurances were paid.

        The month of the day may be missing still: it is paid at its end, and told in the next.
        None where nothing is known, or the records of those who paid last don't reach that far.
        """
        if not self.paid_by:
            return None
        paid, month = self._paid(kinds), month_of(until)
        for last in (month, month - 1):
            row = _ending_in(paid, last)
            if row:
                return row
        return 0 if self._known_until() >= month - 1 else None

    def employed(self, employer: int, *, on: date) -> bool | None:
        """Whether the person worked for an employer on a day; None where nothing is known of it.

        Employment records go before insurance. Where there are none, somebody paid for is an
        employee; in a month that is not told yet, so is who was paid for in the last.
        """
        month = month_of(on)
        registered = [one for one in self.employments if one.employer == employer]
        paid = self.paid_by.get(employer, 0)
        if any(one.on(on) for one in registered):
            return True
        if registered:
            # Insurance in a month of which they say nothing tells of an employment they lack.
            return _has(paid, month) and not any(one.touches(month) for one in registered)
        if not paid:
            return None
        if _has(paid, month):
            return True
        reaches = self.reaches.get(employer, 0)
        if reaches >= month:
            return False
        if _has(paid, month - 1):
            return True
        return False if reaches >= month - 1 else None

    def _paid(self, kinds: int) -> int:
        bits = -1
        for kind in InsuranceKind:
            if kinds & kind:
                bits &= self.paid.get(int(kind), 0)
        return bits

    def _known_until(self) -> int:
        """The last month told by whoever paid for the person last."""
        last = max(bits.bit_length() for bits in self.paid_by.values())
        payers = [one for one, bits in self.paid_by.items() if bits.bit_length() == last]
        return max(self.reaches.get(one, 0) for one in payers)


def _has(bits: int, month: int) -> bool:
    return month >= _BASE and bool(bits >> (month - _BASE) & 1)


def _up_to(month: int) -> int:
    return (1 << max(0, month - _BASE + 1)) - 1


def _ending_in(bits: int, month: int) -> int:
    """How many months in a row end with this one."""
    if month < _BASE:
        return 0
    # The months not paid, up to this one: the last of them is where the row begins.
    missing = ~bits & _up_to(month)
    return month - _BASE + 1 - missing.bit_length()


_STANDING = """
    SELECT id, coalesce(merged_into_id, id) FROM people_person WHERE id = ANY(%s)
"""
_MERGED = "SELECT id, merged_into_id FROM people_person WHERE merged_into_id = ANY(%s)"
_MONTHS = """
    SELECT person_id, employer_id, kinds, first_month, last_month FROM people_insurancespell
    WHERE person_id = ANY(%s) AND superseded_by_id IS NULL
"""
_EMPLOYMENTS = """
    SELECT person_id, employer_id, started_on, ended_on FROM people_employmentspell
    WHERE person_id = ANY(%s) AND superseded_by_id IS NULL
"""
_REACHES = """
    SELECT employer, (
        SELECT max(last_month) FROM people_insurancespell
        WHERE employer_id = employer AND superseded_by_id IS NULL
    ) FROM unnest(%s::bigint[]) AS employer
"""


def histories(persons: Iterable[int]) -> dict[int, History]:
    """What the records say of each of these persons, by the id that was asked for."""
    asked = list(dict.fromkeys(persons))
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [asked])
        standing = dict(cursor.fetchall())
        cursor.execute(_MERGED, [list(standing.values())])
        record_of = {one: one for one in standing.values()} | dict(cursor.fetchall())
        found = {one: History() for one in standing.values()}
        cursor.execute(_MONTHS, [list(record_of)])
        for record, *spell in cursor.fetchall():
            found[record_of[record]].note(*spell)
        cursor.execute(_EMPLOYMENTS, [list(record_of)])
        for record, employer, started_on, ended_on in cursor.fetchall():
            made = Employment(employer, started_on, ended_on)
            found[record_of[record]].employments.append(made)
        payers = {employer for history in found.values() for employer in history.paid_by}
        cursor.execute(_REACHES, [list(payers)])
        reaches = dict(cursor.fetchall())
    for history in found.values():
        history.reaches = reaches
    return {one: found[standing[one]] if one in standing else History() for one in asked}


@dataclass(frozen=True)
class Question:
    """What a claim asks of the records: about whom, for which employer, settled on which day.

    ``trained_on``: the day on which the training began.
    """

    person: int
    employer: int | None
    on: date
    trained_on: date | None = None


@dataclass(frozen=True)
class EmploymentFacts:
    """Facts of a claim, by their names in the claims file; None where not known."""

    social_insurance_months: int | None = None
    unemployment_insurance_months: int | None = None
    still_employed: bool | None = None
    employed_at_training: bool | None = None


def employment_facts(questions: Sequence[Question]) -> list[EmploymentFacts]:
    """The facts for each of the questions, in their order."""
    known = histories(question.person for question in questions)
    return [_facts(known[question.person], question) for question in questions]


def _facts(history: History, asked: Question) -> EmploymentFacts:
    still = trained = None
    if asked.employer is not None:
        still = history.employed(asked.employer, on=asked.on)
        if asked.trained_on is not None:
            trained = history.employed(asked.employer, on=asked.trained_on)
    return EmploymentFacts(
        social_insurance_months=history.months_in_a_row(SOCIAL, until=asked.on),
        unemployment_insurance_months=history.months_in_all(UNEMPLOYMENT, until=asked.on),
        still_employed=still,
        employed_at_training=trained,
    )
