"""Who sees the standards of which regions, sets them and seconds them.

Whoever sees the policy's drafts (`policy:see`) sees the standards of the department's region and
below; who may change them (`policy:edit`) enters and seconds them there, but never seconds what is
their own, by whichever account.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from jineng.desk.models import RegionalStandard
from jineng.people.models import Region, User
from jineng.people.permissions import Access, access_of, require

SEE, EDIT = "policy:see", "policy:edit"

#: What may be done with a standard, and the action it takes.
VERBS = {"see": SEE, "edit": EDIT, "second": EDIT}


def _within(access: Access, action: str) -> set[int] | None:
    """Ids of the regions in reach; None for all there are."""
    reached: set[int] = set()
    for one in access.by(action):
        if one.rights.sees_all:
            return None
        reached.update(access.within(one.region_code))
    return reached


def standards_in_reach(user: User, *, on: date, action: str = SEE) -> "QuerySet[RegionalStandard]":
    """The standards of the regions in reach. Raises PermissionDenied where no role sees any."""
    within = _within(require(user, action, on=on), action)
    rows = RegionalStandard.objects.select_related("region__parent", "entered_by", "enactment__by")
    return rows if within is None else rows.filter(region__in=within)


def standard_for(user: User, pk: int, verb: str, *, on: date) -> RegionalStandard:
    """A standard with which the user may do this, one of VERBS.

    Raises Http404 out of reach; PermissionDenied within reach where no role allows it, and to
    second what one has entered oneself.
    """
    found = standards_in_reach(user, on=on).filter(pk=pk).first()
    if found is None:
        raise Http404
    require_reach(user, found.region, VERBS[verb], on=on)
    if verb == "second" and entered_by(found, user):
        raise PermissionDenied
    return found


def require_reach(user: User, region: Region, action: str, *, on: date) -> None:
    """Raises PermissionDenied where the user may not do this for the region."""
    if not reaches(user, region, action, on=on):
        raise PermissionDenied


def reaches(user: User, region: Region, action: str, *, on: date) -> bool:
    """Whether the user may do this for the region."""
    within = _within(access_of(user, on=on), action)
    return within is None or region.pk in within


def entered_by(standard: RegionalStandard, user: User) -> bool:
    """Whether the user is who entered the standard, by this account or another."""
    same_person = user.person_id is not None and user.person_id == standard.entered_person_id
    return user.pk == standard.entered_by_id or same_person


def regions_to_set(user: User, *, on: date) -> "QuerySet[Region]":
    """The regions whose standards the user may set: cities, and what the province governs itself.

    Counties have those of their city.
    """
    within = _within(access_of(user, on=on), EDIT)
    rows = Region.objects.on(on).filter(kind="prefecture").select_related("parent")
    return (rows if within is None else rows.filter(pk__in=within)).order_by("code")


def waiting_for(user: User, *, on: date) -> "QuerySet[RegionalStandard]":
    """The standards that wait for this user to second them."""
    access = access_of(user, on=on)
    within = _within(access, EDIT) if access.may(EDIT) else set()
    rows = RegionalStandard.objects.filter(state=RegionalStandard.State.SUBMITTED)
    rows = rows.exclude(entered_by=user)
    if user.person_id is not None:
        rows = rows.filter(Q(entered_person=None) | ~Q(entered_person=user.person_id))
    return rows if within is None else rows.filter(region__in=within)
