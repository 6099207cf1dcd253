"""Who worked where, and the insurance that was paid for it, from September 2018 to August 2020."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jineng.demo.bodies import Bodies
from jineng.demo.fixed import FIRST_MONTH, MONTHS, Fixed
from jineng.demo.persons import Persons, Status
from jineng.demo.places import places

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Random = np.random.Generator

#: February 2020, from which on many were not paid for.
EPIDEMIC = 2020 * 12 + 1 - FIRST_MONTH
OPEN = MONTHS
_KINDS = {31: "养老、失业、医疗、工伤、生育", 15: "养老、失业、医疗、工伤",
          11: "养老保险、失业保险、工伤保险", 9: "养老、工伤"}  # fmt: skip
_OPEN_ENDED = "无固定期限"


@dataclass(frozen=True)
class Jobs:
    """Employments, an element each, in the order of persons; ``firm``: places among enterprises.

    ``first``, ``last``: months counted from the first that insurance tells of; a job that goes on
    has OPEN as its last. ``unpaid``: a mask of months that were not paid.
    """

    person: Ints
    firm: Ints
    first: Ints
    last: Ints
    kinds: Ints
    contract: Ints
    unpaid: Ints

    def __len__(self) -> int:
        return len(self.person)

    def those(self, which: Flags | Ints) -> Jobs:
        """Some of them."""
        return Jobs(*(column[which] for column in vars(self).values()))

    def of(self, first: int, last: int) -> Jobs:
        """Those of the persons from one place up to another."""
        start, end = np.searchsorted(self.person, [first, last])
        return self.those(np.arange(start, end))


def jobs(people: Persons, bodies: Bodies, fixed: Sequence[Fixed], rng: Random) -> Jobs:
    """What everybody worked; of those who are told of, as it is told."""
    count = len(people)
    drawn = np.arange(count) >= people.fixed
    works = np.flatnonzero(drawn & (people.status == Status.EMPLOYED))
    grown = (people.ages[works] - 18) * 12 - 20
    since = np.where(rng.random(len(works)) < 0.52, -rng.integers(1, 120, len(works)),
                     rng.integers(1, MONTHS, len(works)))  # fmt: skip
    since = np.maximum(since, -np.maximum(grown, -MONTHS + 2))
    now = _jobs(works, since, np.full(len(works), OPEN), people, bodies, rng)

    before = np.flatnonzero((since > 0) & (rng.random(len(works)) < 0.7) & (grown > 12))
    gap = rng.choice([0, 1, 2, 3, 5], len(before), p=[0.45, 0.2, 0.15, 0.12, 0.08])
    last = since[before] - 1 - gap
    earlier = _jobs(
        works[before], last - rng.integers(1, 40, len(before)), last, people, bodies, rng
    )

    idle = drawn & np.isin(people.status, [Status.JOBLESS, Status.FLEXIBLE, Status.RETIRED])
    out = np.flatnonzero(idle & (rng.random(count) < 0.42) & (people.ages > 20))
    # Most of those who are out of work now lost it in the spring.
    ended = np.where(rng.random(len(out)) < 0.55, EPIDEMIC + rng.integers(-1, 4, len(out)),
                     rng.integers(0, MONTHS - 1, len(out)))  # fmt: skip
    over = _jobs(out, ended - rng.integers(2, 60, len(out)), ended, people, bodies, rng)
    parts = [_told(fixed), now, earlier, over]
    together = Jobs(
        *(
            np.concatenate(columns)
            for columns in zip(*(vars(one).values() for one in parts), strict=True)
        )
    )
    return together.those(np.lexsort((together.first, together.person)))


def _told(fixed: Sequence[Fixed]) -> Jobs:
    rows = [
        (at, job.firm, job.first, OPEN if job.last is None else job.last, job.kinds, job.contract,
         sum(1 << month for month in job.unpaid))
        for at, one in enumerate(fixed)
        for job in one.jobs
    ]  # fmt: skip
    columns = np.array(rows, dtype=np.int64).reshape(len(rows), 7).T
    return Jobs(*columns)


def _jobs(
    persons: Ints, first: Ints, last: Ints, people: Persons, bodies: Bodies, rng: Random
) -> Jobs:
    count = len(persons)
    firm = _firms(people.living[persons], bodies, rng)
    kinds = np.array(list(_KINDS))[rng.choice(len(_KINDS), count, p=[0.76, 0.04, 0.15, 0.05])]
    contract = rng.choice([6, 12, 24, 36, 60, -1], count, p=[0.06, 0.28, 0.2, 0.3, 0.06, 0.1])
    stood_still = bodies.are_hit[firm] & (rng.random(count) < 0.3) | (rng.random(count) < 0.05)
    unpaid = np.where(stood_still, ((1 << rng.integers(1, 4, count)) - 1) << EPIDEMIC, 0)
    unpaid |= np.where(rng.random(count) < 0.03, 1 << rng.integers(0, MONTHS, count), 0)
    # What a few have not told yet of August.
    unpaid |= np.where(rng.random(count) < 0.03, 1 << (MONTHS - 1), 0)
    return Jobs(persons, firm, first, last, kinds, contract, unpaid)


def _firms(living: Ints, bodies: Bodies, rng: Random) -> Ints:
    """For each of these places, an employer of the same city; where there is none, of Wuhan."""
    firm = np.zeros(len(living), dtype=np.int64)
    city = places().city[living]
    city[~np.isin(city, bodies.cities)] = 420100
    for one in np.unique(city):
        of, there = np.flatnonzero(city == one), np.flatnonzero(bodies.cities == one)
        staff = bodies.staff[there]
        firm[of] = rng.choice(there, len(of), p=staff / staff.sum())
    return firm


def insurance(those: Jobs, people: Persons, bodies: Bodies) -> pa.Table:
    """The columns of an insurance file: a line for each month of each job."""
    first = np.maximum(those.first, 0)
    length = np.maximum(np.minimum(those.last, MONTHS - 1) - first + 1, 0)
    job = np.repeat(np.arange(len(those)), length)
    month = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length) + first[job]
    paid = (those.unpaid[job] >> month & 1) == 0
    job, month = job[paid], month[paid]
    order = np.lexsort((job, those.firm[job], month))
    job, month = job[order], month[order]
    texts = [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(FIRST_MONTH, FIRST_MONTH + MONTHS)]
    kinds = pa.array([_KINDS.get(mask, "") for mask in range(32)])
    person, firm = those.person[job], those.firm[job]
    return pa.table(
        {
            "身份证号": _spread(people.numbers, person),
            "姓名": _spread(people.names, person),
            "统一社会信用代码": _spread(pa.array([one.code for one in bodies.enterprises]), firm),
            "单位名称": _spread(pa.array([one.name for one in bodies.enterprises]), firm),
            "费款所属期": _spread(pa.array(texts), month),
            "险种": _spread(kinds, those.kinds[job]),
        }
    )


def _spread(texts: pa.Array, places_of: Ints) -> pa.DictionaryArray:
    """Texts by their places, each kept once."""
    used, at = np.unique(places_of, return_inverse=True)
    indices = pa.array(at.reshape(-1).astype(np.int32))
    return pa.DictionaryArray.from_arrays(indices, texts.take(pa.array(used)))


def employment(those: Jobs, people: Persons, bodies: Bodies, rng: Random) -> pa.Table:
    """The columns of an employment file; of some jobs only insurance tells."""
    registered = rng.random(len(those)) < 0.93
    # Of what is told of somebody by name nothing is missing.
    registered[those.person < people.fixed] = True
    some = those.those(registered)
    count = len(some)
    firm = some.firm
    start = _days(some.first, rng.integers(1, 6, count))
    end = pa.array(_days(some.last, rng.integers(20, 29, count)), mask=some.last == OPEN)
    signed = start + rng.integers(-3, 20, count)
    months = pa.array([str(one) if one > 0 else _OPEN_ENDED for one in range(-1, 61)])
    return pa.table(
        {
            "身份证号": people.numbers.take(pa.array(some.person)),
            "姓名": people.names.take(pa.array(some.person)),
            "统一社会信用代码": pa.array([one.code for one in bodies.enterprises]).take(
                pa.array(firm)
            ),
            "单位名称": pa.array([one.name for one in bodies.enterprises]).take(pa.array(firm)),
            "入职日期": pc.cast(pa.array(start), pa.string()),
            "离职日期": pc.cast(end, pa.string()),
            "合同签订日期": pc.cast(pa.array(signed), pa.string()),
            "合同期限": months.take(pa.array(some.contract + 1)),
        }
    )


def _days(month: Ints, day: Ints) -> NDArray[np.datetime64]:
    start: NDArray[np.datetime64] = (
        (month + FIRST_MONTH - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    )
    return start + (day - 1)


def parts(count: int, size: int) -> Iterator[tuple[int, int]]:
    """From one place up to another, so many at a time."""
    return ((at, min(at + size, count)) for at in range(0, count, size))
