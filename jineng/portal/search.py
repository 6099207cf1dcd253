"""The search over everything within one's reach.

What is searched for may be somebody's identity number: an address holds it sealed alone.
"""

from datetime import date, datetime

from django.utils.translation import gettext as _

from jineng.claims.queries import batches_for_search
from jineng.desk.queries.finding import drafts_for_search, schemes_for_search
from jineng.pages.searching import Hit, Hits
from jineng.people.models import User
from jineng.people.queries.searching import organisations_for_search, persons_for_search
from jineng.portal.navigation import Navigation

#: So many of each kind; the rest is in that kind's list.
MOST = 8


def found(user: User, text: str, navigation: Navigation, *, on: date, at: datetime) -> list[Hits]:
    """What is found, by kinds; those of which nothing is found are left out.

    A context that has something to be found adds its function here.
    """
    if not text:
        return []
    every = [
        _pages(text, navigation),
        persons_for_search(user, text, on=on, most=MOST),
        organisations_for_search(user, text, on=on, most=MOST),
        batches_for_search(user.pk, text, at=at, most=MOST),
        schemes_for_search(text, on=on, most=MOST),
        drafts_for_search(user, text, on=on, most=MOST),
    ]
    return [one for one in every if one.hits]


def _pages(text: str, navigation: Navigation) -> Hits:
    """Pages of one's navigation."""
    links = [link for section in navigation.sections for link in section.links]
    sought = text.casefold()
    hits = [Hit(str(one.title), one.url) for one in links if sought in str(one.title).casefold()]
    return Hits(_("页面"), "file", hits)
