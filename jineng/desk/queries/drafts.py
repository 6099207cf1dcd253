"""Drafts as pages list them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from jineng.desk.models import Draft, DraftShare, DraftVersion
from jineng.desk.permissions.drafts import OWN, drafts_in_reach
from jineng.desk.queries.in_force import pack_before, pack_in_force
from jineng.people.permissions import Anybody
from jineng.people.queries.regions import region_on

if TYPE_CHECKING:
    from jineng.desk.drafting import Reading
    from jineng.policy import Pack


def drafts_listed(
    user: Anybody, *, whose: str = "", words: str = "", on: date
) -> "QuerySet[Draft]":
    """The drafts that a user sees. ``whose``: own or shared; ``words``: in their titles."""
    found = drafts_in_reach(user, on=on).select_related("author", "department")
    if whose:
        own = Q(mine=OWN)
        found = found.filter(own if whose == "own" else ~own)
    return found.filter(title__icontains=words) if words else found


def pack_under(draft: Draft) -> "Pack":
    """What the draft is laid over: the pack in force, or that of when it was put in force."""
    enactment = getattr(draft, "enactment", None)
    return pack_before(enactment) if enactment else pack_in_force()


def reading_of(draft: Draft, text: str | None = None) -> "Reading":
    """A draft, or an earlier text of it, read against what it is laid over."""
    from jineng.desk.drafting import reading

    return reading(pack_under(draft), draft.text if text is None else text)


def versions_of(draft: Draft) -> "QuerySet[DraftVersion]":
    """Every version of a draft, the latest first."""
    return draft.versions.select_related("by").order_by("-number")


def shares_of(draft: Draft) -> "QuerySet[DraftShare]":
    """With whom a draft is shared."""
    return draft.shares.select_related("user", "department", "by").order_by("at")


@dataclass(frozen=True)
class Shown:
    """A change, or a difference between drafts, in the words of pages. ``region``: a name."""

    one: Any
    scheme: str
    label: str
    region: str


def changes_shown(read: "Reading", *, on: date) -> list[Shown]:
    """What a draft changes, in its order."""
    return [_shown(read.pack, one, on) for one in read.changes]


def rows_shown(rows: Iterable[dict[str, Any]], pack: "Pack", *, on: date) -> list[dict[str, Any]]:
    """Differences between packs, with what they are about in words."""
    return [row | {"shown": _shown(pack, row["one"], on)} for row in rows]


def _shown(pack: "Pack", one: Any, on: date) -> Shown:
    from jineng.desk.drafting import parameter_at

    known = parameter_at(pack, one.place)
    scheme = pack.schemes.get(one.place.scheme)
    region = region_on(one.region, on) if one.region else None
    return Shown(
        one,
        scheme.name if scheme else "",
        known.label if known else one.place.key,
        region.name if region else one.region,
    )
