"""Departments, and everybody who has a user: invited by the platform's administrator."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from jineng.core.events import acting
from jineng.demo import DAY
from jineng.demo.cast import (
    CAST,
    DEPARTMENT,
    GROUP,
    OFFICIALS,
    PLATFORM,
    SEATS,
    TRAINER,
    WORKERS,
    Seat,
)
from jineng.demo.province import Province
from jineng.people.commands.archives import tie_archive
from jineng.people.commands.members import delegate, invite_member
from jineng.people.commands.organisations import register_organisation
from jineng.people.models import Membership, Organisation, Region, User
from jineng.people.roles import RIGHTS
from jineng.people.signin.adapters import SecondFactorAdapter

#: When the platform was opened, and everybody invited who has worked there since.
OPENED = date(2018, 1, 2)
JOINED = date(2020, 6, 1)


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A time of a day, in China."""
    return datetime.combine(day, time(hour, minute), ZoneInfo("Asia/Shanghai"))


@dataclass
class Users:
    """Users by the keys of their seats, and what they belong to."""

    by_key: dict[str, User] = field(default_factory=dict)
    departments: dict[str, Organisation] = field(default_factory=dict)

    def __getitem__(self, key: str) -> User:
        return self.by_key[key]


def officials(province: Province) -> Users:
    """The platform's administrator, the departments, and their officials."""
    users = Users()
    username = PLATFORM.username(PLATFORM.person.name)
    administrator = invite_member(
        username=username, organisation=None, role=PLATFORM.role, starts_on=OPENED, by=None,
        on=OPENED, why="平台开通",
    ).user  # fmt: skip
    users.by_key[PLATFORM.key] = administrator
    regions = {one.code: one for one in Region.objects.current()}
    for key, body in province.bodies.departments.items():
        users.departments[key] = register_organisation(
            credit_code=body.code, name=body.name, kinds=body.kinds, region=regions[body.region],
            by=administrator, on=OPENED, why="平台开通，登记部门",
        )  # fmt: skip
    for seat, name in _named(province):
        if seat.body is not None and seat.body[0] == DEPARTMENT:
            _invite(seat, name, users.departments[str(seat.body[1])], OPENED, users)
    return users


def others(province: Province, users: Users) -> None:
    """Those of institutions and enterprises, and workers; everybody is tied to their archive."""
    known = {one.credit_code: one for one in Organisation.objects.exclude(kinds=None)}
    for seat, name in _named(province):
        if seat in WORKERS:
            user = User(username=seat.username(name))
            user.set_unusable_password()
            with acting(by=None, why="劳动者注册"):
                user.save(force_insert=True)
            users.by_key[seat.key] = user
        elif seat.body is not None and seat.body[0] != DEPARTMENT:
            of = (
                province.bodies.trainers if seat.body[0] == TRAINER else province.bodies.enterprises
            )
            _invite(seat, name, known[of[int(seat.body[1])].code], JOINED, users)
    for seat, number in zip(SEATS, province.people.numbers.to_pylist(), strict=False):
        tie_archive(users[seat.key], number=number, on=DAY, why="实名认证，凭身份证")
    group = Group.objects.create(name=GROUP)
    group.user_set.set([users[seat.key] for seat in CAST])
    _passwords(users)
    _second_factors(users)
    _leave(users)


def _named(province: Province) -> list[tuple[Seat, str]]:
    return list(zip(SEATS, province.people.names.to_pylist(), strict=False))


def _invite(seat: Seat, name: str, of: Organisation, since: date, users: Users) -> None:
    users.by_key[seat.key] = invite_member(
        username=seat.username(name), organisation=of, role=seat.role, starts_on=since,
        by=users[PLATFORM.key], on=since, why=f"{of.name}来函，为{name}开通账号",
    ).user  # fmt: skip


def _passwords(users: Users) -> None:
    """They have been invited and have set one; nobody knows it."""
    hashed = make_password(secrets.token_urlsafe(32))
    with acting(by=None, why="本人设置密码"):
        User.objects.filter(pk__in=[one.pk for one in users.by_key.values()]).update(
            password=hashed
        )


def _second_factors(users: Users) -> None:
    """Officials have a second factor, as everywhere; nobody knows the secret of these."""
    sealed = SecondFactorAdapter()
    with acting(by=None, why="演示"):
        Authenticator.objects.bulk_create(
            Authenticator(
                user=users[seat.key],
                type=Authenticator.Type.TOTP,
                data={"secret": sealed.encrypt(base64.b32encode(secrets.token_bytes(20)).decode())},
            )
            for seat in SEATS
            if RIGHTS[seat.role].official
        )


def _leave(users: Users) -> None:
    """Somebody goes on leave, and a colleague stands in."""
    away = next(seat for seat in OFFICIALS if seat.key == "chen-jing")
    held = Membership.objects.get(user=users[away.key])
    delegate(
        held, to_user=users["hr-wuchang-second-reviewer"], starts_on=date(2020, 9, 21),
        ends_on=date(2020, 9, 25), reason="年休假", by=users[away.key], on=DAY,
    )  # fmt: skip
