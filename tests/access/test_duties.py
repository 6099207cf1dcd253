"""One person does one thing in a case, and what was done stays written."""

import threading
from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.utils import timezone

from jineng.people.commands.duties import take_duty
from jineng.people.commands.merging import merge_persons
from jineng.people.errors import Refused
from jineng.people.models import CaseDuty, Duty, User
from tests.access.world import TODAY, person, user

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


@pytest.mark.django_db
def test_nor_does_one_person_by_two_accounts() -> None:
    """An account is untied, and another claims the archive: it is the same person still."""
    who = person("王芳", "420106", date(1990, 5, 5))
    first, second = user("first", person=who), user("second")
    take_duty(CASE, Duty.FIRST_REVIEW, by=first, at=timezone.now())
    User.objects.filter(pk=first.pk).update(person=None)
    second.person = who
    second.save()
    for duty in (Duty.APPROVE, Duty.FIRST_REVIEW):
        with pytest.raises(Refused, match="您已用另一账号担任本件的初审人"):
            take_duty(CASE, duty, by=second, at=timezone.now())
    assert CaseDuty.objects.get().person == who
    with pytest.raises(IntegrityError, match="one_duty_of_a_person"), transaction.atomic():
        CaseDuty.objects.create(
            case=CASE, duty=Duty.PAY, user=user("third"), person=who, at=timezone.now()
        )
    # Nor by a record that was found to be the same person's.
    same = person("王芳", "420106", date(1990, 5, 6))
    third = user("fourth", person=same)
    take_duty("claim:other", Duty.SUBMIT, by=third, at=timezone.now())
    User.objects.filter(pk=third.pk).update(person=None)
    merge_persons(who, same, by=None, on=TODAY, at=timezone.now(), why="同一人")
    with pytest.raises(Refused, match="另一账号担任本件的申报人"):
        take_duty("claim:other", Duty.PAY, by=User.objects.get(pk=second.pk), at=timezone.now())
