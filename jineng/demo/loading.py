"""A province brought into an empty database, as those who work there would have brought it.

All of it is one transaction: whatever ends the process, the database is empty as before, and the
next start begins anew. Two at once wait for each other, and the later finds the work done.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import Group
from django.db import connection, transaction
from procrastinate.exceptions import AlreadyEnqueued

from jineng.core.events import coming_from
from jineng.core.tasks import seal_events
from jineng.demo import batches, chances, entries, imports, policy, trials, users
from jineng.demo.cast import GROUP
from jineng.demo.province import Province, province
from jineng.demo.users import Users
from jineng.inbox.reading import begin
from jineng.people.models import Organisation, Person, User

#: See core.locks; nobody else takes it.
LOCK = 0x6A6E5EAD
Progress = Callable[[str], None]


class NotEmpty(Exception):
    """The database holds data of somebody's; they are left alone."""


@dataclass(frozen=True)
class Loading:
    """What the steps work on: the province, its users, a folder for files."""

    province: Province
    users: Users
    folder: Path


def is_empty() -> bool:
    """Whether the database holds nobody and nothing yet."""
    return not any(model.objects.exists() for model in (User, Person, Organisation))


def is_there() -> bool:
    """Whether what it holds is a demo's."""
    return Group.objects.filter(name=GROUP).exists()


def load(count: int, seed: int, tell: Progress) -> None:
    """Makes a province of so many persons up and loads it. Raises NotEmpty, ValueError."""
    with (
        coming_from("jineng demo"),
        transaction.atomic(),
        tempfile.TemporaryDirectory(prefix="jineng-demo-") as folder,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if not is_empty():
            raise NotEmpty
        # Checked with each statement: kept for the end, those of millions of rows fill the memory.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        tell(f"编制演示省：{count:,} 人")
        made = province(count, seed)
        tell("登记部门和工作人员")
        seated = users.officials(made)
        loading = Loading(made, seated, Path(folder))
        imports.load(loading, tell)
        tell("开通企业、机构和劳动者的账号")
        users.others(made, seated)
        tell("登记资质、报名、黑名单和更正申请")
        # From here on the cast finds in the inbox what happened.
        begin()
        entries.load(made, seated)
        tell("录入地区标准和政策草案")
        policy.load(seated)
        tell("核定几批补贴申请")
        decided = batches.load(made, seated, loading.folder)
        chances.load(decided)
        tell("按草案试算")
        trials.load(made, seated, loading.folder)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        # The first root is signed as soon as a worker runs, and not when the hour comes.
        with suppress(AlreadyEnqueued), transaction.atomic():
            seal_events.configure().defer(timestamp=int(time.time()))
