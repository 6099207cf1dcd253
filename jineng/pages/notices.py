"""What is told to whom. A context says so in its module `notices`; the inbox does the telling.

`TELLINGS` of such a module lists tellings: those that follow from events of the log, and those that
follow from the day. What is kept of one are keys and codes; it is put into words when it is read.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jineng.core.models import Event


def _everybody(_user: Any, _on: date) -> bool:
    return True


@dataclass(frozen=True)
class Topic:
    """What a user chooses by. ``concerns``: whether a user is ever told of it.

    ``texts``: it goes by text message too, unless the user says no.
    """

    name: str
    label: Any
    lead: Any
    texts: bool = False
    concerns: Callable[[Any, date], bool] = _everybody


@dataclass(frozen=True)
class Words:
    """A notice in words.

    ``title`` goes out by e-mail and text message, so nothing personal is in it; ``text`` is read on
    the site alone. ``link``: the address of the case, "" where it is gone. ``next_step``: who acts
    next, and what is done; ``due``: by when.
    """

    title: str
    text: str
    link: str
    next_step: str
    due: date | None = None


@dataclass(frozen=True)
class Told:
    """That one user is told something.

    ``about``: what the words are made of, as JSON; never a person's name or number. ``cause``: the
    user is told once for each; of an event, its number. ``case``: what it is about.
    """

    user: int
    about: dict[str, Any] = field(default_factory=dict)
    cause: str = ""
    case: str = ""


@dataclass(frozen=True)
class Telling:
    """Something that users are told. ``urgent``: at once, by the ways that they chose."""

    name: str
    topic: Topic
    words: Callable[[dict[str, Any]], Words]
    urgent: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class OfEvents(Telling):
    """Follows from events of a table.

    ``tells``: of such events, whom each one is told, on the business date. ``settled``: whether
    with an event nobody needs to act any more on what was told of its row.
    """

    table: str
    kinds: frozenset[str]
    tells: Callable[[Sequence[Event], date], Iterable[tuple[Event, Told]]]
    settled: Callable[[Event], bool] | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class OfDays(Telling):
    """Follows from the business date, and is asked for every day: what ends soon, for one."""

    tells: Callable[[date], Iterable[Told]]


def case_of(event: Event) -> str:
    """The row that an event is of, as one text."""
    return f"{event.table_name}:{event.row_id}"
