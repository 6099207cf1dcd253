"""Names of regions, for reading."""

from __future__ import annotations

import csv
from pathlib import Path

import jineng.people

_REGIONS = Path(str(jineng.people.__file__)).with_name("data") / "regions.csv"


def region_names() -> dict[str, str]:
    """The latest name of each region by its code."""
    with _REGIONS.open(encoding="utf-8", newline="") as file:
        return {line["code"]: line["name"] for line in csv.DictReader(file)}
