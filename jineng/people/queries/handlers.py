"""Whose turn it is: the users who may do something with a person or an organisation."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Q

from jineng.people.models import Delegation, Membership, Person, User
from jineng.people.permissions import persons_in_reach
from jineng.people.roles import RIGHTS

#: What `permissions.regions_within` is downwards: regions with all that they lie in.
_ABOVE = """
    WITH RECURSIVE above AS (
        SELECT id, code, COALESCE(successor_id, parent_id) AS next
        FROM people_region WHERE id = ANY(%s)
        UNION
        SELECT region.id, region.code, COALESCE(region.successor_id, region.parent_id)
        FROM people_region region JOIN above
            ON region.id = above.next OR region.code = above.code
    )
    SELECT id FROM above
"""


def officials_for(person: Person, action: str, *, on: date) -> list[User]:
    """The officials who may do this with the person on this day, stand-ins among them."""
    roles = [role for role, rights in RIGHTS.items() if action in rights.may and rights.official]
    members = Membership.objects.on(on).filter(
        role__in=roles, organisation__region__in=_regions_above(person)
    )
    lent = Delegation.objects.on(on).filter(membership__in=members, revoked_at=None)
    candidates = User.objects.filter(
        Q(pk__in=members.values("user")) | Q(pk__in=lent.values("to_user")), is_active=True
    ).exclude(person=person)
    return [
        user
        for user in candidates.order_by("pk")
        if persons_in_reach(user, on=on, action=action).filter(pk=person.pk).exists()
    ]


def _regions_above(person: Person) -> list[int]:
    at = [person.household_region_id, person.living_region_id, person.working_region_id]
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [[one for one in at if one is not None]])
        return [pk for (pk,) in cursor.fetchall()]


def managers_of(organisations: Iterable[int], *, on: date) -> dict[int, list[int]]:
    """By organisation, the users who run it on this day: not a department's officials for it."""
    roles = [
        role
        for role, rights in RIGHTS.items()
        if "organisation:edit" in rights.may and not rights.official
    ]
    held = Membership.objects.on(on).filter(
        organisation__in=set(organisations), role__in=roles, user__is_active=True
    )
    found: dict[int, list[int]] = {}
    for organisation, user in held.order_by("pk").values_list("organisation", "user"):
        users = found.setdefault(organisation, [])
        if user not in users:
            users.append(user)
    return found


def users_of(persons: Iterable[int]) -> dict[int, int]:
    """By person, the user who is that person; after a merge, who is the survivor."""
    records = dict(Person.objects.filter(pk__in=set(persons)).values_list("pk", "merged_into"))
    stands_for = {pk: merged or pk for pk, merged in records.items()}
    users = dict(
        User.objects.filter(person__in=set(stands_for.values()), is_active=True).values_list(
            "person", "pk"
        )
    )
    return {pk: users[one] for pk, one in stands_for.items() if one in users}
