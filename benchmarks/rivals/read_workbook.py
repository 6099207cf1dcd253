"""Read every value of a workbook with openpyxl, and do nothing with it.

python benchmarks/rivals/read_workbook.py BOOK.xlsx
"""

from __future__ import annotations

import sys
from pathlib import Path

from openpyxl import load_workbook


def main(path: str) -> None:
    """Read the book the fast way, rows of values, and say how many cells are filled."""
    book = load_workbook(Path(path), read_only=True)
    filled = 0
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            filled += sum(value is not None for value in row)
    print(f"{filled} cells", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
