"""Claims files for tests, made at run time. The persons are nobody's."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from jineng.policy.facts import FACT
from jineng.policy.identity import check_character

#: A claim for pre-job training that meets every condition: 500 yuan.
GOOD: dict[str, Any] = {
    "claim_id": "C-1",
    "scheme": "PRE",
    "applied_on": "2020-10-15",
    "region": "420100",
    "person_id": "P-1",
    "employer_id": "E-1",
    "training_id": "T-1",
    "training_mode": "offline",
    "hours": "24",
    "training_start": "2020-08-01",
    "training_end": "2020-08-20",
    "plan_filed_on": "2020-07-25",
    "passed": "yes",
    "contract_signed_on": "2020-07-01",
    "contract_months": "12",
    "hire_status": "new",
    "social_insurance_months": "3",
    "still_employed": "yes",
}


def claim(number: int, **changes: Any) -> dict[str, Any]:
    """A good claim of its own person, with something changed."""
    own = {"claim_id": f"C-{number}", "person_id": f"P-{number}"}
    return GOOD | own | changes


def identity_number(born: str = "19900101") -> str:
    """An identity number that is given to nobody: its sequence is 000."""
    first = f"420106{born}000"
    return first + check_character(first)


def csv_bytes(claims: Iterable[dict[str, Any]]) -> bytes:
    """Claims as a CSV file."""
    lines = list(claims)
    names = list(dict.fromkeys(name for line in lines for name in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def upload(claims: Iterable[dict[str, Any]], name: str = "申领表.csv") -> SimpleUploadedFile:
    """Claims as a CSV file that a browser sends."""
    return SimpleUploadedFile(name, csv_bytes(claims), "text/csv")


def workbook(path: Path, lines: list[dict[str, Any]]) -> Path:
    """Claims as a workbook with Chinese headings."""
    names = [name for name in FACT if any(line.get(name) is not None for line in lines)]
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("申领表")
        sheet.write_row(0, 0, [FACT[name].heading for name in names])
        for row, line in enumerate(lines, 1):
            for column, name in enumerate(names):
                if line.get(name) is not None:
                    sheet.write(row, column, _cell(line[name]))
    return path


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, int | float) else str(value)


#: Three decisions, one of each outcome, and a second claim that the first one stops.
MIXED = [
    claim(1),
    claim(2, contract_months="11", region="420500"),
    claim(3, social_insurance_months=""),
    claim(4, person_id="P-1", applied_on="2020-10-16", training_id="T-2"),
]
