"""Files as other systems export them, written for a test."""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

Rows = Sequence[Mapping[str, Any]]


def headings(rows: Rows) -> list[str]:
    """All columns that any row has, in the order in which they come."""
    return list(dict.fromkeys(name for row in rows for name in row))


def csv_text(rows: Rows, delimiter: str = ",") -> str:
    """The rows below their headings."""
    text = io.StringIO()
    writer = csv.DictWriter(text, headings(rows), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(path: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    """A file in the format of its ending: .csv, .csv.gz, .xlsx, .parquet."""
    if path.suffix == ".xlsx":
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            for place, name in enumerate(headings(rows)):
                sheet.write_string(0, place, name)
                for line, row in enumerate(rows, start=1):
                    sheet.write(line, place, row.get(name, ""))
    elif path.suffix == ".parquet":
        columns = {name: [row.get(name) for row in rows] for name in headings(rows)}
        pq.write_table(pa.table(columns), path)
    else:
        content = csv_text(rows).encode(encoding)
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path
