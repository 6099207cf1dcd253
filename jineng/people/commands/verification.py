"""Asking outside registers about persons and organisations: in the background, and politely."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from jineng.core.events import acting
from jineng.core.sealed import lookup_hash
from jineng.people.errors import Refused
from jineng.people.models import Organisation, Person, User, Verification
from jineng.people.permissions import organisation_for, person_for
from jineng.people.verification import (
    Answer,
    Entry,
    Question,
    Reply,
    Subject,
    entries,
    question_about,
    subject_of,
)

log = structlog.get_logger("jineng.verification")

ASK = "jineng.people.tasks.ask_register"
#: How long to wait after each time that a register gave no answer, where it does not say itself.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440)]


def ask_register(register: str, thing: Subject, *, by: User | None, on: date) -> None:
    """Has a register asked. Raises Http404, PermissionDenied as `person_for` does, and Refused."""
    if by is not None and isinstance(thing, Person):
        thing = person_for(by, thing.pk, "verify", on=on)
    elif by is not None:
        thing = organisation_for(by, thing.pk, "verify", on=on)
    if not any(entry.name == register for entry in entries(subject_of(thing))):
        raise Refused(_("没有可以核验的“%(name)s”。") % {"name": register})
    if not _queue(register, thing, by=None if by is None else by.pk):
        raise Refused(_("已经在核验，请稍后查看结果。"))


def _queue(
    register: str, thing: Subject, *, by: int | None, after: int = 0, at: datetime | None = None
) -> bool:
    """Queues a question; False where the same waits already."""
    job = app.configure_task(
        ASK, queueing_lock=f"ask {register} {subject_of(thing)} {thing.pk}", schedule_at=at
    )
    try:
        with transaction.atomic():
            job.defer(register=register, about=subject_of(thing), pk=thing.pk, by=by, after=after)
    except AlreadyEnqueued:
        return False
    return True


def ask_now(
    register: str, about: str, pk: int, *, by: int | None, after: int, at: datetime
) -> Verification | None:
    """The worker's part: asks and keeps the answer; without one, asks again later.

    ``after``: how often there was no answer. None where the register is to be left alone for now,
    or is no longer in the settings.
    """
    model: type[Person] | type[Organisation] = Person if about == "identity" else Organisation
    thing = model.objects.get(pk=pk)
    entry = next((one for one in entries(about) if one.name == register), None)
    if entry is None:
        log.warning("register is not in the settings", register=register)
        return None
    if until := _left_alone_until(entry, at):
        _queue(register, thing, by=by, after=after, at=until + _spread(until - at))
        return None
    question = question_about(thing)
    reply = entry.register().ask(question)
    retry = None
    if reply.answer is Answer.UNAVAILABLE:
        log.warning("register gave no answer", register=register, reason=reply.reason)
        if after < len(WAITS):
            retry = at + max(reply.retry_after or WAITS[after], timedelta(seconds=1))
    with transaction.atomic():
        kept = _keep(entry, thing, question, reply, by=by, at=at, retry=retry)
        if retry:
            _queue(register, thing, by=by, after=after + 1, at=retry + _spread(retry - at))
    return kept


def _left_alone_until(entry: Entry, at: datetime) -> datetime | None:
    """Until when the register is left alone, if it gave no answer the last time.

    As long as it asked for. Else a moment: how long one question waits that is not answered again
    and again is nothing to the others.
    """
    last = Verification.objects.filter(register=entry.name).order_by("-pk").first()
    if last is None or last.answer != Answer.UNAVAILABLE:
        return None
    asked: Any = last.details.get("rest", WAITS[0].total_seconds())
    until: datetime = last.at + timedelta(seconds=asked)
    return until if until > at else None


def _spread(wait: timedelta) -> timedelta:
    """Up to a tenth of the wait, so that what waits doesn't all come at once."""
    return timedelta(milliseconds=secrets.randbelow(max(1, int(wait.total_seconds() * 100))))


def _keep(
    entry: Entry,
    thing: Subject,
    question: Question,
    reply: Reply,
    *,
    by: int | None,
    at: datetime,
    retry: datetime | None,
) -> Verification:
    user = None if by is None else User.objects.filter(pk=by).first()
    with acting(
        by=user, why=gettext_lazy("向%(name)s核验") % {"name": entry.name}, origin="worker"
    ):
        return Verification.objects.create(
            register=entry.name,
            subject=entry.subject,
            person=thing if isinstance(thing, Person) else None,
            organisation=thing if isinstance(thing, Organisation) else None,
            asked_hash=lookup_hash("verification", question.canonical),
            answer=reply.answer,
            details=reply.details,
            at=at,
            retry_after=retry,
            by=user,
        )
