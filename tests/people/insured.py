"""Lines of insurance files, their import, and what comes of it."""

from pathlib import Path
from typing import Any

from django.utils import timezone

from jineng.people.commands.records import How, Imported, import_insurance
from jineng.people.models import ImportRun, InsuranceSpell, Organisation, Person
from tests.access.world import TODAY
from tests.people import files

REGION = "420106"
FULL = "养老、失业、医疗、工伤、生育"


def line(who: Person, firm: Organisation, month: str, kinds: str = FULL, **more: str) -> Any:
    return {
        "身份证号": str(who.identity_number),
        "姓名": who.name,
        "统一社会信用代码": firm.credit_code,
        "费款所属期": month,
        "险种": kinds,
    } | more


def taken(path: Path, how: How | None = None, **given: Any) -> Imported:
    told = {"file_name": path.name, "by": None, "on": TODAY, "at": timezone.now()} | given
    return import_insurance(path, how=how, **told)


def brought(folder: Path, rows: files.Rows, name: str = "a.csv", **given: Any) -> Imported:
    return taken(files.write(folder / name, rows), **given)


def spells(who: Person) -> list[tuple[str, str, int]]:
    """Those in force: first month, last month, mask."""
    rows = InsuranceSpell.objects.filter(person=who, superseded_by=None).order_by("first_month")
    return [(text(row.first_month), text(row.last_month), row.kinds) for row in rows]


def text(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"


def counts(run: ImportRun) -> tuple[int, ...]:
    return run.lines, run.added, run.changed, run.unchanged, run.refused


def months(first: str, count: int) -> list[str]:
    year, month = map(int, first.split("-"))
    return [text(year * 12 + month - 1 + n) for n in range(count)]
