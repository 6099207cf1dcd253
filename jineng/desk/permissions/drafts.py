"""Who sees drafts, who changes them, whose they are.

Policy administrators make drafts; they, statisticians and auditors read those that are shared with
them, auditors all. Only the author shares and deletes.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.http import Http404

from jineng.desk.models import Draft, DraftShare
from jineng.people.models import Organisation, OrganisationKind, Region, User
from jineng.people.permissions import Anybody, access_of
from jineng.people.roles import DEPARTMENTS

SEE, EDIT = "policy:see", "policy:edit"
#: What somebody is to a draft.
OWN, MAY_EDIT, MAY_SEE = "own", "edit", "see"


def drafts_in_reach(user: Anybody, *, on: date) -> "QuerySet[Draft]":
    """The drafts that the user sees on this day, each with what they are to it as `mine`."""
    access = access_of(user, on=on)
    if not isinstance(user, User) or not access.may(SEE):
        return Draft.objects.none()
    shared = DraftShare.objects.filter(_with(user, on), draft=OuterRef("pk"))
    edits = access.may(EDIT)
    found = Draft.objects.annotate(  # type: ignore[no-redef]  # declared there, filled in here
        mine=Case(
            When(author=user, then=Value(OWN)),
            *([When(Exists(shared.filter(may_edit=True)), then=Value(MAY_EDIT))] if edits else []),
            default=Value(MAY_SEE),
            output_field=CharField(),
        )
    )
    if any(one.rights.sees_all for one in access.by(SEE)):
        return found
    return found.filter(Q(author=user) | Q(Exists(shared)))


def _with(user: User, on: date) -> Q:
    """Shares with this user: as a colleague, as one of the department, or of one in its reach."""
    held = [one for one in access_of(user, on=on).by(SEE) if one.organisation_id is not None]
    own = [one.organisation_id for one in held]
    found = Q(audience=DraftShare.Audience.COLLEAGUE, user=user)
    found |= Q(audience__in=DraftShare.Audience.values, department__in=own)
    for one in held:
        above = Region.objects.filter(code=one.region_code).values_list(
            "code", "parent__code", "parent__parent__code"
        )
        codes = {code for codes in above for code in codes if code}
        of_line = OrganisationKind.objects.on(on).filter(
            kind__in=one.kinds & DEPARTMENTS, organisation=OuterRef("department")
        )
        found |= Q(
            Exists(of_line),
            audience=DraftShare.Audience.REACH,
            department__region__code__in=codes,
        )
    return found


def draft_for(user: Anybody, pk: int, verb: str, *, on: date) -> Draft:
    """A draft that the user may see, edit or own, with `mine`.

    Raises Http404 where it is not shared with them, PermissionDenied where it is for less.
    """
    found = (
        drafts_in_reach(user, on=on)
        .select_related("author", "department", "enactment")
        .filter(pk=pk)
    )
    draft = found.first()
    if draft is None:
        raise Http404
    allowed = {MAY_SEE: (OWN, MAY_EDIT, MAY_SEE), MAY_EDIT: (OWN, MAY_EDIT), OWN: (OWN,)}[verb]
    if draft.mine not in allowed or (verb != MAY_SEE and not access_of(user, on=on).may(EDIT)):
        raise PermissionDenied
    return draft


def departments_of(user: User, *, on: date) -> "QuerySet[Organisation]":
    """The departments for which a user makes drafts."""
    held = access_of(user, on=on).by(EDIT)
    return Organisation.objects.filter(pk__in=[one.organisation_id for one in held]).order_by("pk")


def readers(on: date) -> "QuerySet[User]":
    """Those with whom a draft can be shared by name: whoever may read drafts at all."""
    from jineng.people.models import Membership
    from jineng.people.roles import RIGHTS

    roles = [role for role, rights in RIGHTS.items() if SEE in rights.may]
    held = Membership.objects.on(on).filter(user=OuterRef("pk"), role__in=roles)
    return User.objects.filter(Exists(held), is_active=True).order_by("username")
