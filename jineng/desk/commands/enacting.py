"""What comes in force: laid over the pack for good, one after the other."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connection, transaction

from jineng.core.locks import ENACTING
from jineng.desk.models import CaseTable, Draft, Enactment, RegionalStandard
from jineng.desk.queries.in_force import Content
from jineng.people.models import User


@contextmanager
def in_turn() -> Iterator[None]:
    """Whoever enacts waits for the one before, so that each is checked against all before it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ENACTING])
        yield


def enact(
    content: Content,
    *,
    number: str,
    effective_on: date,
    author: tuple[int, int | None],
    by: User,
    at: datetime,
    standard: RegionalStandard | None = None,
    draft: Draft | None = None,
    cases: CaseTable | None = None,
) -> Enactment:
    """Adds to what is laid over the pack; inside `in_turn`, by whoever has checked it there.

    ``author``: the user who wrote it, and the person whose account that was.
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return Enactment.objects.create(
        standard=standard,
        draft=draft,
        cases=cases,
        content=content,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        number=number,
        effective_on=effective_on,
        author_id=author[0],
        author_person_id=author[1],
        by=by,
        by_person_id=by.person_id,
        at=at,
    )
