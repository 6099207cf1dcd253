"""Persons who are not drawn: those whom the cast, officials and staff are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

#: Months are counted from September 2018; the last that insurance tells of is August 2020.
FIRST_MONTH = 2018 * 12 + 8
MONTHS = 24


@dataclass(frozen=True)
class Job:
    """An employment; ``firm``: the place among the enterprises; ``last``: None, until further.

    ``kinds``: the mask of insurances that are paid; ``unpaid``: months left out in between.
    """

    firm: int
    first: int
    last: int | None = None
    kinds: int = 31
    contract: int = 36
    unpaid: tuple[int, ...] = ()


@dataclass(frozen=True)
class Group:
    """That somebody belongs to a group since a day."""

    code: str
    since: date


@dataclass(frozen=True)
class Fixed:
    """Somebody as they are told of; without a name, one is drawn.

    ``home``, ``works``: county codes of where they live and work.
    """

    name: str
    male: bool
    born: date
    home: str
    household: str = ""
    works: str = ""
    education: str = "senior"
    jobs: tuple[Job, ...] = ()
    groups: tuple[Group, ...] = ()
