"""Where everything is: what the navigation shows whom, and the way to a page.

Both are data. A context that gets a new page adds a line to `places.PLACES`, and one to `SECTIONS`
where the page is where somebody's work begins. Icons bear the names of the frame's own set.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from operator import itemgetter
from types import FunctionType
from typing import Any, Protocol

from django.http import HttpRequest
from django.urls import NoReverseMatch, ResolverMatch, reverse
from django.utils.translation import gettext_lazy as _

from jineng.core.calendar import business_date
from jineng.inbox.queries import unread_count
from jineng.people.models import Role, User
from jineng.people.permissions import Access, access_of
from jineng.people.roles import TRAINERS
from jineng.portal.places import PLACES, Place

SIDE, TOP = "side", "top"


class Page(Protocol):
    """What a page is told: its context, or a mapping."""

    def get(self, key: str, otherwise: Any = None, /) -> Any:
        """What is told under this name."""


@dataclass(frozen=True)
class Link:
    """A line of the navigation. ``letter``: what follows `g` on the keyboard to get there.

    ``count``: a small number beside it. ``current``: the page, or one below it, is shown.
    """

    title: Any
    url: str
    icon: str = ""
    letter: str = ""
    count: int | None = None
    current: bool = False


@dataclass(frozen=True)
class Section:
    """Lines that belong together; the first section has no title."""

    title: Any
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Navigation:
    """All of it. ``kind``: `SIDE` for whoever works here, else `TOP`.

    ``bottom``: at most four large things for a worker's phone. An address that is "" is not there.
    """

    sections: tuple[Section, ...] = ()
    bottom: tuple[Link, ...] = ()
    kind: str = TOP
    search_url: str = ""
    inbox_url: str = ""
    unread: int = 0


def _everybody(_access: Access) -> bool:
    return True


def _nothing(_access: Access) -> dict[str, Any]:
    return {}


def _may(action: str) -> Callable[[Access], bool]:
    return lambda access: access.may(action)


def works(access: Access) -> bool:
    """Whether the user holds any role beside being a worker."""
    return any(one.role != Role.WORKER for one in access.holdings)


def own_organisation(access: Access) -> int | None:
    """The organisation that somebody outside departments works for, where it is one alone."""
    held = {
        one.organisation_id
        for one in access.holdings
        if one.organisation_id is not None and not one.rights.official
    }
    return held.pop() if len(held) == 1 else None


def _of_own(access: Access) -> dict[str, Any]:
    return {"pk": own_organisation(access)}


def _has_own(access: Access) -> bool:
    return own_organisation(access) is not None


def _manages_own(access: Access) -> bool:
    return _has_own(access) and any(
        one.organisation_id == own_organisation(access) for one in access.by("members:see")
    )


def _runs_platform(access: Access) -> bool:
    return any(one.organisation_id is None for one in access.by("members:see"))


def _persons_title(access: Access) -> Any:
    """Whom somebody sees: employees, learners, candidates, or persons."""
    seen = access.by("person:see")
    if seen and all(one.role == Role.ENTERPRISE_HR for one in seen):
        return _("员工")
    if seen and all(not one.rights.official and one.kinds & TRAINERS for one in seen):
        return _("学员")
    if seen and all(one.role in (Role.EVALUATION_MANAGER, Role.EXAMINER) for one in seen):
        return _("考生")
    return _("人员")


@dataclass(frozen=True)
class Entry:
    """A line that the navigation may have. ``title``: a text, or what gives one."""

    view: str
    title: Any
    icon: str
    shown: Callable[[Access], bool] = _everybody
    at: Callable[[Access], dict[str, Any]] = _nothing
    letter: str = ""

    def told(self, access: Access) -> Any:
        """What the line says."""
        return self.title(access) if isinstance(self.title, FunctionType) else self.title


HOME = Entry("home", _("首页"), "home", letter="h")
ARCHIVE = Entry("people:archive", _("我的档案"), "file", letter="a")
ACCOUNT = Entry("people:mine", _("我的账号"), "user", letter="m")
INBOX = Entry("inbox:inbox", _("消息"), "bell", letter="n")

LIBRARY = Entry("desk:library", _("政策库"), "book", letter="l")
QUOTE = Entry("desk:quote", _("我能领多少"), "money", letter="q")

DRAFTS = Entry("desk:drafts", _("政策草案"), "edit", _may("policy:see"), letter="d")
TRIALS = Entry("whatif:trials", _("试算"), "chart", _may("policy:see"), letter="w")
STANDARDS = Entry("desk:standards", _("地区标准"), "building", _may("policy:see"), letter="s")
CASES = Entry("desk:case_tables", _("案例"), "check", _may("policy:see"), letter="t")

SECTIONS: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    ("", (HOME,)),
    (
        _("办理"),
        (
            Entry("people:corrections", _("更正申请"), "edit", _may("person:edit"), letter="c"),
            Entry(
                "people:sign_ups",
                _("企业报名"),
                "clipboard",
                _may("organisation:register"),
                letter="e",
            ),
            Entry("claims:upload", _("批量核定"), "table", works, letter="b"),
        ),
    ),
    (_("政策"), (LIBRARY, DRAFTS, TRIALS, STANDARDS, CASES)),
    (
        _("本单位"),
        (
            Entry("people:organisation", _("单位信息"), "building", _has_own, _of_own),
            Entry("people:members", _("成员与岗位"), "key", _manages_own, _of_own),
        ),
    ),
    (
        _("登记库"),
        (
            Entry("people:persons", _persons_title, "users", _may("person:see"), letter="p"),
            Entry(
                "people:organisations",
                _("单位"),
                "building",
                _may("organisation:see"),
                letter="o",
            ),
            Entry("people:qualifications", _("资质"), "certificate", _may("organisation:see")),
            Entry("people:imports", _("导入"), "import", _may("import:see"), letter="i"),
        ),
    ),
    (
        _("平台"),
        (
            Entry("people:platform", _("平台管理员"), "key", _runs_platform),
            Entry("people:accounts", _("账号"), "user", _may("account:manage")),
            Entry("audit:state", _("事件日志封存"), "shield", _may("audit:see")),
        ),
    ),
)

#: A worker's: large at the foot of a phone's screen, and on the desk with what is open to all.
WORKERS = (HOME, ARCHIVE, INBOX, ACCOUNT)
WORKERS_TOO = (QUOTE, LIBRARY)

OPEN_TO_ALL = (
    HOME,
    QUOTE,
    LIBRARY,
    Entry("claims:upload", _("批量核定"), "table"),
    Entry("people:sign_up", _("企业报名"), "clipboard"),
)


def navigation_of(request: HttpRequest | None) -> Navigation:
    """The navigation of whoever looks at the page; without a request, that of a stranger.

    Asks the database nothing that the request has not asked before, but how much is unread.
    """
    match = request.resolver_match if request else None
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return Navigation((Section("", _links(OPEN_TO_ALL, Access(), match)),))
    access, unread = access_of(user, on=business_date()), unread_count(user)
    search, inbox = reverse("search"), reverse(INBOX.view)
    if not works(access):
        links = tuple(
            replace(link, count=unread or None) if link.url == inbox else link
            for link in _links((*WORKERS, *WORKERS_TOO), access, match)
        )
        at_the_foot = links[: len(WORKERS)]
        return Navigation((Section("", links),), at_the_foot, TOP, search, inbox, unread)
    shown = [
        (title, entry) for title, entries in SECTIONS for entry in entries if entry.shown(access)
    ]
    links = _links([entry for _title, entry in shown], access, match)
    sections = tuple(
        Section(title, tuple(link for _title, link in some))
        for title, some in groupby(
            zip((title for title, _entry in shown), links, strict=True), key=itemgetter(0)
        )
    )
    return Navigation(sections, (), SIDE, search, inbox, unread)


def _links(
    entries: Sequence[Entry], access: Access, match: ResolverMatch | None
) -> tuple[Link, ...]:
    """Of entries that are shown; one of them at the most is where the page is."""
    places = [entry.at(access) for entry in entries]
    current = _current(entries, places, match)
    return tuple(
        Link(
            entry.told(access),
            reverse(entry.view, kwargs=at) if at else _fixed(entry.view),
            entry.icon,
            entry.letter,
            current=number == current,
        )
        for number, (entry, at) in enumerate(zip(entries, places, strict=True))
    )


@cache
def _fixed(view: str) -> str:
    """An address that is the same for everybody, asked for once."""
    return reverse(view)


def _current(
    entries: Sequence[Entry], places: Sequence[dict[str, Any]], match: ResolverMatch | None
) -> int | None:
    """Which of the lines is the page itself, or what it lies under most nearly."""
    if match is None:
        return None
    for view in (match.view_name, *_above(match.view_name)):
        for number, (entry, at) in enumerate(zip(entries, places, strict=True)):
            here = all(match.kwargs.get(name) == value for name, value in at.items())
            if entry.view == view and here and (view != HOME.view or match.view_name == view):
                return number
    return None


def _above(view: str) -> Iterator[str]:
    """The pages that a page lies under, the nearest first."""
    seen = {view}
    while (place := PLACES.get(view)) and (view := place.under) and view not in seen:
        seen.add(view)
        yield view


@dataclass(frozen=True)
class Crumb:
    """A step of the way. ``url``: "" for the page itself, or where there is no way."""

    title: Any
    url: str = ""


def crumbs_of(match: ResolverMatch | None, page: Page) -> list[Crumb]:
    """The way to a page from the home page on, the page itself the last; none for the home page.

    ``page``: its context. `back` there is the address of what it lies under, where it is a form
    about a thing that is not in the context, and `about` what that is called; `crumb` its own
    title, where it has one of its own.
    """
    place = PLACES.get(match.view_name) if match else None
    if match is None or place is None or not place.under:
        return []
    crumbs = [Crumb(page.get("crumb") or _named(place, page))]
    back = page.get("back")
    for view in _above(match.view_name):
        above = PLACES.get(view, place)
        named = (back and page.get("about")) or _named(above, page)
        crumbs.append(Crumb(named, str(back or _address(view, above, page))))
        back = None
    return crumbs[::-1]


def _named(place: Place, page: Page) -> Any:
    thing = page.get(place.thing) if place.thing else None
    for name in ("name", "title", "file_name", "username"):
        if said := getattr(thing, name, ""):
            return said
    return place.title


def _address(view: str, place: Place, page: Page) -> str:
    thing = page.get(place.thing) if place.thing else None
    if place.thing and thing is None:
        return ""
    at = {name: getattr(thing, source) for name, source in place.at.items()} if thing else {}
    try:
        return reverse(view, kwargs=at)
    except NoReverseMatch:
        return ""
