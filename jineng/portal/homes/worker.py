"""A worker's home: chances left, what is missing, who looked, what was asked. Large and plain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from jineng.pages.gathering import Gathering, Row
from jineng.pages.work import Done, Waiting
from jineng.people.models import CorrectionRequest, Person, User
from jineng.people.queries.archives import looks_into, looks_told
from jineng.people.queries.records import (
    HOMES_WORK_FIRST,
    Chances,
    chances_told,
    last_uses,
    places_taken,
)
from jineng.people.queries.waiting import correction_term
from jineng.policy.entitlement import TRAININGS

EVENTS_SHOWN = 5


@dataclass(frozen=True)
class Missing:
    """Something the archive lacks, and why it matters."""

    title: str
    why: str


@dataclass(frozen=True)
class Home:
    """``person``: None where no archive is tied to the account; then there is nothing else.

    ``trainings``: chances of this year.
    """

    person: Person | None
    may_claim: bool = False
    trainings: Chances | None = None
    missing: tuple[Missing, ...] = ()
    awaited: tuple[Waiting, ...] = ()
    recent: tuple[Done, ...] = ()


def home_of(user: User, *, on: date) -> Home:
    """The home of whoever holds no role. One statement beside what every page asks, or two."""
    if user.person_id is None:
        return Home(None, may_claim=bool(settings.TEXTS))
    answers = _asking(user.person_id).answers()
    known = answers["person"][0]
    person = Person(**{name: known[name] for name in _OF_PERSON})
    asked = answers.get("asked", [])
    region = next((known[code] for code in _REGIONS if known[code]), "")
    chances = chances_told(region, answers.get("taken", []), answers.get("uses", []), on=on)
    return Home(
        person=person,
        trainings=next(
            (one for one in chances if one.key[0] == TRAININGS and one.period == on.year), None
        ),
        missing=tuple(_missing(known)),
        awaited=tuple(_awaited(asked, on)),
        recent=tuple(_recent(asked, answers.get("looks", []))),
    )


_OF_PERSON = ("id", "name", "living_region_id")
_REGIONS = tuple(f"{home}__code" for home in HOMES_WORK_FIRST)


@lru_cache(maxsize=10_000)
def _asking(person: int) -> Gathering:
    """All that is asked for one person; what is sealed is not opened for it."""
    whose = Person.objects.filter(pk=person)
    held = Person.objects.filter(Q(pk=person) | Q(merged_into=person))
    asked = CorrectionRequest.objects.filter(person=person).order_by("-asked_at", "-pk")
    return Gathering.of(
        {
            "person": whose.values(
                *_OF_PERSON,
                *_REGIONS,
                "education",
                has_phone=ExpressionWrapper(Q(phone__isnull=False), BooleanField()),
                has_account=ExpressionWrapper(Q(bank_account__isnull=False), BooleanField()),
            ),
            "asked": asked.values("about", "asked_at", "outcome", "answer", "answered_at")[
                :EVENTS_SHOWN
            ],
            "looks": looks_into(held).values("at", "kind", "after", "why", "where")[:EVENTS_SHOWN],
            "taken": places_taken(held).values("key", "period", "things", "allowed"),
            "uses": last_uses(held).values("state", "keys", "periods", "things"),
        }
    )


def _missing(known: Row) -> Iterator[Missing]:
    if not known["has_phone"]:
        yield Missing(_("手机号"), _("没有手机号，收不到短信验证码和通知。"))
    if not known["has_account"]:
        yield Missing(_("银行账户"), _("没有银行账户，补贴无法发到您本人。"))
    if known["living_region_id"] is None:
        yield Missing(_("居住地"), _("各地补贴标准不同，按居住地、工作地确定。"))
    if not known["education"]:
        yield Missing(_("文化程度"), _("报名时要核对文化程度。"))


def _awaited(asked: list[Row], on: date) -> Iterator[Waiting]:
    for one in asked:
        if not one["outcome"]:
            since = min(localdate(_moment(one["asked_at"])), on)
            due = correction_term(since)
            yield Waiting(
                title=_("更正申请：%(what)s") % {"what": _about(one)},
                url=reverse("people:archive"),
                icon="edit",
                count=1,
                due=due,
                mine=False,
                note=_("%(day)s 提出") % {"day": since.isoformat()},
            )


def _recent(asked: list[Row], looks: list[Row]) -> list[Done]:
    told = []
    for look in looks_told(row | {"at": _moment(row["at"])} for row in looks):
        why = _("理由：%(why)s") % {"why": look.why} if look.why else ""
        told.append(Done(look.at, look.what, look.who, why))
    for one in asked:
        if one["answered_at"]:
            words = {
                "what": _about(one),
                "outcome": CorrectionRequest.Outcome(one["outcome"]).label,
            }
            what = _("更正申请（%(what)s）：%(outcome)s") % words
            told.append(Done(_moment(one["answered_at"]), what, "", one["answer"]))
    return sorted(told, key=lambda one: one.at, reverse=True)[:EVENTS_SHOWN]


def _about(asked: Row) -> str:
    return str(CorrectionRequest.About(asked["about"]).label)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
