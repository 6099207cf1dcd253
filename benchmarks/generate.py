"""Write a claims file of synthetic claims, of all schemes and years, the same for the same seed.

python benchmarks/generate.py OUT.parquet --rows 1800000 --seed 1
python benchmarks/generate.py OUT.xlsx --rows 100000 --seed 1 --xlsx
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xlsxwriter
from frame import (
    CODE,
    WORK,
    Bools,
    Frame,
    Ints,
    Random,
    build,
    chance,
    day,
    draw,
    employer_count,
    whole,
)
from vocabulary import (
    BIRTHPLACES,
    FILLED,
    GROUPS,
    OCCUPATIONS,
    PROGRAMMES,
    REGIONS,
    SCHEMES,
    words,
)

ROW_GROUP = 122_880
MISSING = 0.006  # how often a cell that the decision reads is empty
FAILING = 0.03  # how often a yes that a condition asks for is a no

_TEXT = words(
    "claim_id scheme region person_id employer_id institution_id platform_id training_id "
    "occupation level training_mode certificate_type certificate_no contract_months hire_status "
    "enterprise_size enterprise_industry person_groups service_month competition_id "
    "competition_level programme"
)
_DATES = words(
    "applied_on training_start training_end plan_filed_on certificate_issued_on contract_signed_on"
)
_WHOLE = words(
    "town_months social_insurance_months unemployment_insurance_months apprenticeship_year days"
)
_COLUMNS = words(
    "claim_id scheme applied_on region person_id employer_id institution_id platform_id "
    "training_id occupation level training_mode platform_licensed platform_accredited "
    "institution_listed project_approved project_designated trained_in_own_region hours "
    "training_start training_end plan_filed_on passed certificate_type certificate_no "
    "certificate_issued_on certificate_verified contract_signed_on contract_months hire_status "
    "employed_at_training town_months social_insurance_months unemployment_insurance_months "
    "still_employed enterprise_size enterprise_industry enterprise_suspended enterprise_insured "
    "pillar_or_key person_groups service_month wage_paid competition_id competition_level "
    "competition_planned competition_main_business finalist apprenticeship_year "
    "apprentice_agreement days programme fee_yuan cap_exempt blacklisted"
)


def _type(column: str) -> pa.DataType:
    if column in _TEXT:
        return pa.string()
    if column in _DATES:
        return pa.date32()
    if column in _WHOLE:
        return pa.int64()
    return {"hours": pa.float64(), "fee_yuan": pa.decimal128(10, 2)}.get(column, pa.bool_())


SCHEMA = pa.schema([(column, _type(column)) for column in _COLUMNS])


def numbered(prefix: str, width: int, numbers: Ints) -> pa.Array:
    """Text such as P0001234 for each number."""
    head = prefix.encode()
    text = np.empty((len(numbers), len(head) + width), np.uint8)
    text[:, : len(head)] = np.frombuffer(head, np.uint8)
    rest = numbers.astype(np.int64)
    for place in range(text.shape[1] - 1, len(head) - 1, -1):
        text[:, place] = 48 + rest % 10
        rest //= 10
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * text.shape[1]
    return pa.StringArray.from_buffers(
        len(numbers), pa.py_buffer(offsets), pa.py_buffer(text.tobytes())
    )


def pick(choices: list[str], indexes: Ints) -> pa.Array:
    """The choice of each index."""
    return pa.array(choices).take(pa.array(indexes))


def identity_numbers(count: int, rng: Random) -> pa.Array:
    """Distinct synthetic identity numbers: sequence code 000, and so one per place and birthday."""
    first, last = day(dt.date(1986, 1, 1)), day(dt.date(2003, 12, 31))
    drawn = rng.choice(len(BIRTHPLACES) * (last - first + 1), count, replace=False)
    births = (np.arange(first, last + 1)[drawn // len(BIRTHPLACES)]).astype("datetime64[D]")
    year = births.astype("datetime64[Y]")
    month = births.astype("datetime64[M]")
    ymd = (year.astype(int) + 1970) * 10000 + (month - year).astype(int) * 100 + 100
    ymd += (births - month).astype(int) + 1
    numbers = np.array(BIRTHPLACES, np.int64)[drawn % len(BIRTHPLACES)] * 10**11 + ymd * 1000
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(w * (numbers // 10 ** (16 - place) % 10) for place, w in enumerate(weights))
    check = pick(list("10X98765432"), np.asarray(total) % 11)
    return pc.binary_join_element_wise(pc.cast(pa.array(numbers), pa.string()), check, "")


class Claims:
    """The table of a frame's claims, made a slice at a time."""

    def __init__(self, frame: Frame, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        self.frame = frame
        self.seed = seed
        # There are no more numbers than places and birthdays.
        share = min(0.12, 200_000 / frame.persons)
        identified = chance(rng, frame.persons, share)
        self.identity_of = np.where(identified, np.cumsum(identified) - 1, -1)
        self.identities = identity_numbers(int(identified.sum()), rng)
        employers = employer_count(frame.persons)
        self.size = draw(rng, employers, [30, 35, 22, 13])
        self.industry = draw(rng, employers, [5, 5, 12, 4, 5, 8, 11, 50])
        self.suspended = chance(rng, employers, 0.15)
        self.insured = chance(rng, employers, 0.9)

    def batches(self) -> Iterator[pa.Table]:
        """The claims in the order of the frame, one row group after another."""
        rows = len(self.frame.scheme)
        for number, low in enumerate(range(0, rows, ROW_GROUP)):
            rng = np.random.default_rng([self.seed, 2, number])
            yield _Slice(self, slice(low, min(low + ROW_GROUP, rows)), rng).table()


class _Slice:
    def __init__(self, claims: Claims, part: slice, rng: Random) -> None:
        self.claims, self.rng = claims, rng
        frame = claims.frame
        self.number = frame.number[part]
        self.person = frame.person[part]
        self.scheme = frame.scheme[part]
        self.applied = frame.applied[part]
        self.month = frame.service_month[part]
        self.training = frame.training[part]
        self.n = len(self.scheme)
        self.employer = frame.trainings.employer[self.training]
        self.columns: dict[str, pa.Array] = {}

    def table(self) -> pa.Table:
        """Every column of the claims file, with cells emptied where nobody would know them."""
        self._identifiers()
        self._training()
        self._certificate()
        self._employment()
        self._groups()
        self._schemes_own()
        for column, (asked, usual) in FILLED.items():
            self._empty(column, asked.split(), usual.split())
        columns = [pc.cast(self.columns[field.name], field.type) for field in SCHEMA]
        return pa.table(columns, schema=SCHEMA)

    def _yes(self, column: str, p: float = 1 - FAILING) -> Bools:
        values = chance(self.rng, self.n, p)
        self.columns[column] = pa.array(values)
        return values

    def _days(self, column: str, days: Ints) -> None:
        self.columns[column] = pa.array(days, pa.int32()).cast(pa.date32())

    def _keep(self, column: str, known: Bools) -> None:
        values = self.columns[column]
        self.columns[column] = pc.if_else(pa.array(known), values, pa.scalar(None, values.type))

    def _is(self, *schemes: str) -> Bools:
        return np.isin(self.scheme, [CODE[s] for s in schemes])

    def _empty(self, column: str, asked: list[str], usual: list[str]) -> None:
        known = np.zeros(len(SCHEMES), np.float32)
        known[[CODE[s] for s in usual]] = 0.75
        known[[CODE[s] for s in asked]] = 1 - MISSING
        self._keep(column, self.rng.random(self.n, dtype=np.float32) < known[self.scheme])

    def _identifiers(self) -> None:
        rng, n, of = self.rng, self.n, self.columns
        # Prefixes and unpadded numbers, so that code points and numbers sort differently.
        heads = pick(["C", "C-", "c", "鄂C"], draw(rng, n, [85.0, 5, 5, 5]))
        unpadded = pc.cast(pa.array(self.number), pa.string())
        padded = numbered("", 8, self.number)
        digits = pc.if_else(pa.array(chance(rng, n, 0.1)), unpadded, padded)
        of["claim_id"] = pc.binary_join_element_wise(heads, digits, "")
        of["scheme"] = pick(SCHEMES, self.scheme)
        self._days("applied_on", self.applied)
        region = self.claims.frame.region[self.person]
        moved = np.where(chance(rng, n, 0.03), whole(rng, n, 0, len(REGIONS) - 1), region)
        of["region"] = pick(REGIONS, moved)
        identity = self.claims.identity_of[self.person]
        of["person_id"] = pc.if_else(
            pa.array(identity >= 0),
            self.claims.identities.take(pa.array(np.maximum(identity, 0))),
            numbered("P", 7, self.person),
        )
        of["employer_id"] = numbered("E", 6, self.employer)
        of["institution_id"] = numbered("F", 4, self.training * 31 % 900)
        of["platform_id"] = numbered("L", 2, self.training % 40)
        of["training_id"] = numbered("T", 8, self.training)
        of["cap_exempt"] = pa.array(chance(rng, n, 0.04))
        self._keep("cap_exempt", chance(rng, n, 0.5))
        self._yes("blacklisted", 0.012)
        self._keep("blacklisted", chance(rng, n, 0.6))

    def _training(self) -> None:
        rng, n, of, trainings = self.rng, self.n, self.columns, self.claims.frame.trainings
        of["occupation"] = pick(OCCUPATIONS, trainings.occupation[self.training])
        of["level"] = numbered("", 1, trainings.level[self.training])
        mode = trainings.mode[self.training]
        of["training_mode"] = pick(["online", "blended", "offline"], mode)
        self._yes("platform_licensed", 0.96)
        self._yes("platform_accredited", 0.96)
        # Offline, nobody asks which platform: its cells are mostly empty.
        used = (mode < 2) | chance(rng, n, 0.05)
        for column in ("platform_licensed", "platform_accredited", "platform_id"):
            self._keep(column, used & ~self._is("WORK", "COMP"))
        for column in ("institution_listed", "project_approved", "project_designated"):
            self._yes(column)
        self._yes("trained_in_own_region")
        usual = np.array([20.0, 24, 32, 40, 60, 80, 120, 160])[whole(rng, n, 0, 7)]
        short = np.array([8.0, 16, 19, 19.5])[whole(rng, n, 0, 3)]
        of["hours"] = pa.array(np.where(chance(rng, n, 0.03), short, usual))
        self._days("training_start", trainings.start[self.training])
        self._days("training_end", trainings.end[self.training])
        self._days("plan_filed_on", trainings.plan_filed[self.training])
        self._yes("passed")

    def _certificate(self) -> None:
        rng, n, of = self.rng, self.n, self.columns
        kinds = ["qualification", "skill_level", "special_ability", "special_operation"]
        kinds.append("training_completion")
        by_level = draw(rng, n, [20.0, 77, 1, 0.5, 1.5])
        any_kind = draw(rng, n, [15.0, 45, 12, 8, 20])
        only_level = draw(rng, n, [1.0, 98.5, 0, 0, 0.5])
        kind = np.where(self._is("FREE", "GRAD", "ENTR", "VETE", "SPEC"), any_kind, by_level)
        kind = np.where(self._is("STUD"), only_level, kind).astype(np.int32)
        of["certificate_type"] = pick(kinds, kind)
        of["certificate_no"] = numbered("Z", 8, self.training)
        self._days("certificate_issued_on", self.claims.frame.trainings.issued[self.training])
        self._yes("certificate_verified", 0.975)

    def _employment(self) -> None:
        rng, n, of, claims = self.rng, self.n, self.columns, self.claims
        self._days("contract_signed_on", claims.frame.trainings.signed[self.training])
        terms = ["12", "24", "36", "60", "open", "6", "11", "3"]
        of["contract_months"] = pick(terms, draw(rng, n, [35, 12, 32, 8, 12, 1, 1, 0.5]))
        at_work = draw(rng, n, [58.0, 12, 30])
        hired = np.where(self.scheme == WORK, at_work, draw(rng, n, [97.5, 0.7, 1.8]))
        staff = self._is("POST", "APPR")
        of["hire_status"] = pick(["new", "waiting", "existing"], np.where(staff, 2, hired))
        of["social_insurance_months"] = pa.array(self._months(3, 30, 0, 2, 0.03))
        of["unemployment_insurance_months"] = pa.array(self._months(12, 240, 2, 11, 0.035))
        self._yes("still_employed", 0.97)
        sizes = words("micro small medium large")
        industries = words(
            "foreign_trade accommodation catering culture tourism transport wholesale_retail other"
        )
        of["enterprise_size"] = pick(sizes, claims.size[self.employer])
        of["enterprise_industry"] = pick(industries, claims.industry[self.employer])
        of["enterprise_suspended"] = pa.array(claims.suspended[self.employer])
        of["enterprise_insured"] = pa.array(claims.insured[self.employer])
        self._yes("pillar_or_key", 0.96)

    def _months(self, enough: int, most: int, few: int, nearly: int, failing: float) -> Ints:
        """Months of insurance: at the limit for some, short of it for a few."""
        rng, n = self.rng, self.n
        months = np.where(chance(rng, n, 0.1), enough, whole(rng, n, enough, most))
        return np.where(chance(rng, n, failing), whole(rng, n, few, nearly), months)

    def _groups(self) -> None:
        rng, n, of = self.rng, self.n, self.columns
        cells = sorted({cell for mix in GROUPS.values() for cell in mix})
        chosen = np.zeros(n, np.int32)
        for code, scheme in enumerate(SCHEMES):
            mix = GROUPS.get(scheme, GROUPS[""])
            those = self.scheme == code
            drawn = draw(rng, int(those.sum()), list(mix.values()))
            chosen[those] = np.array([cells.index(cell) for cell in mix], np.int32)[drawn]
        of["person_groups"] = pick(cells, chosen)
        migrant = np.array(["migrant" in cell for cell in cells])[chosen]
        employed = self._yes("employed_at_training", 0.9)
        # A plain employee who is no migrant is seldom recorded as anything else.
        of["employed_at_training"] = pa.array(employed | (~migrant & chance(rng, n, 0.9)))
        of["town_months"] = pa.array(whole(rng, n, 4, 60))
        self._keep("town_months", np.where(migrant, chance(rng, n, 0.96), chance(rng, n, 0.05)))

    def _schemes_own(self) -> None:
        rng, n, of = self.rng, self.n, self.columns
        months = [f"{year}-{month:02}" for year in range(2019, 2023) for month in range(1, 13)]
        of["service_month"] = pick(months, np.clip(self.month - 12 * 49, 0, 47))
        self._yes("wage_paid")
        contest = np.where(chance(rng, n, 0.25), self.person % 5000, whole(rng, n, 0, 4999))
        of["competition_id"] = numbered("G", 4, contest)
        levels = words("county city province nation enterprise")
        level = draw(rng, n, [35.0, 25, 12, 3, 25])
        of["competition_level"] = pick(levels, level)
        comp, own, odd = self._is("COMP"), level == 4, chance(rng, n, 0.004)
        self._yes("competition_planned", 0.98)
        self._keep("competition_planned", comp & (~own ^ odd))
        self._yes("competition_main_business", 0.96)
        self._keep("competition_main_business", comp & (own ^ odd))
        self._yes("finalist", 0.95)
        of["apprenticeship_year"] = pa.array(1 + draw(rng, n, [60.0, 30, 10]))
        self._yes("apprentice_agreement", 0.97)
        of["days"] = pa.array(whole(rng, n, 5, 90))
        of["programme"] = pick(PROGRAMMES, whole(rng, n, 0, len(PROGRAMMES) - 1))
        fen = whole(rng, n, 8, 60) * 5000 + np.where(chance(rng, n, 0.1), whole(rng, n, 0, 99), 0)
        yuan = pc.cast(pa.array(fen), pa.decimal128(10, 0))
        hundredth = pa.scalar("0.01", pa.string()).cast(pa.decimal128(3, 2))
        of["fee_yuan"] = pc.multiply(yuan, hundredth)


def write_parquet(claims: Claims, path: Path) -> None:
    """Write the claims a row group at a time."""
    with pq.ParquetWriter(path, SCHEMA) as writer:
        for table in claims.batches():
            writer.write_table(table)


def write_xlsx(claims: Claims, path: Path) -> None:
    """Write the claims as one sheet: dates as Excel dates, yes and no as text, no empty cell."""
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("claims")
        sheet.write_row(0, 0, SCHEMA.names)
        row = 0
        for table in claims.batches():
            for cells in zip(*(column.to_pylist() for column in table.columns), strict=True):
                row += 1
                for place, cell in enumerate(cells):
                    if cell is None:
                        continue
                    if isinstance(cell, bool):
                        sheet.write_string(row, place, "yes" if cell else "no")
                    elif isinstance(cell, str):
                        sheet.write_string(row, place, cell)
                    elif isinstance(cell, dt.date):
                        sheet.write_datetime(row, place, cell)
                    else:
                        sheet.write_number(row, place, cell)


def main() -> None:
    """Write the file that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=1_800_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--xlsx", action="store_true", help="an Excel workbook, not Parquet")
    options = parser.parse_args()
    began = time.perf_counter()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    frame = build(options.rows, np.random.default_rng([options.seed, 0]))
    write = write_xlsx if options.xlsx else write_parquet
    write(Claims(frame, options.seed), options.out)
    seconds = time.perf_counter() - began
    print(f"{options.out}: {options.rows} claims in {seconds:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
