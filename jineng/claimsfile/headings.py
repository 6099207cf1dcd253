"""Finding the row of headings among the first rows of a file."""

from __future__ import annotations

from collections.abc import Sequence

from jineng.claimsfile.errors import FileError
from jineng.policy.intake import fact_of_heading, nearest_heading

#: Headings are looked for in so many rows: a title or a note may stand above them.
FIRST_ROWS = 10
#: A row with so many known headings is the row of headings, whatever stands above it.
_PLAINLY = 3


def heading_row(rows: Sequence[Sequence[str]]) -> int | None:
    """The place of the row of headings among the first rows; None where there is none.

    The first row that plainly is one; else the first row in which anything stands, if it has a
    heading of the contract.
    """
    counts = [known_headings(row) for row in rows[:FIRST_ROWS]]
    for place, count in enumerate(counts):
        if count >= _PLAINLY:
            return place
    for place, row in enumerate(rows[:FIRST_ROWS]):
        if any(cell.strip() for cell in row):
            return place if counts[place] else None
    return None


def known_headings(row: Sequence[str]) -> int:
    """How many different columns of the contract a row names."""
    named = {fact_of_heading(cell, history=True) for cell in row if cell.strip()}
    return len(named - {None})


def no_headings(rows: Sequence[Sequence[str]], where: str) -> FileError:
    """The error where no row of headings was found: what was found, and what comes nearest."""
    first = next((row for row in rows if any(cell.strip() for cell in row)), None)
    advice = "请在第一行填写列名（如“申请编号”“补贴项目”），可照 Excel 模板填写"
    if first is None:
        return FileError(f"{where}是空的，没有任何内容", advice)
    found = [" ".join(cell.split()) for cell in first if cell.strip()]
    near = "、".join(f"“{_short(cell)}”最接近“{nearest_heading(cell)}”" for cell in found[:3])
    return FileError(f"{where}没有认得的列名（{near}）", advice)


def nothing_below(where: str) -> FileError:
    """The error where headings stand above nothing."""
    return FileError(f"{where}只有表头，下面没有任何申请", "请在表头下面填写，每行一个申请")


def _short(text: str) -> str:
    return text if len(text) <= 20 else text[:20] + "…"
