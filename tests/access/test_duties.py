"""One person does one thing in a case, and what was done stays written."""

import threading

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.utils import timezone

from jineng.people.commands.duties import take_duty
from jineng.people.errors import Refused
from jineng.people.models import CaseDuty, Duty
from tests.access.world import user

CASE = "claim:00000000-0000-4000-8000-000000000000"


@pytest.mark.django_db
def test_a_second_duty_in_a_case_is_refused() -> None:
    clerk = user("clerk")
    take_duty(CASE, Duty.FIRST_REVIEW, by=clerk, at=timezone.now())
    for duty in Duty:
        if duty != Duty.FIRST_REVIEW:
            with pytest.raises(Refused, match="您已是本件的初审人，不能再做"):
                take_duty(CASE, duty, by=clerk, at=timezone.now())
    # The same once more, another case, another user.
    assert take_duty(CASE, Duty.FIRST_REVIEW, by=clerk, at=timezone.now())
    assert take_duty("claim:other", Duty.PAY, by=clerk, at=timezone.now())
    assert take_duty(CASE, Duty.PAY, by=user("cashier"), at=timezone.now())
    assert CaseDuty.objects.filter(case=CASE).count() == 2


@pytest.mark.django_db
def test_who_submitted_decides_nothing_of_it() -> None:
    clerk = user("clerk")
    take_duty(CASE, Duty.SUBMIT, by=clerk, at=timezone.now())
    with pytest.raises(Refused, match="申报人"):
        take_duty(CASE, Duty.APPROVE, by=clerk, at=timezone.now())


@pytest.mark.django_db
def test_the_database_refuses_it_however_it_is_written() -> None:
    clerk = user("clerk")
    take_duty(CASE, Duty.SUBMIT, by=clerk, at=timezone.now())
    with pytest.raises(IntegrityError, match="one_duty_of_a_user_in_a_case"), transaction.atomic():
        CaseDuty.objects.create(case=CASE, duty=Duty.PAY, user=clerk, at=timezone.now())
    for change in (
        "UPDATE people_caseduty SET duty = 'pay'",
        "DELETE FROM people_caseduty",
        "TRUNCATE people_caseduty",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_stands() -> None:
    clerk, done = user("clerk"), []

    def take(duty: Duty) -> None:
        try:
            done.append(take_duty(CASE, duty, by=clerk, at=timezone.now()))
        except Refused:
            pass
        finally:
            connections.close_all()

    racing = [threading.Thread(target=take, args=(duty,)) for duty in Duty for _ in range(3)]
    for one in racing:
        one.start()
    for one in racing:
        one.join()
    assert CaseDuty.objects.count() == 1
    assert {one.duty for one in done} == {CaseDuty.objects.get().duty}
