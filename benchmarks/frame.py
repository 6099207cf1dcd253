"""Who claims what, when and for which training: the integers behind a file of synthetic claims."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vocabulary import GROUP_MIX, OCCUPATIONS, REGIONS, SCHEMES, WINDOWS, WORKER_MIX, YEARS

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]
Random = np.random.Generator

CODE = {scheme: code for code, scheme in enumerate(SCHEMES)}
WORK, SKIL, ONLN, PRE, TECH = (CODE[s] for s in ("WORK", "SKIL", "ONLN", "PRE", "TECH"))

_RUNS, _WORKER, _GROUP = 0, 1, 2  # what a person claims: months of WORK, a worker's, a group's


def day(date: dt.date) -> int:
    """Days since 1970-01-01."""
    return (date - dt.date(1970, 1, 1)).days


LEAP_DAY = day(dt.date(2020, 2, 29))
LAST_DAY = day(dt.date(2022, 6, 30))


@dataclass
class Trainings:
    """One element per training; days are days since 1970-01-01."""

    occupation: Ints
    level: Ints
    mode: Ints  # 0 online, 1 blended, 2 offline
    first_applied: Ints
    start: Ints
    end: Ints
    plan_filed: Ints
    issued: Ints
    signed: Ints
    employer: Ints


@dataclass
class Frame:
    """One element per claim, in the order of the file."""

    person: Ints
    scheme: Ints
    training: Ints
    applied: Ints
    service_month: Ints  # months since 1970-01
    number: Ints  # the claim's own number, in no order
    persons: int
    region: Ints  # per person, an index into REGIONS
    trainings: Trainings


def chance(rng: Random, n: int, p: float) -> Bools:
    """`n` booleans, each true with probability `p`."""
    return rng.random(n, dtype=np.float32) < p


def draw(rng: Random, n: int, weights: list[float]) -> Ints:
    """`n` indexes into `weights`, each as often as its weight says."""
    edges = np.cumsum(weights)
    indexes: Ints = np.searchsorted(edges, rng.random(n) * edges[-1], side="right").astype(np.int32)
    return indexes


def whole(rng: Random, n: int, low: int, high: int) -> Ints:
    """`n` integers from `low` to `high`, both included."""
    return rng.integers(low, high + 1, n, dtype=np.int32)


def build(rows: int, rng: Random) -> Frame:
    """Draw `rows` claims: four in ten by persons with two to eight."""
    person, position, kind = _persons(rows, rng)
    scheme = _schemes(person, position, kind, rng)
    new = (position == 0) | chance(rng, rows, 0.78)
    pair = ~new & (kind[person] == _WORKER) & chance(rng, rows, 0.7)
    scheme[np.flatnonzero(pair) - 1] = SKIL
    scheme[pair] = ONLN
    new[(kind[person] == _RUNS) & (position > 0)] = False
    training = (np.cumsum(new) - 1).astype(np.int32)
    first = np.flatnonzero(new)
    online = np.zeros(len(first), bool)
    online[training[scheme == ONLN]] = True
    trainings = _trainings(person[first], scheme[first], online, rng)
    applied, month = _days(scheme, new, position, trainings.first_applied[training], rng)
    order = rng.permutation(rows)
    return Frame(
        person=person[order],
        scheme=scheme[order],
        training=training[order],
        applied=applied[order],
        service_month=month[order],
        number=rng.permutation(rows).astype(np.int32),
        persons=len(kind),
        region=whole(rng, len(kind), 0, len(REGIONS) - 1),
        trainings=trainings,
    )


def _persons(rows: int, rng: Random) -> tuple[Ints, Ints, Ints]:
    """Person and position among the person's claims, per claim; and each person's kind."""
    claims = 1 + draw(rng, rows, [0.825, 0.0875, 0.0385, 0.0193, 0.0105, 0.0105, 0.0052, 0.0036])
    last = int(np.searchsorted(np.cumsum(claims), rows))
    claims = claims[: last + 1]
    person = np.repeat(np.arange(len(claims), dtype=np.int32), claims)[:rows]
    starts = np.cumsum(claims) - claims
    position = (np.arange(rows) - starts[person]).astype(np.int32)
    single = draw(rng, len(claims), [0.09, 0.75, 0.16])
    several = draw(rng, len(claims), [0.33, 0.55, 0.12])
    return person, position, np.where(claims > 1, several, single)


def _schemes(person: Ints, position: Ints, kind: Ints, rng: Random) -> Ints:
    rows = len(person)
    scheme = np.full(rows, WORK, np.int32)
    for which, mix in ((_WORKER, WORKER_MIX), (_GROUP, GROUP_MIX)):
        codes = np.array([CODE[s] for s in mix], np.int32)
        those = kind[person] == which
        scheme[those] = codes[draw(rng, int(those.sum()), [float(w) for w in mix.values()])]
    # Nobody is new to an enterprise every time: later claims are seldom for pre-job training.
    again = (scheme == PRE) & (position > 0) & chance(rng, rows, 0.7)
    scheme[again] = SKIL
    return scheme


def _trainings(person: Ints, scheme: Ints, online: Bools, rng: Random) -> Trainings:
    n = len(person)
    first_of_person = np.searchsorted(person, person, side="left")
    repeats = (first_of_person != np.arange(n)) & chance(rng, n, 0.12)
    occupation = whole(rng, n, 0, len(OCCUPATIONS) - 1)
    occupation = np.where(repeats, occupation[first_of_person], occupation)
    level = 3 + draw(rng, n, [45.0, 45.0, 10.0])
    level = np.where(scheme == TECH, 1 + draw(rng, n, [12.0, 25.0, 62.0, 1.0]), level)
    level = np.where(scheme == SKIL, 1 + draw(rng, n, [0.5, 0.5, 39.0, 58.0, 2.0]), level)
    repeats_level = repeats & chance(rng, n, 0.8)
    level = np.where(repeats_level, level[first_of_person], level).astype(np.int32)
    applied = _first_applied(person, scheme, online, rng)
    issued, leap = applied - whole(rng, n, 1, 120), (scheme == SKIL) & chance(rng, n, 0.004)
    applied[leap] = LEAP_DAY + 364 + whole(rng, int(leap.sum()), 0, 3)
    issued[leap] = LEAP_DAY
    old = chance(rng, n, 0.025)
    issued[old] = applied[old] - whole(rng, int(old.sum()), 363, 372)
    early = chance(rng, n, 0.004)
    issued[early] = applied[early] + whole(rng, int(early.sum()), 0, 2)
    end = issued - whole(rng, n, 0, 30)
    start = end - whole(rng, n, 3, 60)
    _fit_epidemic_period(online, start, end, rng)
    signed = _contracts(start, rng)
    leap = (scheme == PRE) & chance(rng, n, 0.004)
    signed[leap], start[leap] = LEAP_DAY, LEAP_DAY + 364 + whole(rng, int(leap.sum()), 0, 3)
    end[leap], applied[leap] = start[leap] + 10, start[leap] + 120
    issued = np.maximum(issued, end)
    plan = start - np.where(chance(rng, n, 0.2), 0, whole(rng, n, 1, 40))
    late = chance(rng, n, 0.018)
    plan[late] = start[late] + whole(rng, int(late.sum()), 1, 10)
    mode = draw(rng, n, [22.0, 13.0, 65.0])
    mode = np.where(online, draw(rng, n, [80.0, 18.0, 2.0]), mode)
    return Trainings(
        occupation=occupation,
        level=level,
        mode=mode,
        first_applied=applied,
        start=start,
        end=end,
        plan_filed=plan,
        issued=issued,
        signed=signed,
        employer=_employers(person, scheme, rng),
    )


def _employers(person: Ints, scheme: Ints, rng: Random) -> Ints:
    """The employer of each training; a person mostly stays, but is newly taken on by another."""
    n, employers = len(person), employer_count(int(person[-1]) + 1)
    other = whole(rng, n, 0, employers - 1)
    moved = np.where(scheme == PRE, chance(rng, n, 0.5), chance(rng, n, 0.08))
    return np.where(moved, other, (person * 7919) % employers).astype(np.int32)


def employer_count(persons: int) -> int:
    """How many employers there are for so many persons."""
    return max(50, persons // 25)


def _first_applied(person: Ints, scheme: Ints, online: Bools, rng: Random) -> Ints:
    """Most of a person's trainings fall in one year, and most while their scheme runs."""
    n = len(person)
    year = draw(rng, int(person[-1]) + 1, [weight for _, _, weight in YEARS])[person]
    moved = chance(rng, n, 0.25)
    year[moved] = draw(rng, int(moved.sum()), [weight for _, _, weight in YEARS])
    low = np.array([day(first) for first, _, _ in YEARS], np.int32)[year]
    high = np.array([day(last) for _, last, _ in YEARS], np.int32)[year]
    governing = np.where(online, ONLN, scheme)
    opens = np.array([day(WINDOWS[s][0]) for s in SCHEMES], np.int32)[governing]
    closes = np.array([day(WINDOWS[s][1]) for s in SCHEMES], np.int32)[governing]
    in_time = chance(rng, n, 0.9)
    apart = (low > closes) | (high < opens)
    low = np.where(in_time, np.where(apart, opens, np.maximum(low, opens)), low)
    high = np.where(in_time, np.where(apart, closes, np.minimum(high, closes)), high)
    applied = (low + rng.random(n) * (high - low + 1)).astype(np.int32)
    edges = np.array([day(d) + e for w in WINDOWS.values() for d in w for e in (-1, 0, 1)])
    on_edge = chance(rng, n, 0.01)
    applied[on_edge] = rng.choice(edges, int(on_edge.sum()))
    return applied


def _fit_epidemic_period(online: Bools, start: Ints, end: Ints, rng: Random) -> None:
    """Move nearly all online trainings into 2020, in place."""
    fit = online & chance(rng, len(start), 0.985)
    first, last = day(dt.date(2020, 1, 1)), day(dt.date(2020, 12, 31))
    end[fit] = np.clip(end[fit], first + 5, last)
    start[fit] = np.clip(start[fit], first, end[fit] - 3)


def _contracts(start: Ints, rng: Random) -> Ints:
    """Days on which contracts were signed: within the year before training, or just about."""
    n = len(start)
    before = np.where(chance(rng, n, 0.1), 0, whole(rng, n, 1, 360))
    about_a_year = chance(rng, n, 0.03)
    before[about_a_year] = whole(rng, int(about_a_year.sum()), 364, 367)
    after = chance(rng, n, 0.008)
    before[after] = -whole(rng, int(after.sum()), 1, 20)
    return (start - before).astype(np.int32)


def _days(scheme: Ints, new: Bools, position: Ints, base: Ints, rng: Random) -> tuple[Ints, Ints]:
    """Application day and service month of each claim."""
    n = len(scheme)
    applied = base + np.where(new, 0, whole(rng, n, 0, 25))
    run_start = np.maximum.accumulate(np.where(position == 0, np.arange(n), 0))
    monthly = chance(rng, n, 0.35)[run_start]
    work = scheme == WORK
    applied = np.where(work, base + np.where(monthly, 30 * position, 0), applied)
    first_month = whole(rng, n, 600, 605)[run_start]  # 2020-01 to 2020-06
    month = first_month + position - chance(rng, n, 0.05) * (position > 0)
    return np.minimum(applied, LAST_DAY).astype(np.int32), month.astype(np.int32)
