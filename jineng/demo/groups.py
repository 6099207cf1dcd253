"""Groups of persons, as the departments that know of them tell: a file for each of their lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jineng.demo.fixed import MONTHS, Fixed
from jineng.demo.persons import Persons, Status
from jineng.demo.places import INDUSTRIAL, places
from jineng.demo.work import OPEN, Jobs

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Random = np.random.Generator

COLLEGE, BACHELOR = 3, 4


@dataclass(frozen=True)
class List:
    """A department's list: what its file is called, who says so, how a proof of it reads.

    ``department``: a key of DEPARTMENTS, whose acceptor brings it; ``groups``: codes of those whom
    it names, with what a proof of each begins with.
    """

    title: str
    department: str
    source: str
    groups: dict[str, str]


LISTS = (
    List("1+X试点院校在校学生", "education", "湖北省教育厅学籍系统", {"student": "学籍号"}),
    List(
        "建档立卡贫困人口名单",
        "hr",
        "湖北省人民政府扶贫开发办公室",
        {"poor_labourer": "建档立卡户编号", "poor_family_child": "建档立卡户编号"},
    ),
    List("残疾人证持证人员", "hr", "湖北省残疾人联合会", {"disabled": "残疾人证编号"}),
    List(
        "就业创业登记人员",
        "hr",
        "湖北省公共就业和人才服务中心",
        {
            "registered_unemployed": "就业创业证",
            "laid_off": "就业创业证",
            "hard_to_employ": "就业困难人员认定书",
            "zero_employment_family": "零就业家庭认定书",
            "transferred_worker": "转岗安置协议",
        },
    ),
    List(
        "毕业生与两后生名册",
        "hr",
        "湖北省高等学校毕业生就业指导服务中心",
        {
            "recent_graduate": "毕业证书编号",
            "school_leaver": "未升学登记表",
            "school_leaver_rural": "未升学登记表",
            "school_leaver_low_income": "低保证编号",
        },
    ),
    List(
        "农村转移就业劳动者实名库", "hr", "湖北省农村劳动力转移就业实名制系统",
        {"rural_migrant_worker": "转移就业登记"},
    ),
    List("退役军人优待名册", "hr", "湖北省退役军人事务厅", {"veteran": "退役证编号"}),
)  # fmt: skip


@dataclass(frozen=True)
class Belonging:
    """Who belongs to a group, and since when, an element each."""

    person: Ints
    since: NDArray[np.datetime64]


def belongings(
    people: Persons, work: Jobs, fixed: Sequence[Fixed], rng: Random
) -> dict[str, Belonging]:
    """Groups by code; of those who are told of, as it is told."""
    drawn_all = list(_drawn(people, work, rng))
    # Students are education's alone; whoever else is of a group is human resources'.
    students = next(those for code, those, _since in drawn_all if code == "student")
    found = {}
    for code, those, since in drawn_all:
        belong = those & (np.arange(len(people)) >= people.fixed)
        if code != "student":
            belong &= ~students
        found[code] = Belonging(np.flatnonzero(belong), since)
    for code, drawn in found.items():
        since = drawn.since[drawn.person]
        told = [(at, group.since) for at, one in enumerate(fixed) for group in one.groups
                if group.code == code]  # fmt: skip
        found[code] = Belonging(
            np.concatenate([np.array([at for at, _day in told], np.int64), drawn.person]),
            np.concatenate([np.array([day for _at, day in told], "datetime64[D]"), since]),
        )
    return found


def _drawn(
    people: Persons, work: Jobs, rng: Random
) -> Iterator[tuple[str, Flags, NDArray[np.datetime64]]]:
    """Each group: who belongs to it, and the day from which each of all would."""
    count, age, status = len(people), people.ages, people.status
    employed = status == Status.EMPLOYED
    idle, grown = status == Status.JOBLESS, (age >= 18) & (age < np.where(people.men, 60, 55))
    poor = places().are_poor[people.household]
    country = ~places().are_urban[people.household]

    def chance(share: float) -> Flags:
        drawn: Flags = rng.random(count) < share
        return drawn

    def day(first: str, last: str) -> NDArray[np.datetime64]:
        start = np.datetime64(first)
        found: NDArray[np.datetime64] = start + rng.integers(
            0, int((np.datetime64(last) - start).astype(int)) + 1, count
        )
        return found

    def years(*of: str) -> NDArray[np.datetime64]:
        return np.array(of, dtype="datetime64[D]")[rng.integers(0, len(of), count)]

    yield "poor_labourer", grown & poor & country & chance(0.16), years("2014-12-31", "2016-06-30")
    yield "poor_family_child", (age <= 21) & poor & country & chance(0.2), years("2016-06-30")
    yield "disabled", (age < 60) & chance(0.016), day("2010-03-01", "2019-12-31")
    lost = _lost(people, work)
    laid_off = idle & grown & (age >= 38) & (lost > 0) & chance(0.45)
    yield "laid_off", laid_off, _month_after(lost)
    unemployed = idle & grown & ~laid_off & chance(0.5)
    yield "registered_unemployed", unemployed, _month_after(np.maximum(lost, MONTHS - 12))
    older = age >= np.where(people.men, 50, 40)
    hard = idle & grown & older & ~laid_off & ~unemployed & chance(0.5)
    yield "hard_to_employ", hard, day("2019-06-01", "2020-08-20")
    family = idle & grown & ~older & ~laid_off & ~unemployed & chance(0.06)
    yield "zero_employment_family", family, day("2019-09-01", "2020-08-20")
    old_works = places().are(INDUSTRIAL)[people.living]
    yield (
        "transferred_worker",
        employed & old_works & (age > 35) & chance(0.06),
        years("2019-07-01"),
    )
    schooled = np.isin(people.education, [COLLEGE, BACHELOR])
    left = (age >= 21) & (age <= 24) & schooled & (status != Status.STUDENT)
    yield "recent_graduate", left & chance(0.7), years("2019-06-30", "2020-06-30")
    leaver = (age <= 20) & ~np.isin(status, [Status.STUDENT, Status.EMPLOYED]) & chance(0.6)
    low = chance(0.1)
    yield "school_leaver_rural", leaver & country, years("2019-07-01", "2020-07-01")
    yield "school_leaver_low_income", leaver & ~country & low, years("2020-07-01")
    yield "school_leaver", leaver & ~country & ~low, years("2019-07-01", "2020-07-01")
    away = country & (people.living != people.household) & grown & employed
    yield "rural_migrant_worker", away & chance(0.6), day("2016-03-01", "2020-06-30")
    pilot = (status == Status.STUDENT) & (people.education == 2) & chance(0.4)
    yield "student", pilot, years("2018-09-01", "2019-09-01", "2020-09-01")
    served = people.men & (age >= 21) & (age <= 55) & chance(0.055)
    served |= ~people.men & (age >= 21) & (age <= 40) & chance(0.003)
    yield "veteran", served, _discharged(people, rng)


def _lost(people: Persons, work: Jobs) -> Ints:
    """The month in which each person's last job ended; 0 where none did."""
    found = np.zeros(len(people), dtype=np.int64)
    np.maximum.at(found, work.person, np.where(work.last == OPEN, 0, work.last))
    return found


def _month_after(month: Ints) -> NDArray[np.datetime64]:
    start = np.datetime64("2018-09") + (np.minimum(month, MONTHS - 2) + 1)
    return start.astype("datetime64[D]") + 9


def _discharged(people: Persons, rng: Random) -> NDArray[np.datetime64]:
    """On the first of September or December of a year, at twenty or some years more."""
    year = people.born.astype("datetime64[Y]") + 20 + rng.integers(0, 9, len(people))
    month = np.where(rng.random(len(people)) < 0.5, 8, 11)
    first: NDArray[np.datetime64] = np.minimum(year, np.datetime64("2019")).astype("datetime64[M]")
    return (first + month).astype("datetime64[D]")


def table(told: List, found: dict[str, Belonging], people: Persons, rng: Random) -> pa.Table:
    """The columns of a department's file; a person who is of several of its groups has one line."""
    rows = [
        (person, code, since)
        for code in told.groups
        for person, since in zip(found[code].person.tolist(), found[code].since, strict=True)
    ]
    first: dict[int, tuple[str, object]] = {}
    for person, code, since in rows:
        first.setdefault(person, (code, since))
    of = sorted(first)
    numbers = rng.integers(10**9, 10**10, len(of)).tolist()
    return pa.table(
        {
            "身份证号": people.numbers.take(pa.array(of, pa.int64())),
            "姓名": people.names.take(pa.array(of, pa.int64())),
            "人员类别": [first[one][0] for one in of],
            "类别凭据": [
                f"{told.groups[first[one][0]]} {number}"
                for one, number in zip(of, numbers, strict=True)
            ],
            "类别来源": [told.source] * len(of),
            "类别开始日期": [str(first[one][1]) for one in of],
        }
    )
