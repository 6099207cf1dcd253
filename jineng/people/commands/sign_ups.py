"""Enterprises that sign up for training with the form of annex 1, served in the order they came."""

from datetime import date, datetime
from typing import TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from jineng.core.events import acting
from jineng.people import values
from jineng.people.commands.organisations import register_organisation
from jineng.people.errors import Refused, told
from jineng.people.models import Organisation, OrganisationKind, Region, SignUp, User
from jineng.people.queries.organisations import (
    kinds_on,
    organisation_of_code,
    same_enterprise,
    sign_ups_in_reach,
)

#: Written down, and so in Chinese.
OTHER_SERVED = gettext_noop("该企业的另一份报名已安排。")


class Form(TypedDict):
    """What annex 1 asks for."""

    credit_code: str
    name: str
    region: Region
    industry: str
    occupations: str
    eligible_count: int
    contact_name: str
    contact_phone: str
    remarks: str


def sign_up(*, by: User | None, at: datetime, **form: Unpack[Form]) -> SignUp:
    """Puts an enterprise at the end of the queue. Anybody may; ``by``: whoever is signed in.

    Raises Refused for values that can't be, and for who stands in a queue already. Others may have
    signed up with the enterprise's code before, which is no secret: they stand beside it, and the
    official who serves one finds out whose is the enterprise's own.
    """
    with told():
        form["credit_code"] = values.credit_code(form["credit_code"])
        form["name"] = values.organisation_name(form["name"])
        form["contact_name"] = values.person_name(form["contact_name"])
        form["contact_phone"] = values.phone(form["contact_phone"])
    if form["eligible_count"] < 1:
        raise Refused(_("符合条件的人数至少为 1。"))
    if not form["occupations"].strip():
        raise Refused(_("请写明所需工种。"))
    with acting(by=by, why=gettext_lazy("企业报名")):
        _require_new(form["credit_code"], form["contact_phone"], by)
        return SignUp.objects.create(
            **form, organisation=organisation_of_code(form["credit_code"]), by=by, signed_up_at=at
        )


def _require_new(credit_code: str, phone: str, by: User | None) -> None:
    """One user, or contact, of an enterprise stands in one place. Raises Refused with that."""
    with connection.cursor() as cursor:
        # Held until the transaction ends, so that of two at once one is told.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [credit_code])
    waits = SignUp.objects.filter(credit_code=credit_code, served_at=None, withdrawn_at=None)
    for entry in waits.order_by("signed_up_at", "pk"):
        if str(entry.contact_phone) != phone and (by is None or entry.by_id != by.pk):
            continue
        raise Refused(
            _(
                "该企业已于 %(day)s 报名，正在排队：前面还有 %(count)s 家企业。"
                "不必重复报名；内容有变的，请联系当地人社部门。"
            )
            % {"day": localdate(entry.signed_up_at), "count": _before(entry)}
        )


def _before(entry: SignUp) -> int:
    """How many enterprises of the region wait before it."""
    waiting = SignUp.objects.filter(
        Q(signed_up_at__lt=entry.signed_up_at)
        | Q(signed_up_at=entry.signed_up_at, pk__lt=entry.pk),
        region=entry.region_id,
        served_at=None,
        withdrawn_at=None,
    )
    others = waiting.exclude(credit_code=entry.credit_code)
    return others.values("credit_code").distinct().count()


def serve(entry: SignUp, *, note: str, by: User, on: date, at: datetime) -> SignUp:
    """Takes the first of the queue on; an enterprise that is not registered yet is registered.

    What others within reach signed up for with the same code is off the queue with that. Raises
    PermissionDenied beyond `by`'s region; Refused where others of the region came before.
    """
    with acting(by=by, why=note):
        entry = _waiting(entry, by, on)
        if before := _before(entry):
            raise Refused(
                _("按报名先后顺序办理：前面还有 %(count)s 家企业在排队。") % {"count": before}
            )
        entry.organisation = _enterprise(entry, by, on, note)
        entry.served_at, entry.note = at, note.strip()
        entry.save()
        for other in same_enterprise(entry, by, on=on).select_for_update(of=["self"]):
            other.withdrawn_at, other.note = at, OTHER_SERVED
            other.save()
    return entry


def _enterprise(entry: SignUp, by: User, on: date, why: str) -> Organisation:
    """The organisation that signed up, registered now where it is not known."""
    enterprise = OrganisationKind.Kind.ENTERPRISE
    known = organisation_of_code(entry.credit_code)
    if known is None:
        return register_organisation(
            credit_code=entry.credit_code,
            name=entry.name,
            region=entry.region,
            kinds=[enterprise],
            by=by,
            on=on,
            why=why,
        )
    if enterprise not in kinds_on(known, on):
        raise Refused(_("“%(name)s”登记的类别中没有企业。") % {"name": known.name})
    return known


def withdraw(entry: SignUp, *, note: str, by: User, on: date, at: datetime) -> SignUp:
    """Takes an enterprise off the queue, at its wish or because it can't be served.

    Raises as `serve` does.
    """
    if not note.strip():
        raise Refused(_("请写明原因。"))
    with acting(by=by, why=note):
        entry = _waiting(entry, by, on)
        entry.withdrawn_at, entry.note = at, note.strip()
        entry.save()
    return entry


def _waiting(entry: SignUp, by: User, on: date) -> SignUp:
    """The entry as it is now; the queue of its region is held until the transaction ends."""
    if not sign_ups_in_reach(by, on=on).filter(pk=entry.pk).exists():
        raise PermissionDenied
    Region.objects.select_for_update(no_key=True).get(pk=entry.region_id)
    entry = SignUp.objects.select_for_update().get(pk=entry.pk)
    if entry.served_at or entry.withdrawn_at:
        raise Refused(_("这份报名已经办理。"))
    return entry
