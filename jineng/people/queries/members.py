"""Who holds which role, and who stands in for whom."""

from datetime import date, datetime, timedelta

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import default_token_generator
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse

from jineng.people.models import Delegation, Invitation, Membership, Organisation, User
from jineng.people.permissions import access_of, organisation_for
from jineng.people.roles import RIGHTS

#: How long an offered role waits for an answer.
INVITED_FOR = timedelta(days=30)


def members_of(organisation: Organisation | None) -> QuerySet[Membership]:
    """All who hold or held a role here. None: who run the platform."""
    return Membership.objects.filter(organisation=organisation).select_related("user")


def officials_unproved(organisation: Organisation, *, on: date) -> list[str]:
    """User names of officials here whose account is tied to no archive.

    Of two such accounts nobody can tell whether they are one person's, who would check and pay.
    """
    official = [role for role, rights in RIGHTS.items() if rights.official]
    held = Membership.objects.on(on).filter(organisation=organisation, role__in=official)
    unproved = held.filter(user__person=None).order_by("user__username")
    return list(unproved.values_list("user__username", flat=True).distinct())


def roles_held(user: User, *, on: date) -> QuerySet[Membership]:
    """A user's own roles that have not ended."""
    held = Membership.objects.filter(user=user).filter(Q(ends_on=None) | Q(ends_on__gte=on))
    return held.select_related("organisation").order_by("starts_on", "pk")


def invitations_of(organisation: Organisation, *, at: datetime) -> QuerySet[Invitation]:
    """What an organisation has offered, as long as it waits for an answer."""
    return _waiting(at).filter(organisation=organisation)


def invitations_to(user: User, *, at: datetime) -> QuerySet[Invitation]:
    """What a user was offered, as long as it waits for an answer."""
    return _waiting(at).filter(user=user)


def _waiting(at: datetime) -> QuerySet[Invitation]:
    waiting = Invitation.objects.filter(answer="", made_at__gt=at - INVITED_FOR)
    return waiting.select_related("organisation").order_by("made_at", "pk")


def stand_ins(user: User, *, on: date) -> QuerySet[Delegation]:
    """Delegations to and from a user that have not ended."""
    left = Delegation.objects.filter(revoked_at=None, ends_on__gte=on)
    return (
        left.filter(Q(to_user=user) | Q(membership__user=user))
        .select_related("to_user", "membership__user", "membership__organisation")
        .order_by("starts_on", "pk")
    )


def member_for(user: User, pk: int, verb: str, *, on: date) -> Membership:
    """A membership that the user may see or manage, `verb` being one of these two.

    Raises Http404 for one of an organisation out of reach, PermissionDenied within.
    """
    found = Membership.objects.select_related("user", "organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    action = f"members:{verb}"
    if found.organisation_id is not None:
        organisation_for(user, found.organisation_id, action, on=on)
    elif not any(one.organisation_id is None for one in access_of(user, on=on).by(action)):
        raise Http404
    return found


def invitation_path(user: User) -> str:
    """Where a user sets a password, once and within three days; whoever has it can get in."""
    token = default_token_generator.make_token(user)
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": token},
    )
