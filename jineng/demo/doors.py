"""Who of the cast may be entered as, as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from jineng.demo import DAY
from jineng.demo.bodies import DEPARTMENTS, KNOWN, TRAINERS
from jineng.demo.cast import (
    CAST,
    DEPARTMENT,
    FIRM,
    GROUP,
    OFFICIALS,
    PLATFORM,
    STAFF,
    WORKERS,
    Seat,
)
from jineng.people.models import Role, User

if TYPE_CHECKING:
    from django.http import HttpRequest

SIDES = (
    (pgettext_lazy("many", "劳动者"), WORKERS),
    (gettext_lazy("企业、培训机构和评价机构"), STAFF),
    (gettext_lazy("人社部门"), OFFICIALS),
    (gettext_lazy("平台"), (PLATFORM,)),
)


@dataclass(frozen=True)
class Door:
    """One of the cast. ``of``: their organisation; empty for workers."""

    key: str
    name: str
    role: str
    of: str
    story: str


@dataclass(frozen=True)
class Side:
    """Those of the cast who are on one side."""

    title: Any
    doors: Sequence[Door]


@dataclass(frozen=True)
class Demo:
    """What pages say of the demo."""

    day: date
    #: Below the form of the page where one signs in.
    sign_in_template: str = "demo/cast.html"

    @property
    def text(self) -> str:
        """What every page says."""
        told = {"day": dateformat.format(self.day, _("Y年n月j日"))}
        return _("演示环境：湖北，%(day)s。人、单位和号码都是虚构的。") % told

    @property
    def url(self) -> str:
        """Where another of the cast is chosen."""
        return reverse("demo:cast")

    @property
    def link(self) -> str:
        """What leads there."""
        return _("换个角色看看")

    @property
    def unproved(self) -> str:
        """What is said where a password or a code is asked of somebody who may be of the cast."""
        return _("演示角色没有密码，也没有验证器，这一步在演示里走不通；自己注册的账号可以。")

    @property
    def sides(self) -> list[Side]:
        """All of the cast who are in the database."""
        there = set(
            User.objects.filter(groups__name=GROUP, is_active=True).values_list(
                "username", flat=True
            )
        )
        sides = [
            Side(title, [_door(seat) for seat in seats if _username(seat) in there])
            for title, seats in SIDES
        ]
        return [side for side in sides if side.doors]


def demo(request: HttpRequest) -> dict[str, Demo]:
    """Context of every page in demo mode."""
    return {"demo": Demo(settings.BUSINESS_DATE or DAY)}


def user_of(key: str) -> User | None:
    """The user of one of the cast; nobody else's, whatever they are called."""
    seat = next((one for one in CAST if one.key == key), None)
    if seat is None:
        return None
    theirs = User.objects.filter(groups__name=GROUP, is_active=True)
    return theirs.filter(username=_username(seat)).first()


def _username(seat: Seat) -> str:
    return seat.username(seat.person.name)


def _door(seat: Seat) -> Door:
    role = str(Role(seat.role).label)
    return Door(seat.key, seat.person.name, role, _body(seat), seat.story)


def _body(seat: Seat) -> str:
    if seat.body is None:
        return ""
    kind, which = seat.body
    if kind == DEPARTMENT:
        return DEPARTMENTS[str(which)].name
    return (KNOWN if kind == FIRM else TRAINERS)[int(which)].name
