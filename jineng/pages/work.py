"""What work is made of, as homes, lists and timelines show it: what waits, and what was done.

Contexts say what waits in their own `queries`, as queues; all of somebody's queues are counted in
one statement.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import F, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from jineng.core.calendar import business_time
from jineng.pages.planned import Planned
from jineng.pages.working_days import Day, working_days_left

#: More than this are not counted.
MOST_COUNTED = 999
#: So many working days before its last day something is urgent.
SOON = 2


@dataclass(frozen=True)
class Queue:
    """Rows of one kind that wait for somebody, or that somebody waits for.

    ``since``: the column with the day or moment from which on a row waits. ``term``: the last
    day on which it is to be done, reckoned from that one. ``ends``: the column is itself the last
    day. ``mine``: it waits for whoever looks at it, and not they for it. ``note``: what is to be
    said of the first moment, or of that of another column, ``noted``. ``counted``: whether it
    matters how many there are.
    """

    title: Any
    url: str
    icon: str
    rows: QuerySet[Any]
    since: str
    term: Callable[[date], Day] | None = None
    ends: bool = False
    mine: bool = True
    note: Callable[[datetime], Any] | None = None
    noted: str = ""
    counted: bool = True


@dataclass(frozen=True)
class Waiting:
    """A queue that is not empty. ``count``: 0 where it does not matter; ``more``: there are more
    than that; ``due``: of the first.
    """

    title: Any
    url: str
    icon: str
    count: int
    more: bool = False
    since: date | None = None
    due: Day | None = None
    left: int | None = None
    mine: bool = True
    note: Any = ""

    @property
    def tone(self) -> str:
        """How much haste there is, as states are coloured."""
        if self.left is None or self.left > SOON:
            return "plain"
        return "bad" if self.left < 0 else "waiting"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What there is to say of it, each with a tone; made here, where it costs least."""
        told = []
        if self.due:
            words = _("%(day)s 到期（暂定）") if self.due.provisional else _("%(day)s 到期")
            told.append((words % {"day": self.due.on.isoformat()}, "plain"))
        if self.left is not None:
            told.append((_left(self.left), self.tone))
        if self.since:
            told.append((_("最早 %(day)s") % {"day": self.since.isoformat()}, "plain"))
        if self.note:
            told.append((str(self.note), "plain"))
        return told


def _left(days: int) -> str:
    if days < 0:
        return _("已逾期")
    if days == 0:
        return _("今天到期")
    return _("还有 %(days)s 个工作日") % {"days": days}


@dataclass(frozen=True)
class Done:
    """Something that happened. ``url``: "" where it leads nowhere; ``count``: things at once."""

    at: datetime
    what: Any
    who: str = ""
    about: str = ""
    url: str = ""
    count: int = 1

    @property
    def moment(self) -> str:
        """When, as a list says it."""
        return f"{business_time(self.at):%m-%d %H:%M}"

    @property
    def instant(self) -> str:
        """When, for machines."""
        return business_time(self.at).isoformat()


@dataclass(frozen=True)
class Made:
    """Things of one kind that somebody made.

    ``what``: what was done; ``view``: the page of one, by its key; ``rows``: `moment`, `named` and
    `key` of each, the latest first.
    """

    what: Any
    view: str
    rows: "QuerySet[Any, Any]"


@dataclass(frozen=True)
class CaseStep:
    """A step of a case's timeline. ``state``: done, current or coming.

    ``who`` did it, or acts next, by ``due``; ``note``: why, or what came of it.
    """

    what: Any
    state: str
    who: Any = ""
    at: datetime | None = None
    due: Day | None = None
    note: Any = ""


@dataclass(frozen=True)
class Asking:
    """Queues, and the statement that counts them all; None where nothing can be in any of them."""

    queues: tuple[Queue, ...]
    planned: Planned | None
    given: Sequence[Any]

    @classmethod
    def of(cls, queues: Iterable[Queue]) -> "Asking":
        """The statement for these queues: to make it takes longer than to ask it."""
        all_, parts, params = tuple(queues), [], list[Any]()
        for number, queue in enumerate(all_):
            # A queue that nothing can be in is not asked for.
            with suppress(EmptyResultSet):
                noted = F(queue.noted or queue.since)
                rows = queue.rows.order_by(queue.since).values(queue.since, noted=noted)
                sql, given = rows[: MOST_COUNTED + 1].query.sql_with_params()
                parts.append(
                    f"SELECT {number}, count(*), min(day)::timestamptz, min(noted)::timestamptz"  # noqa: S608
                    f" FROM ({sql}) AS q (day, noted)"
                )
                params.extend(given)
        if not parts:
            return cls(all_, None, ())
        return cls(all_, *Planned.of(" UNION ALL ".join(parts), params))

    def waiting(self, *, on: date) -> list[Waiting]:
        """The queues that are not empty, the most urgent first."""
        if self.planned is None:
            return []
        found = [
            _waiting(self.queues[at], count, first, noted, on)
            for at, count, first, noted in self.planned.rows(self.given)
            if count
        ]
        return sorted(found, key=_urgency)


def _waiting(queue: Queue, count: int, first: datetime, noted: datetime, on: date) -> Waiting:
    # What was asked after the business date, where that is fixed, was asked today.
    day = localdate(first)
    due = None
    if queue.ends:
        due = Day(day)
    elif queue.term:
        due = queue.term(min(day, on))
    return Waiting(
        title=queue.title,
        url=queue.url,
        icon=queue.icon,
        count=min(count, MOST_COUNTED) if queue.counted else 0,
        more=count > MOST_COUNTED,
        since=None if queue.ends else min(day, on),
        due=due,
        left=working_days_left(on, due.on) if due else None,
        mine=queue.mine,
        note=queue.note(noted) if queue.note else "",
    )


def _urgency(one: Waiting) -> tuple[bool, date, date]:
    return (one.due is None, one.due.on if one.due else date.max, one.since or date.max)
