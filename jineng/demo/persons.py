"""Persons, drawn all at once: an element of each array is one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jineng.demo.fixed import Fixed
from jineng.demo.names import full_names
from jineng.demo.numbers import accounts, identity_numbers, phones
from jineng.demo.places import birthplaces, places

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Random = np.random.Generator

FIRST_BIRTH, LAST_BIRTH = np.datetime64("1955-01-01"), np.datetime64("2004-08-31")
#: The age pyramid: how many were born in a year before the one named, in proportion.
_BIRTHS = ((1959, 0.8), (1962, 0.5), (1974, 1.35), (1980, 1.0), (1985, 1.05), (1992, 1.3),
           (2000, 0.8), (2005, 0.6))  # fmt: skip

EDUCATIONS = ("primary", "junior", "senior", "college", "bachelor", "master", "doctor")
#: Schooling of those born before a year, in shares.
_SCHOOLING = (
    (1965, (0.30, 0.45, 0.18, 0.05, 0.02, 0.0, 0.0)),
    (1980, (0.12, 0.50, 0.23, 0.09, 0.055, 0.005, 0.0)),
    (1990, (0.04, 0.36, 0.26, 0.18, 0.14, 0.018, 0.002)),
    (1999, (0.02, 0.22, 0.28, 0.25, 0.20, 0.028, 0.002)),
    (9999, (0.01, 0.19, 0.58, 0.18, 0.04, 0.0, 0.0)),
)
_BANKS = ("中国工商银行", "中国农业银行", "中国银行", "中国建设银行", "中国邮政储蓄银行",
          "交通银行", "湖北省农村信用社")  # fmt: skip


class Status(IntEnum):
    """What somebody lives of in September 2020."""

    STUDENT = 0
    EMPLOYED = 1
    FLEXIBLE = 2
    FARMING = 3
    JOBLESS = 4
    RETIRED = 5


@dataclass(frozen=True)
class Persons:
    """``household``, ``living``, ``working``: places among `places()`, the last -1 for none;
    ``education``: a place in EDUCATIONS; the first ``fixed`` are not drawn."""

    numbers: pa.Array
    names: pa.Array
    men: Flags
    born: Days
    household: Ints
    living: Ints
    working: Ints
    education: Ints
    status: Ints
    phones: pa.Array
    banks: pa.Array
    accounts: pa.Array
    fixed: int

    def __len__(self) -> int:
        return len(self.born)

    @property
    def ages(self) -> Ints:
        """In whole years, to some months."""
        return 2020 - _years(self.born)

    def table(self, of: Ints) -> pa.Table:
        """The columns of a file of some of them, by their places."""
        codes, at = pa.array(places().codes), pa.array(of)
        working = self.working[of]
        return pa.table(
            {
                "身份证号": self.numbers.take(at),
                "姓名": self.names.take(at),
                "性别": pa.array(["女", "男"]).take(pa.array(self.men[of].astype(np.int64))),
                "手机号": self.phones.take(at),
                "户籍地": codes.take(pa.array(self.household[of])),
                "居住地": codes.take(pa.array(self.living[of])),
                "工作地": codes.take(pa.array(working, mask=working < 0)),
                "文化程度": pa.array(EDUCATIONS).take(pa.array(self.education[of])),
                "开户行": self.banks.take(at),
                "银行账号": self.accounts.take(at),
            }
        )


def most_persons() -> int:
    """How many there can be: a number for each place and birth date, and some to choose from."""
    return int(0.7 * len(birthplaces()) * int((LAST_BIRTH - FIRST_BIRTH).astype(int)))


def persons(count: int, fixed: Sequence[Fixed], rng: Random) -> Persons:
    """So many persons, those first who are told of; see `most_persons`."""
    household = rng.choice(len(places().codes), count, p=places().shares)
    household[: len(fixed)] = [places().place(one.household or one.home) for one in fixed]
    place, born = _births(household, fixed, rng)
    men = rng.random(count) < 0.51
    men[: len(fixed)] = [one.male for one in fixed]
    named = full_names(rng, _years(born), men)
    told = [one.name or named[at].as_py() for at, one in enumerate(fixed)]
    status = _statuses(born, men, household, rng)
    status[: len(fixed)] = [_status_of(one) for one in fixed]
    living = _living(household, rng)
    living[: len(fixed)] = [places().place(one.home) for one in fixed]
    working = np.where(np.isin(status, [Status.EMPLOYED, Status.FLEXIBLE]), living, -1)
    working[: len(fixed)] = [places().place(one.works) if one.works else -1 for one in fixed]
    education = _education(born, status, rng)
    education[: len(fixed)] = [EDUCATIONS.index(one.education) for one in fixed]
    banks, cards = _banks(count, len(fixed), rng)
    without = rng.random(count) < 0.04
    without[: len(fixed)] = False
    return Persons(
        numbers=identity_numbers(place, born),
        names=pa.concat_arrays([pa.array(told, pa.string()), named[len(fixed) :]]),
        men=men,
        born=born,
        household=household,
        living=living,
        working=working,
        education=education,
        status=status,
        phones=_left_out(phones(rng, count), without),
        banks=banks,
        accounts=cards,
        fixed=len(fixed),
    )


def _status_of(one: Fixed) -> Status:
    if any(group.code == "student" for group in one.groups):
        return Status.STUDENT
    return Status.EMPLOYED if any(job.last is None for job in one.jobs) else Status.JOBLESS


def _years(born: Days) -> Ints:
    years: Ints = born.astype("datetime64[Y]").astype(np.int64) + 1970
    return years


def _births(household: Ints, fixed: Sequence[Fixed], rng: Random) -> tuple[Ints, Days]:
    """Place (as in the identity number) and birth date; no two persons have both the same.

    Most are born where their household is; in a county where all numbers of a day are taken, the
    next is from elsewhere.
    """
    days = np.arange(FIRST_BIRTH, LAST_BIRTH + 1)
    weights = np.array([_BIRTHS[at][1] for at in _slots(_years(days), _BIRTHS)])
    cumulated = np.cumsum(weights / weights.sum())
    codes = np.searchsorted(birthplaces(), places().numbers)
    at_home = codes[household]
    count, todo = len(household), np.arange(len(household))
    key = np.full(count, -1, dtype=np.int64)
    taken = np.empty(0, dtype=np.int64)
    first = True
    while len(todo):
        elsewhere = rng.integers(0, len(birthplaces()), len(todo))
        home = at_home[todo] if first else elsewhere
        place = np.where(rng.random(len(todo)) < 0.85, home, elsewhere)
        day = np.minimum(np.searchsorted(cumulated, rng.random(len(todo))), len(days) - 1)
        drawn = place * len(days) + day
        if first:
            told = [int((np.datetime64(one.born) - FIRST_BIRTH).astype(int)) for one in fixed]
            drawn[: len(fixed)] = at_home[: len(fixed)] * len(days) + np.array(told, np.int64)
        _, before = np.unique(drawn, return_index=True)
        new = np.zeros(len(todo), dtype=bool)
        new[before] = True
        new &= ~np.isin(drawn, taken)
        key[todo[new]] = drawn[new]
        taken = np.concatenate([taken, drawn[new]])
        todo, first = todo[~new], False
    return birthplaces()[key // len(days)], days[key % len(days)]


def _slots(years: Ints, table: Sequence[tuple[int, object]]) -> Ints:
    """For each year, the first row of a table whose year comes after it."""
    return np.searchsorted(np.array([until for until, _what in table]), years, side="right")


def _statuses(born: Days, men: Flags, household: Ints, rng: Random) -> Ints:
    age = 2020 - _years(born)
    count = len(born)
    status = rng.choice(
        [Status.EMPLOYED, Status.FLEXIBLE, Status.FARMING, Status.JOBLESS],
        count,
        p=[0.60, 0.17, 0.12, 0.11],
    ).astype(np.int64)
    # In the districts of cities nobody farms.
    farms_not = (status == Status.FARMING) & places().are_urban[household]
    status[farms_not] = Status.EMPLOYED
    drawn = rng.random(count)
    status[(age <= 18) & (drawn < 0.88)] = Status.STUDENT
    status[(age > 18) & (age <= 22) & (drawn < 0.55)] = Status.STUDENT
    status[(age > np.where(men, 60, 53)) & (drawn < 0.8)] = Status.RETIRED
    return status


def _living(household: Ints, rng: Random) -> Ints:
    """A fifth have gone elsewhere, many of them to Wuhan."""
    pull = places().shares * np.where(places().city == 420100, 3.0, 1.0)
    there = rng.choice(len(pull), len(household), p=pull / pull.sum())
    return np.where(rng.random(len(household)) < 0.2, there, household)


def _education(born: Days, status: Ints, rng: Random) -> Ints:
    slots = _slots(_years(born), _SCHOOLING)
    cumulated = np.cumsum([shares for _until, shares in _SCHOOLING], axis=1)
    drawn = (rng.random(len(born))[:, None] > cumulated[slots]).sum(axis=1)
    found: Ints = np.minimum(drawn, len(EDUCATIONS) - 1).astype(np.int64)
    # Who is at a school still has left the one before.
    return np.where(status == Status.STUDENT, np.clip(found, 1, 2), found)


def _banks(count: int, fixed: int, rng: Random) -> tuple[pa.Array, pa.Array]:
    without = rng.random(count) < 0.25
    without[:fixed] = False
    which = rng.integers(0, len(_BANKS), count)
    return (
        _left_out(pa.array(_BANKS).take(pa.array(which)), without),
        _left_out(accounts(rng, count), without),
    )


def _left_out(texts: pa.Array, without: Flags) -> pa.Array:
    return texts.take(pa.array(np.arange(len(texts)), mask=without))
