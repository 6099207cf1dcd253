"""Persons and organisations for the search over everything, within one's reach."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from jineng.core.addresses import sealed_search
from jineng.pages.paging import found_in_order, in_this_order
from jineng.pages.searching import Hit, Hits
from jineng.pages.tables import MOST_COUNTED
from jineng.people.models import User
from jineng.people.permissions import access_of, organisations_in_reach, persons_in_reach
from jineng.people.queries.archives import masked
from jineng.people.queries.organisations import organisations_found
from jineng.people.queries.persons import persons_found
from jineng.people.queries.regions import full_name


def persons_for_search(user: User, text: str, *, on: date, most: int) -> Hits:
    """By identity number, phone, name or pinyin. Two statements at the most."""
    reached = persons_in_reach(user, on=on, sought=True).filter(merged_into=None)
    found = persons_found(reached, text, on=on)
    _count, keys = found_in_order(found, ("name_key", "pk"), size=most + 1, most=MOST_COUNTED)
    shown = found.select_related("living_region__parent", "household_region__parent")
    rows = in_this_order(shown, keys)
    hits = []
    for person in rows[:most]:
        lives = person.living_region or person.household_region
        number = masked("identity_number", person.identity_number)
        detail = " · ".join(part for part in (number, full_name(lives) if lives else "") if part)
        hits.append(Hit(person.name, reverse("people:person", args=[person.pk]), detail))
    more = _list("people:persons", text) if len(rows) > most else ""
    return Hits(_("人员"), "users", hits, more if _may(user, "person:see", on) else "")


def organisations_for_search(user: User, text: str, *, on: date, most: int) -> Hits:
    """By credit code, name or pinyin."""
    reached = organisations_in_reach(user, on=on)
    found = organisations_found(reached, text).order_by("name_key", "pk")
    rows = list(found.select_related("region__parent")[: most + 1])
    hits = []
    for one in rows[:most]:
        place = full_name(one.region) if one.region else ""
        detail = " · ".join(part for part in (one.credit_code, place) if part)
        hits.append(Hit(one.name, reverse("people:organisation", args=[one.pk]), detail))
    more = _list("people:organisations", text) if len(rows) > most else ""
    return Hits(_("单位"), "building", hits, more)


def _list(view: str, text: str) -> str:
    return f"{reverse(view)}?search={sealed_search(text)}"


def _may(user: User, action: str, on: date) -> bool:
    return access_of(user, on=on).may(action)
