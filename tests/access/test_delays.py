"""Delays after failures: they grow, never lock, and nobody can slow anybody else."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from jineng.people.models import SignInDelay
from jineng.people.signin import delays
from jineng.people.signin.delays import PASSWORD as PACE
from jineng.people.signin.delays import Attempt, Count, Pace, TooSoon
from tests.access.world import PASSWORD, user

NOW = datetime.fromisoformat("2026-11-20T09:00:00+08:00")
HERE, THERE = "203.0.113.9", "198.51.100.7"


def fail(client: Client, times: int, address: str = HERE, login: str = "chen-lei") -> str:
    """Wrong passwords; what the last page says."""
    page = ""
    for _ in range(times):
        words = {"login": login, "password": "not it at all"}
        page = client.post("/accounts/login/", words, REMOTE_ADDR=address).content.decode()
    return page


def gets_in(client: Client, address: str = HERE) -> bool:
    """Whether the right password is taken."""
    words = {"login": "chen-lei", "password": PASSWORD}
    return client.post("/accounts/login/", words, REMOTE_ADDR=address).status_code == 302


@pytest.mark.django_db
def test_five_are_free_then_one_waits() -> None:
    user("chen-lei")
    assert "不正确" in fail(Client(), 5)
    page = fail(Client(), 1)
    assert "尝试次数过多，请 1 秒后再试" in page
    assert not gets_in(Client())


@pytest.mark.django_db
def test_whoever_fails_elsewhere_slows_nobody_here() -> None:
    user("chen-lei")
    fail(Client(), 8, THERE)
    assert gets_in(Client(), HERE)


@pytest.mark.django_db
def test_a_known_device_is_not_slowed_by_strangers_at_its_own_address() -> None:
    user("chen-lei")
    known = Client()
    assert gets_in(known)
    known.post("/accounts/logout/")
    fail(Client(), 8)
    assert not gets_in(Client())
    assert gets_in(known)


@pytest.mark.django_db
def test_a_device_is_known_to_those_alone_who_signed_in_on_it() -> None:
    user("chen-lei")
    other = user("other")
    device = Client()
    device.post("/accounts/login/", {"login": "other", "password": PASSWORD}, REMOTE_ADDR=HERE)
    assert "known_device" in device.cookies
    device.post("/accounts/logout/")
    fail(device, 6)
    assert not gets_in(device)
    assert SignInDelay.objects.filter(attempts=5).exists()
    assert other.is_active


@pytest.mark.django_db
def test_a_forged_device_is_not_known() -> None:
    made = user("chen-lei")
    client = Client()
    client.cookies["known_device"] = f'["aa", [{made.pk}]]:forged:forged'
    fail(client, 6)
    assert not gets_in(client)


@pytest.mark.django_db
def test_getting_in_forgets_the_failures() -> None:
    user("chen-lei")
    fail(Client(), 4)
    assert gets_in(Client())
    assert "不正确" in fail(Client(), 5)


@pytest.mark.django_db
def test_an_account_that_is_not_there_is_slowed_alike() -> None:
    assert "1 秒后再试" in fail(Client(), 6, login="nobody-here")


@pytest.mark.django_db
def test_asking_once_more_for_the_password_is_slowed_too() -> None:
    user("chen-lei")
    client = Client()
    assert gets_in(client)
    pages = [
        client.post("/accounts/reauthenticate/", {"password": "no"}).content.decode()
        for _ in range(11)
    ]
    assert "密码不正确" in pages[9]
    assert "尝试次数过多" in pages[10]


@pytest.mark.django_db
def test_delays_double_up_to_the_longest_and_are_forgotten() -> None:
    count, at, waits = Count.of(PACE, "x"), NOW, []
    for _ in range(PACE.free):
        count.take(at)
    for _ in range(14):
        with pytest.raises(TooSoon) as early:
            count.take(at)
        waits.append(early.value.wait.total_seconds())
        with pytest.raises(TooSoon):
            count.take(at + early.value.wait - timedelta(milliseconds=1))
        at += early.value.wait
        count.take(at)
    assert waits[:10] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert set(waits[10:]) == {PACE.longest.total_seconds()}
    count.take(at + delays.FORGOTTEN_AFTER + timedelta(seconds=1))
    assert SignInDelay.objects.get().attempts == 1
    assert delays.forget_old(at=at + 3 * delays.FORGOTTEN_AFTER) == 1
    assert not SignInDelay.objects.exists()


@pytest.mark.django_db
def test_one_address_at_many_accounts_is_slowed_by_seconds_alone() -> None:
    at = NOW
    for number in range(delays.ADDRESS.free):
        Attempt.at_password(f"user {number}", address=HERE, device=None).begin(at=at)
    fresh = Attempt.at_password("user 1000", address=HERE, device=None)
    with pytest.raises(TooSoon):
        fresh.begin(at=at)
    fresh.begin(at=at + delays.ADDRESS.longest)
    # Neither from elsewhere, nor on a device that the account knows.
    Attempt.at_password("user 1001", address=THERE, device=None).begin(at=at)
    Attempt.at_password("user 1002", address=HERE, device="d").begin(at=at)


@pytest.mark.django_db
def test_codes_are_counted_wherever_they_come_from() -> None:
    for number in range(delays.CODE_ANYWHERE.free):
        Attempt.at_code("user 1", address=f"10.0.0.{number}", device=None).begin(at=NOW)
    with pytest.raises(TooSoon):
        Attempt.at_code("user 1", address="10.0.1.1", device=None).begin(at=NOW)
    Attempt.at_code("user 1", address="10.0.1.1", device="known").begin(at=NOW)
    Attempt.at_code("user 2", address="10.0.1.1", device=None).begin(at=NOW)


@pytest.mark.django_db
def test_the_table_tells_no_name_and_no_address() -> None:
    fail(Client(), 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_signindelay::text FROM people_signindelay")
        rows = " ".join(row for (row,) in cursor.fetchall())
    assert rows
    assert "chen-lei" not in rows
    assert HERE not in rows


@pytest.mark.django_db(transaction=True)
def test_a_crowd_at_once_gets_no_more_than_its_free_attempts() -> None:
    taken: list[Any] = []
    pace = Pace("crowd", free=5, longest=timedelta(minutes=1))

    def attempt() -> None:
        try:
            Count.of(pace, "x").take(timezone.now())
            taken.append(1)
        except TooSoon:
            pass
        finally:
            connections.close_all()

    crowd = [threading.Thread(target=attempt) for _ in range(24)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert len(taken) == pace.free
