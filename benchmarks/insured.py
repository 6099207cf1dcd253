"""A social-insurance system's export, made up: persons, employers, and a line a month for each.

Identity numbers have the sequence 000, which is nobody's: there is one for each region and birth
date, so they are drawn without replacement over all of Hubei's codes and the birth dates of those
of working age.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray
from stdnum.cn import uscc

Ints = NDArray[np.int64]

MONTHS = 24
FIRST_MONTH = 2019 * 12  # January 2019
BEFORE = FIRST_MONTH - 2  # a month that the export does not tell of
FIRST_KINDS = 11
HEADINGS = ("身份证号", "姓名", "统一社会信用代码", "单位名称", "费款所属期", "险种")
#: Masks of insurances as the register keeps them, and how a file writes them.
MASKS = {31: "养老、失业、医疗、工伤、生育", 11: "养老保险、失业保险、工伤保险", 9: "养老、工伤"}

_REGIONS = Path(__file__).parent.parent / "jineng/people/data/regions.csv"
_BORN = dt.date(1950, 1, 1), dt.date(2002, 12, 31)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红兰建国文志海云林峰鹏飞雪梅宇"


@dataclass(frozen=True)
class Insured:
    """Persons and what was paid for them, an element each; places in `employers` and `MASKS`.

    ``employer``, ``mask``: before and from the line ``changed_at`` on; ``gap_at``: the line after
    which a month was left out (0: none).
    """

    numbers: pa.Array
    names: pa.Array
    employers: pa.Array
    employer: tuple[Ints, Ints]
    mask: tuple[Ints, Ints]
    changed_at: Ints
    gap_at: Ints

    def months(self, line: int) -> Ints:
        """The month of everybody's line of this number, counted from 0."""
        return FIRST_MONTH + line - (line < self.gap_at)

    def employers_of(self, line: int) -> Ints:
        """Who paid then."""
        return np.where(line < self.changed_at, *self.employer)

    def masks_of(self, line: int) -> Ints:
        """What was paid then."""
        return np.array(list(MASKS))[np.where(line < self.changed_at, *self.mask)]

    def facts(self, person: int, on: dt.date) -> tuple[int, int]:
        """Months in a row with pension insurance up to a day, and in all with unemployment
        insurance, as the lines of one person say; the month before the export began is paid too."""
        kinds = {BEFORE: FIRST_KINDS}
        for line in range(MONTHS):
            late = line < self.changed_at[person]
            mask = list(MASKS)[self.mask[0 if late else 1][person]]
            kinds[FIRST_MONTH + line - int(line < self.gap_at[person])] = mask
        until = on.year * 12 + on.month - 1
        row, month = 0, until if until in kinds else until - 1
        while kinds.get(month - row, 0) & 1:
            row += 1
        return row, sum(1 for month, mask in kinds.items() if month <= until and mask & 2)


def insured(persons: int, seed: int = 1) -> Insured:
    """So many persons: a quarter change employers, some their insurances, some have a gap."""
    rng = np.random.default_rng(seed)
    count = max(20, persons // 25)
    employer = rng.integers(0, count, persons)
    changes = rng.random(persons)
    changed_at = np.where(changes < 0.35, rng.integers(1, MONTHS, persons), MONTHS)
    other = np.where(changes < 0.25, rng.integers(0, count, persons), employer)
    mask = rng.choice(len(MASKS), persons, p=[0.7, 0.25, 0.05])
    return Insured(
        numbers=numbers(persons, rng),
        names=names(persons, rng),
        employers=credit_codes(count),
        employer=(employer, other),
        mask=(mask, np.where(changes < 0.25, mask, (mask + 1) % len(MASKS))),
        changed_at=changed_at,
        gap_at=np.where(rng.random(persons) < 0.05, rng.integers(1, MONTHS, persons), 0),
    )


def numbers(count: int, rng: np.random.Generator) -> pa.Array:
    """So many different identity numbers (GB 11643), in no order."""
    with _REGIONS.open(encoding="utf-8") as file:
        places = {int(row["code"]) for row in csv.DictReader(file) if row["kind"] != "province"}
    regions = np.array(sorted(places), dtype=np.int64)
    first, last = _BORN
    days = np.arange(first, last + dt.timedelta(days=1), dtype="datetime64[D]")
    drawn = rng.permutation(len(regions) * len(days))[:count]
    if len(drawn) < count:
        raise SystemExit(f"there are only {len(drawn):,} synthetic identity numbers")
    text = np.datetime_as_string(days).astype("U10")
    dates = np.array([int(day.replace("-", "")) for day in text], dtype=np.int64)
    number = regions[drawn % len(regions)] * 10**11 + dates[drawn // len(regions)] * 1000
    total = np.zeros(count, dtype=np.int64)
    for place, weight in enumerate(reversed(_WEIGHTS)):
        total += number // 10**place % 10 * weight
    check = pa.array(list("10X98765432")).take(pa.array(total % 11))
    return pc.binary_join_element_wise(pa.array(number).cast(pa.string()), check, "")


def names(count: int, rng: np.random.Generator) -> pa.Array:
    """So many names, most of three characters."""
    given = pa.array(list(_GIVEN))
    parts = [
        pa.array(list(_SURNAMES)).take(pa.array(rng.integers(0, len(_SURNAMES), count))),
        given.take(pa.array(rng.integers(0, len(_GIVEN), count))),
        pc.if_else(
            pa.array(rng.random(count) < 0.8),
            given.take(pa.array(rng.integers(0, len(_GIVEN), count))),
            "",
        ),
    ]
    return pc.binary_join_element_wise(*parts, "")


def credit_codes(count: int) -> pa.Array:
    """So many unified social credit codes (GB 32100)."""
    firsts = (f"91420100MA{place:07d}" for place in range(count))
    return pa.array([first + uscc.calc_check_digit(first) for first in firsts])


def lines(people: Insured) -> Iterator[pa.RecordBatch]:
    """The export: month after month, everybody of a month in the order of employers."""
    for line in range(MONTHS):
        yield _lines(people, people.employers_of(line), people.months(line), people.masks_of(line))


def _lines(people: Insured, employers: Ints, months: Ints, masks: Ints) -> pa.RecordBatch:
    order = pa.array(np.argsort(people.employer[0], kind="stable"))
    kinds = pa.array([MASKS.get(place, "") for place in range(32)])
    texts = pa.array(
        [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(BEFORE, BEFORE + MONTHS + 3)]
    )
    firms = pa.array([f"企业{place:06d}有限公司" for place in range(len(people.employers))])
    employer = pa.array(employers).take(order)
    return pa.RecordBatch.from_arrays(
        [
            people.numbers.take(order),
            people.names.take(order),
            people.employers.take(employer),
            firms.take(employer),
            texts.take(pa.array(months - BEFORE).take(order)),
            kinds.take(pa.array(masks).take(order)),
        ],
        names=list(HEADINGS),
    )


def write(people: Insured, path: Path) -> int:
    """Write the export as CSV; how many lines."""
    return _write(lines(people), path)


def write_first(people: Insured, path: Path) -> int:
    """Write one month before the export, in which everybody was insured."""
    months = np.full(len(people.numbers), BEFORE)
    masks = np.full(len(people.numbers), FIRST_KINDS)
    return _write(iter([_lines(people, people.employer[0], months, masks)]), path)


def _write(batches: Iterator[pa.RecordBatch], path: Path) -> int:
    count = 0
    options = pacsv.WriteOptions(include_header=False, quoting_style="none")
    unfinished = path.with_suffix(".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished.open("wb") as file:
        file.write((",".join(HEADINGS) + "\n").encode())
        for batch in batches:
            pacsv.write_csv(batch, file, options)
            count += batch.num_rows
    unfinished.replace(path)
    return count
