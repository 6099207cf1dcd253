"""What of the policy desk a search over everything finds: schemes, and drafts within reach."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from jineng.desk.permissions.drafts import drafts_in_reach
from jineng.desk.queries.in_force import pack_in_force
from jineng.pages.searching import Hit, Hits
from jineng.people.models import User


def schemes_for_search(text: str, *, on: date, most: int) -> Hits:
    """Schemes of the policy in force whose name has the text, or whose code it is."""
    sought = text.strip().casefold()
    hits = [
        Hit(_(scheme.name), reverse("desk:scheme", args=[code]), code)
        for code, scheme in pack_in_force(on).schemes.items()
        if sought == code.casefold()
        or any(sought in name.casefold() for name in (scheme.name, _(scheme.name)))
    ]
    return Hits(_("补贴项目"), "book", hits[:most])


def drafts_for_search(user: User, text: str, *, on: date, most: int) -> Hits:
    """Drafts within reach whose title has the text, the latest first."""
    drafts = drafts_in_reach(user, on=on).filter(title__icontains=text).order_by("-changed_at")
    hits = [
        Hit(one.title, reverse("desk:draft", args=[one.pk]), str(one.author))
        for one in drafts.select_related("author")[:most]
    ]
    return Hits(_("政策草案"), "edit", hits)
