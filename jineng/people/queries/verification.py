"""What outside registers answered."""

from dataclasses import dataclass

from django.db.models import QuerySet

from jineng.core.sealed import lookup_hashes
from jineng.people.models import Person, Verification
from jineng.people.verification import Answer, Subject, entries, question_about, subject_of


def verifications_of(thing: Subject) -> QuerySet[Verification]:
    """All answers about a person or organisation, the latest first."""
    about = {"person": thing} if isinstance(thing, Person) else {"organisation": thing}
    return Verification.objects.filter(**about).select_related("by").order_by("-at", "-pk")


def verified(thing: Subject, register: str | None = None) -> bool | None:
    """Whether what the record says now was confirmed: by this register, or by the latest to answer.

    None is not known: never asked, asked about what the record said before, or never answered. That
    a register can't be reached changes nothing of what it answered earlier.
    """
    hashes = lookup_hashes("verification", question_about(thing).canonical)
    answered = verifications_of(thing).exclude(answer=Answer.UNAVAILABLE)
    if register is not None:
        answered = answered.filter(register=register)
    last = answered.filter(asked_hash__in=hashes).first()
    return None if last is None else last.answer == Answer.CONFIRMED


@dataclass(frozen=True)
class RegisterState:
    """A register that may be asked, and how things stand with it."""

    name: str
    verified: bool | None
    latest: Verification | None

    @property
    def waits(self) -> bool:
        """It gave no answer, and will be asked again."""
        return self.latest is not None and self.latest.retry_after is not None


def register_states(thing: Subject) -> list[RegisterState]:
    """The registers that may be asked about a person or organisation."""
    return [
        RegisterState(
            entry.name,
            verified(thing, entry.name),
            verifications_of(thing).filter(register=entry.name).first(),
        )
        for entry in entries(subject_of(thing))
    ]
