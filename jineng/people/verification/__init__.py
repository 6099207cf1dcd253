"""Outside registers: the port through which persons and organisations are verified.

A register is asked a `Question` and gives a `Reply`. Four answers are told apart, and one of them
says nothing about anybody: *unavailable*. Whatever is not clearly one of the other three is that.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from django.conf import settings

from jineng.people.models import Organisation, Person, Verification

Answer = Verification.Answer
Subject = Person | Organisation


@dataclass(frozen=True)
class Question:
    """``subject``: identity or organisation. ``told``: what is to be confirmed, in canonical form.

    identity: `identity_number` and `name`; organisation: `credit_code` and `name`.
    """

    subject: str
    told: dict[str, str]

    @property
    def canonical(self) -> str:
        """One text for one question, to be hashed."""
        return json.dumps([self.subject, self.told], sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class Reply:
    """``differing``: names of what does not agree. ``reason``: why there is no answer.

    ``retry_after``: how long the register asks to be left alone.
    """

    answer: Answer
    differing: tuple[str, ...] = ()
    reason: str = ""
    retry_after: timedelta | None = None

    @property
    def details(self) -> dict[str, object]:
        """What is kept of it: nothing that is sealed elsewhere. ``rest``: seconds asked for."""
        kept = {
            "differing": list(self.differing),
            "reason": self.reason,
            "rest": self.retry_after.total_seconds() if self.retry_after else None,
        }
        return {name: value for name, value in kept.items() if value}


def unavailable(reason: str, retry_after: timedelta | None = None) -> Reply:
    """No answer."""
    return Reply(Answer.UNAVAILABLE, reason=reason, retry_after=retry_after)


class Register(Protocol):
    """Whatever can be asked. It never raises for a register that does not answer."""

    def ask(self, question: Question) -> Reply:
        """Asks, and waits no longer than some seconds."""


@dataclass(frozen=True)
class Entry:
    """A register as the settings name it."""

    name: str
    subject: str
    address: str
    token: str = field(repr=False)

    def register(self) -> Register:
        """What asks it, by the form of its address."""
        from jineng.people.verification.files import FileRegister
        from jineng.people.verification.http import HttpRegister

        if self.address.startswith("file:"):
            return FileRegister.at(self.address, self.subject)
        return HttpRegister(self.address, self.token)


def entries(subject: str | None = None) -> list[Entry]:
    """The registers in the setting REGISTERS, or those of a subject."""
    found = [Entry(name, **told) for name, told in settings.REGISTERS.items()]
    return [entry for entry in found if subject in (None, entry.subject)]


def subject_of(thing: Subject) -> str:
    """As what it may be asked about."""
    return "identity" if isinstance(thing, Person) else "organisation"


def question_about(thing: Subject) -> Question:
    """What its record says, for a register to confirm."""
    if isinstance(thing, Person):
        told = {"identity_number": str(thing.identity_number), "name": thing.name}
    else:
        told = {"credit_code": thing.credit_code, "name": thing.name}
    return Question(subject_of(thing), told)
