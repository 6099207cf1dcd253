"""Where people live: the counties of Hubei, and how many live in each."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from jineng import people

REGIONS = Path(people.__file__).parent / "data" / "regions.csv"

Ints = NDArray[np.int64]
Shares = NDArray[np.float64]

#: Ten thousands of inhabitants of cities and prefectures, about as the census of 2010 has them.
_CITIES = {
    "420100": 979, "420200": 243, "420300": 334, "420500": 406, "420600": 550, "420700": 105,
    "420800": 287, "420900": 481, "421000": 569, "421100": 616, "421200": 246, "421300": 216,
    "422800": 329, "429004": 118, "429005": 95, "429006": 142, "429021": 8,
}  # fmt: skip
#: And of the districts of Wuhan, which differ most.
_WUHAN = {
    "420102": 90, "420103": 68, "420104": 83, "420105": 79, "420106": 120, "420107": 49,
    "420111": 105, "420112": 45, "420113": 11, "420114": 44, "420115": 64, "420116": 87,
    "420117": 85,
}  # fmt: skip
#: Counties that were poor until 2019 or 2020, beside all of Enshi.
POOR = frozenset(
    {
        "420222",
        "420304",
        "420322",
        "420323",
        "420324",
        "420325",
        "420381",
        "420527",
        "420528",
        "420529",
        "420626",
        "420921",
        "420922",
        "421121",
        "421122",
        "421123",
        "421124",
        "421126",
        "421181",
        "429021",
    }
)
#: Where old industries let people go into other work.
INDUSTRIAL = frozenset(
    {
        "420107",
        "420202",
        "420203",
        "420204",
        "420205",
        "420281",
        "420302",
        "420303",
        "420704",
    }
)


@dataclass(frozen=True)
class Places:
    """Counties, an element each, and places without one below them; ``codes`` are in order."""

    codes: list[str]
    names: list[str]
    cities: list[str]
    shares: Shares

    @property
    def numbers(self) -> Ints:
        """The codes as numbers."""
        return np.array([int(code) for code in self.codes], dtype=np.int64)

    @property
    def city(self) -> Ints:
        """For each, the city's or prefecture's code as a number."""
        return np.array([int(code) for code in self.cities], dtype=np.int64)

    def place(self, code: str) -> int:
        """Where a code stands."""
        return self.codes.index(code)

    def are(self, codes: frozenset[str]) -> NDArray[np.bool_]:
        """Which of them are of these codes."""
        return np.array([code in codes for code in self.codes], dtype=bool)

    @property
    def are_poor(self) -> NDArray[np.bool_]:
        """Which were poor counties."""
        return self.are(POOR) | (self.city == 422800)

    @property
    def are_urban(self) -> NDArray[np.bool_]:
        """Which are districts of a city."""
        return np.array([name.endswith("区") for name in self.names], dtype=bool)


@cache
def names() -> dict[str, str]:
    """The name of every region in force, by code."""
    with REGIONS.open(encoding="utf-8") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file) if not row["to"]}


@cache
def places() -> Places:
    """Those in force."""
    with REGIONS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if not row["to"]]
    parents = {row["parent"] for row in rows if row["kind"] == "county"}
    lowest = [
        row
        for row in sorted(rows, key=lambda row: row["code"])
        if row["kind"] == "county" or (row["kind"] == "prefecture" and row["code"] not in parents)
    ]
    cities = [row["parent"] if row["kind"] == "county" else row["code"] for row in lowest]
    weights = np.array(
        [
            _WUHAN.get(row["code"], _CITIES[city] / cities.count(city))
            for row, city in zip(lowest, cities, strict=True)
        ]
    )
    return Places(
        [row["code"] for row in lowest],
        [row["name"] for row in lowest],
        cities,
        weights / weights.sum(),
    )


@cache
def birthplaces() -> Ints:
    """Every code that identity numbers of Hubei bear, former ones too, but the province's own."""
    with REGIONS.open(encoding="utf-8") as file:
        found = {
            int(row["code"])
            for row in csv.DictReader(file)
            if (row["kind"] == "county" and not "" < row["to"][:4] < "1985")
            or row["code"].startswith("4290")
        }
    return np.array(sorted(found), dtype=np.int64)
