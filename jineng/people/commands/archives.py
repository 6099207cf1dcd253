"""Looking into a person's archive, and having it put right: all of it where the person can see."""

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.core.events import acting, events_of, noted
from jineng.people import values
from jineng.people.errors import Refused
from jineng.people.models import CorrectionRequest, Person, User
from jineng.people.permissions import Holding, access_of, person_for
from jineng.people.queries.archives import OPENED, REVEALED, SEALED
from jineng.people.queries.persons import person_of_number

# Opened again within this time, it is one look.
ONE_LOOK = timedelta(hours=1)
A_DAY = timedelta(days=1)
REASON_AT_LEAST = 4
#: What one person may ask to have put right within a day.
CORRECTIONS_A_DAY = 5


def note_opened(person: Person, *, by: User, on: date, at: datetime) -> None:
    """Notes that somebody opened the archive of somebody else."""
    if person.pk == by.person_id:
        return
    looks = events_of(person).filter(kind=OPENED, actor_id=by.pk, at__gt=at - ONE_LOOK)
    if not looks.exists():
        with acting(by=by):
            noted(OPENED, person, **_as_whom(by, "person:see", on))


def reveal(person: Person, field: str, *, by: User, on: date, why: str) -> str:
    """A number in full; the reason is kept where the person can read it.

    ``field``: a key of SEALED. Raises Http404 and PermissionDenied as `person_for` does, and
    Refused without a reason.
    """
    why = why.strip()
    if field not in SEALED:
        raise PermissionDenied
    if len(why) < REASON_AT_LEAST:
        raise Refused(_("请写明查看的理由，至少 %(least)s 个字。") % {"least": REASON_AT_LEAST})
    found = person_for(by, person.pk, "reveal", on=on)
    with acting(by=by, why=why):
        noted(REVEALED, found, field=field, **_as_whom(by, "person:reveal", on))
    return str(getattr(found, field) or "")


def _as_whom(user: User, action: str, on: date) -> dict[str, object]:
    """In which role, of which organisation, and in whose place, somebody looks."""
    held = access_of(user, on=on).by(action)
    one: Holding = min(held, key=lambda holding: holding.stands_in_for is not None)
    told: dict[str, object] = {"role": one.role, "organisation": one.organisation_id}
    return told | ({"stands_in_for": one.stands_in_for} if one.stands_in_for else {})


def tie_archive(user: User, *, number: str, on: date, why: str | Promise) -> Person | None:
    """Ties a user to the archive of the person who bears this identity number, if there is one.

    Only where somebody trusted vouches for the number; ``why`` says who. Raises Refused where the
    archive is another user's.
    """
    try:
        person = person_of_number(values.identity_number(number, on=on))
    except ValueError:
        return None
    if person is None:
        return None
    with acting(by=user, why=why):
        # Held, so that of two accounts at once one is told.
        person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if User.objects.filter(person=person).exclude(pk=user.pk).exists():
            raise Refused(_("您的档案已与另一个账号对应。请带身份证到当地人社部门核实。"))
        user.person = person
        user.save(update_fields=["person"])
    return person


def ask_correction(
    person: Person, *, about: str, stated: str, by: User, at: datetime
) -> CorrectionRequest:
    """Asks that the person's own archive be put right. Raises PermissionDenied for another's.

    Raises Refused where the same is asked already and waits, or too much was asked in a day.
    """
    if by.person_id != person.pk:
        raise PermissionDenied
    if not stated.strip():
        raise Refused(_("请写明正确的内容。"))
    with acting(by=by, why=gettext_lazy("本人申请更正")):
        # Held, so that of two at once one is told.
        person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        asked = CorrectionRequest.objects.filter(person=person)
        if asked.filter(about=about, outcome="").exists():
            raise Refused(
                _("您已申请更正“%(about)s”，正在等待答复。有补充的，请等答复后再申请。")
                % {"about": CorrectionRequest.About(about).label}
            )
        if asked.filter(asked_at__gt=at - A_DAY).count() >= CORRECTIONS_A_DAY:
            raise Refused(
                _("一天最多申请 %(most)s 次更正，请明天再来；急需的，请到当地人社部门办理。")
                % {"most": CORRECTIONS_A_DAY}
            )
        return CorrectionRequest.objects.create(
            person=person, about=about, stated=stated.strip(), by=by, asked_at=at
        )


def answer_correction(
    asked: CorrectionRequest, *, outcome: str, answer: str, by: User, on: date, at: datetime
) -> None:
    """Answers it, once what is wrong was edited or found to be right.

    Raises Http404, PermissionDenied, and Refused where it was answered or the answer is empty.
    """
    person_for(by, asked.person_id, "edit", on=on)
    if not answer.strip():
        raise Refused(_("请写明答复。"))
    with acting(by=by, why=answer.strip()):
        answered = CorrectionRequest.objects.filter(pk=asked.pk, outcome="").update(
            outcome=outcome, answer=answer.strip(), answered_by=by, answered_at=at
        )
    if not answered:
        raise Refused(_("这项申请已经答复。"))
