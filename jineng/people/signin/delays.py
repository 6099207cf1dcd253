"""Delays after failed attempts, which grow and never lock.

Each failure is counted where it was made, so that nobody is locked out by what others do:

- a password, for one account from one address; on a device that the account knows, for that device;
- besides, on unknown devices, all failures from one address, with delays of seconds alone: guessing
  one password at many accounts is slowed, colleagues behind the same address hardly are;
- a code of the second factor, which only who has the password can try, likewise; and on unknown
  devices for the account wherever it comes from, since a million codes are few.

An attempt is counted before it is made and forgotten if it succeeds: thousands at once are counted
each, by one statement that locks the row.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from jineng.people.models import User

FORGOTTEN_AFTER = timedelta(hours=12)


@dataclass(frozen=True)
class Pace:
    """How many attempts are free, and how long the delays grow: 1, 2, 4 … seconds."""

    name: str
    free: int
    longest: timedelta


PASSWORD = Pace("password", free=5, longest=timedelta(minutes=15))
PASSWORD_KNOWN = Pace("password on a known device", free=10, longest=timedelta(minutes=15))
ADDRESS = Pace("address", free=100, longest=timedelta(seconds=8))
CODE = Pace("code", free=5, longest=timedelta(minutes=15))
CODE_KNOWN = Pace("code on a known device", free=5, longest=timedelta(minutes=15))
TEXT = Pace("text message", free=3, longest=timedelta(hours=1))
TEXT_ANYWHERE = Pace("text message anywhere", free=10, longest=timedelta(hours=1))
TEXT_ADDRESS = Pace("text messages of an address", free=20, longest=timedelta(minutes=1))
CODE_ANYWHERE = Pace("code anywhere", free=20, longest=timedelta(hours=1))


class TooSoon(Exception):
    """An attempt before its time; `wait` is how long it is until then."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


@dataclass(frozen=True)
class Count:
    """Failures at one thing in one place."""

    pace: Pace
    key: bytes

    @classmethod
    def of(cls, pace: Pace, *place: str) -> Self:
        """The place is kept as a hash alone: who reads the table learns no name and no address."""
        value = "\0".join((pace.name, *place))
        return cls(pace, salted_hmac("jineng.delay", value, algorithm="sha256").digest())

    def take(self, at: datetime) -> None:
        """Counts an attempt. Raises TooSoon, and counts nothing, before the delay is over."""
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, self._words(at))
            if cursor.fetchone() is None:
                cursor.execute(_WAIT, self._words(at))
                row = cursor.fetchone()
                raise TooSoon(row[0] if row else timedelta(seconds=1))

    def give_back(self, *, all_of_them: bool) -> None:
        """Takes the attempt back that has just succeeded, or every one before it too."""
        with connection.cursor() as cursor:
            cursor.execute(_FORGET if all_of_them else _GIVE_BACK, [self.key])

    def _words(self, at: datetime) -> dict[str, Any]:
        return {
            "key": self.key,
            "at": at,
            "free": self.pace.free,
            "longest": self.pace.longest.total_seconds(),
            "forgotten": FORGOTTEN_AFTER,
        }


_DELAY = "make_interval(secs => least(%(longest)s, power(2, least(kept.attempts - %(free)s, 30))))"
_TAKE = f"""
    INSERT INTO people_signindelay AS kept (key, attempts, last_at) VALUES (%(key)s, 1, %(at)s)
    ON CONFLICT (key) DO UPDATE SET
        attempts = CASE WHEN kept.last_at < excluded.last_at - %(forgotten)s THEN 1
                        ELSE kept.attempts + 1 END,
        last_at = excluded.last_at
    WHERE kept.attempts < %(free)s OR excluded.last_at >= kept.last_at + {_DELAY}
    RETURNING attempts
"""  # noqa: S608  an expression of our own
_WAIT = f"""
    SELECT greatest(kept.last_at + {_DELAY} - %(at)s, interval '1 second')
    FROM people_signindelay AS kept WHERE key = %(key)s
"""  # noqa: S608
_FORGET = "DELETE FROM people_signindelay WHERE key = %s"
_GIVE_BACK = "UPDATE people_signindelay SET attempts = greatest(attempts - 1, 0) WHERE key = %s"


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in: counted for the account in this place, and in wider ones."""

    own: Count
    wider: tuple[Count, ...] = ()

    @classmethod
    def at_password(cls, account: str, *, address: str, device: str | None) -> Self:
        """``device``: the name of a device that the account knows."""
        if device:
            return cls(Count.of(PASSWORD_KNOWN, account, device))
        return cls(Count.of(PASSWORD, account, address), (Count.of(ADDRESS, address),))

    @classmethod
    def at_code(cls, account: str, *, address: str, device: str | None) -> Self:
        """A code of the second factor."""
        if device:
            return cls(Count.of(CODE_KNOWN, account, device))
        return cls(Count.of(CODE, account, address), (Count.of(CODE_ANYWHERE, account),))

    @classmethod
    def at_text(cls, account: str, *, address: str, device: str | None) -> Self:
        """A code asked for by text message, each of which costs and rings somebody's phone.

        On unknown devices all of one address are slowed together, to one in a minute at worst: who
        goes through a list of phones gets nowhere, and neighbours wait no longer than that.
        """
        own = Count.of(TEXT, account, device or address)
        wider = (Count.of(TEXT_ANYWHERE, account), Count.of(TEXT_ADDRESS, address))
        return cls(own, () if device else wider)

    @classmethod
    def at_claim(cls, account: str, number: str, *, address: str) -> Self:
        """A claim of the archive that bears this number; each may ring somebody's phone.

        Accounts cost nothing, so claims are counted for the address too.
        """
        wider = (Count.of(TEXT_ANYWHERE, "claim", number), Count.of(TEXT_ADDRESS, "claim", address))
        return cls(Count.of(TEXT, "claim", account), wider)

    def begin(self, *, at: datetime) -> None:
        """Counts it. Raises TooSoon."""
        with transaction.atomic():
            for count in (self.own, *self.wider):
                count.take(at)

    def succeeded(self) -> None:
        """Forgets the account's failures here; elsewhere, this attempt alone."""
        self.own.give_back(all_of_them=True)
        for count in self.wider:
            count.give_back(all_of_them=False)


def account_key(user: User | None, typed: str) -> str:
    """What failures are counted by; an account that is not there is slowed like one that is."""
    return f"user {user.pk}" if user else f"typed {typed.strip().casefold()}"


def in_words(wait: timedelta) -> str:
    """How long to wait, rounded up."""
    seconds = math.ceil(wait.total_seconds())
    if seconds < 120:
        return _("%(seconds)s 秒") % {"seconds": seconds}
    return _("%(minutes)s 分钟") % {"minutes": math.ceil(seconds / 60)}


def forget_old(*, at: datetime) -> int:
    """Deletes counts that no longer matter; how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_signindelay WHERE last_at < %s", [at - FORGOTTEN_AFTER])
        return cursor.rowcount
