"""Reference data of `people`: the division codes of Hubei, as they were and are.

`data/regions.csv` holds GB/T 2260 with the changes that the State Council and the Ministry of Civil
Affairs announced; `python-stdnum` carries the same codes for identity numbers. `from` is the first
day and `to` the first day no more; a year alone means that only the year is known, and counts from
its 1 January. `successor` is the code that went on in its place, where one did.
"""

import csv
from datetime import date
from pathlib import Path

from jineng.people.models import Region

REGIONS = Path(__file__).with_name("data") / "regions.csv"


def load() -> int:
    """Brings the regions up to date; how many rows that changed."""
    lines = list(csv.DictReader(REGIONS.read_text("utf-8").splitlines()))
    known = {(region.code, region.valid_from): region for region in Region.objects.all()}
    regions: list[Region] = []
    changed = 0
    # Provinces come before prefectures, and those before counties.
    for line in sorted(
        lines, key=lambda one: ("province", "prefecture", "county").index(one["kind"])
    ):
        region = known.get((line["code"], day(line["from"])))
        region = region or Region(code=line["code"], valid_from=day(line["from"]))
        changed += _put(
            region,
            name=line["name"],
            kind=line["kind"],
            valid_to=day(line["to"]),
            parent=_latest(regions, line["parent"], region.valid_from, day(line["to"])),
        )
        regions.append(region)
    successors = {(one["code"], day(one["from"])): one["successor"] for one in lines}
    for region in regions:
        code = successors[region.code, region.valid_from]
        changed += _put(region, successor=_in_force(regions, code, region.valid_to))
    return changed


def day(text: str) -> date | None:
    """A day as the file writes it: `2020-06-12`, `2020`, or nothing."""
    return date.fromisoformat(f"{text}-01-01" if len(text) == 4 else text) if text else None


def _put(region: Region, **fields: object) -> int:
    """Saves the region where a field differs; 1 if so."""
    if region.pk is not None and all(getattr(region, name) == fields[name] for name in fields):
        return 0
    for name, value in fields.items():
        setattr(region, name, value)
    region.save()
    return 1


def _latest(regions: list[Region], code: str, first: date | None, to: date | None) -> Region | None:
    """The last region of this code that was in force within these days."""
    found = [
        one
        for one in regions
        if one.code == code
        and (one.valid_to or date.max) > (first or date.min)
        and (one.valid_from or date.min) < (to or date.max)
    ]
    return max(found, key=lambda one: one.valid_from or date.min, default=None)


def _in_force(regions: list[Region], code: str, on: date | None) -> Region | None:
    """The region of this code that is in force on this day."""
    if on is None:
        return None
    return _latest(regions, code, on, date.fromordinal(on.toordinal() + 1))
