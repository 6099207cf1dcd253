"""What a user is told of roles, of who stands in, and of signing in."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.core.calendar import business_time
from jineng.core.models import Event
from jineng.pages.notices import OfEvents, Told, Words
from jineng.people.models import Delegation, Membership, Organisation, Role, User
from jineng.people.notices.topics import ROLES, SECURITY
from jineng.people.queries.members import INVITED_FOR
from jineng.people.signin.devices import NEW_DEVICE, device_in_words

Tells = Iterator[tuple[Event, Told]]


def _active(users: Sequence[Any]) -> set[int]:
    wanted = {int(user) for user in users if user is not None}
    return set(User.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))


def _names(organisations: Sequence[Any]) -> dict[int, str]:
    wanted = {pk for pk in organisations if pk is not None}
    return dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _place(about: dict[str, Any]) -> str:
    """A role, and of which organisation."""
    role = about["role"]
    title = str(Role(role).label) if role in Role.values else role
    return _("%(organisation)s的%(role)s") % {
        "organisation": about["of"] or _("平台"),
        "role": title,
    }


def _role(events: Sequence[Event], on: date) -> Tells:
    """Given, ended, or taken back before it began."""
    rows = {
        str(pk): told
        for pk, *told in Membership.objects.filter(
            pk__in=[int(event.row_id) for event in events]
        ).values_list("pk", "user_id", "organisation_id", "role")
    }
    held: list[tuple[Event, Any, Any, Any]] = []
    for event in events:
        if event.kind == "update":
            if "ends_on" not in (event.after or {}) or event.row_id not in rows:
                continue
            user, of, role = rows[event.row_id]
        else:
            row = (event.after or event.before) or {}
            user, of, role = row.get("user_id"), row.get("organisation_id"), row.get("role")
        held.append((event, user, of, role))
    active = _active([user for _event, user, _of, _role in held])
    names = _names([of for _event, _user, of, _role in held])
    for event, user, of, role in held:
        if user in active and event.actor_id != user:
            days = event.after or event.before or {}
            about = {"kind": event.kind, "of": names.get(of, ""), "role": role}
            about |= {"starts_on": days.get("starts_on"), "ends_on": days.get("ends_on")}
            yield event, Told(user, about)


def _role_words(about: dict[str, Any]) -> Words:
    told = {"place": _place(about), "first": about["starts_on"], "last": about["ends_on"]}
    title, step = _("您的岗位有变动"), _("不需要您办理。有疑问的，请问本单位的管理员。")
    if about["kind"] == "insert":
        title = _("您有了新的岗位")
        text = _("您从 %(first)s 起担任%(place)s。") % told
        if told["last"]:
            text = _("您从 %(first)s 起担任%(place)s，到 %(last)s 为止。") % told
    elif about["kind"] == "delete":
        text = _("原定由您担任的%(place)s已取消。") % told
    elif told["last"]:
        text = _("您担任的%(place)s到 %(last)s 结束。") % told
    else:
        text = _("您担任的%(place)s不再有结束日期。") % told
    return Words(title, text, reverse("people:mine"), step)


def _offered(events: Sequence[Event], on: date) -> Tells:
    """To whoever may take it; of a name that nobody has, nobody is told."""
    made = [(event, event.after or {}) for event in events if event.kind == "insert"]
    active = _active([row.get("user_id") for _event, row in made])
    names = _names([row.get("organisation_id") for _event, row in made])
    for event, row in made:
        if row.get("user_id") in active:
            until = business_time(datetime.fromisoformat(row["made_at"])).date() + INVITED_FOR
            about = {"of": names.get(row["organisation_id"], ""), "role": row.get("role")}
            about |= {"first": row.get("starts_on"), "last": row.get("ends_on")}
            yield event, Told(row["user_id"], about | {"until": until.isoformat()})


def _offered_words(about: dict[str, Any]) -> Words:
    told = {"place": _place(about), "first": about["first"], "last": about["last"]}
    text = _("邀请您从 %(first)s 起担任%(place)s。") % told
    if told["last"]:
        text = _("邀请您从 %(first)s 起担任%(place)s，到 %(last)s 为止。") % told
    return Words(
        title=_("有单位邀请您担任岗位"),
        text=text,
        link=reverse("people:mine"),
        next_step=_("由您在“我的账号”中接受或谢绝；不认识的单位，请谢绝。"),
        due=date.fromisoformat(about["until"]),
    )


def _is_answered(event: Event) -> bool:
    return event.kind == "update" and bool((event.after or {}).get("answer"))


def _delegation(events: Sequence[Event], on: date) -> Tells:
    """To whoever stands in, and to the holder where somebody else arranged it."""
    ids = [int(event.row_id) for event in events if event.kind == "update"]
    kept = {str(one.pk): one for one in Delegation.objects.filter(pk__in=ids)}
    found: list[tuple[Event, Any, Any, Any, Any]] = []
    for event in events:
        row = (event.after or event.before) or {}
        if event.kind == "update":
            one = kept.get(event.row_id)
            if one is None or "revoked_at" not in row:
                continue
            found.append((event, one.membership_id, one.to_user_id, one.starts_on, one.ends_on))
        else:
            days = (row.get("starts_on"), row.get("ends_on"))
            found.append((event, row.get("membership_id"), row.get("to_user_id"), *days))
    members = Membership.objects.select_related("organisation").in_bulk(
        [one[1] for one in found if one[1] is not None]
    )
    active = _active([one[2] for one in found] + [one.user_id for one in members.values()])
    for event, membership, to_user, first, last in found:
        member = members.get(membership)
        if member is None:
            continue
        of = member.organisation.name if member.organisation else ""
        about = {"kind": event.kind, "of": of, "role": member.role}
        about |= {"first": str(first), "last": str(last)}
        for user, own in ((to_user, False), (member.user_id, True)):
            if user in active and user != event.actor_id:
                yield event, Told(user, about | {"own": own})


def _delegation_words(about: dict[str, Any]) -> Words:
    told = {"place": _place(about), "first": about["first"], "last": about["last"]}
    own, made = about["own"], about["kind"] == "insert"
    if made and own:
        text = _("您担任的%(place)s，从 %(first)s 到 %(last)s 由同事代理。") % told
    elif made:
        text = _("从 %(first)s 到 %(last)s，由您代理%(place)s。") % told
    elif own:
        text = _("您担任的%(place)s，同事的代理已提前结束。") % told
    else:
        text = _("您代理的%(place)s已提前结束。") % told
    step = _("不需要您办理。")
    if made and not own:
        step = _("代理期间，由您办理这个岗位的事；不能代理的，可在“我的账号”中提前结束。")
    return Words(_("代理安排有变动"), text, reverse("people:mine"), step)


def _device(events: Sequence[Event], on: date) -> Tells:
    active = _active([event.row_id for event in events])
    for event in events:
        told = event.after or {}
        if int(event.row_id) in active and not told.get("first"):
            about = {"device": str(told.get("device", ""))[:60], "at": event.at.isoformat()}
            yield event, Told(int(event.row_id), about | {"from": event.origin})


def _device_words(about: dict[str, Any]) -> Words:
    told = {
        "device": device_in_words(about["device"]) or _("未知设备"),
        "address": about["from"] or _("未知"),
    }
    return Words(
        title=_("您的账号在一台新设备上登录"),
        text=_("设备：%(device)s；网络地址：%(address)s。") % told,
        link=reverse("usersessions_list"),
        next_step=_("是您本人登录的，不需要办理。不是的，请立即退出该设备并修改密码。"),
    )


def _password(events: Sequence[Event], on: date) -> Tells:
    changes = [event for event in events if "password" in (event.after or {})]
    active = _active([event.row_id for event in changes])
    for event in changes:
        if int(event.row_id) in active:
            own = event.actor_id in (None, int(event.row_id))
            yield event, Told(int(event.row_id), {"own": own})


def _password_words(about: dict[str, Any]) -> Words:
    text = _("您的登录密码已更改。")
    if not about["own"]:
        text = _("管理员重置了您的登录方式：原密码和双重验证都已失效。")
    return Words(
        title=_("您的登录密码有变动"),
        text=text,
        link=reverse("people:mine"),
        next_step=_("是您本人办理的，不需要再办。不是的，请立即联系本单位的管理员。"),
    )


FACTORS = {
    Authenticator.Type.TOTP: gettext_lazy("手机验证器"),
    Authenticator.Type.WEBAUTHN: gettext_lazy("通行密钥"),
    Authenticator.Type.RECOVERY_CODES: gettext_lazy("备用码"),
}


def _factor(events: Sequence[Event], on: date) -> Tells:
    rows = [(event, (event.after or event.before) or {}) for event in events]
    active = _active([row.get("user_id") for _event, row in rows])
    for event, row in rows:
        # Codes that are made anew go and come at once.
        gone = event.kind == "delete"
        if gone and row.get("type") == Authenticator.Type.RECOVERY_CODES:
            continue
        if row.get("user_id") in active:
            yield event, Told(row["user_id"], {"type": row.get("type"), "gone": gone})


def _factor_words(about: dict[str, Any]) -> Words:
    what = str(FACTORS.get(about["type"], about["type"]))
    text = _("添加了一种验证方式：%(what)s。") % {"what": what}
    if about["gone"]:
        text = _("移除了一种验证方式：%(what)s。") % {"what": what}
    return Words(
        title=_("您的双重验证有变动"),
        text=text,
        link=reverse("mfa_index"),
        next_step=_("是您本人办理的，不需要再办。不是的，请立即联系本单位的管理员。"),
    )


TELLINGS = [
    OfEvents(
        "people.role",
        ROLES,
        _role_words,
        "people_membership",
        frozenset({"insert", "update", "delete"}),
        _role,
    ),
    OfEvents(
        "people.role_offered",
        ROLES,
        _offered_words,
        "people_invitation",
        frozenset({"insert", "update"}),
        _offered,
        settled=_is_answered,
    ),
    OfEvents(
        "people.delegation",
        ROLES,
        _delegation_words,
        "people_delegation",
        frozenset({"insert", "update", "delete"}),
        _delegation,
        urgent=True,
    ),
    OfEvents(
        "people.device",
        SECURITY,
        _device_words,
        "people_user",
        frozenset({NEW_DEVICE}),
        _device,
        urgent=True,
    ),
    OfEvents(
        "people.password",
        SECURITY,
        _password_words,
        "people_user",
        frozenset({"update"}),
        _password,
        urgent=True,
    ),
    OfEvents(
        "people.factor",
        SECURITY,
        _factor_words,
        "mfa_authenticator",
        frozenset({"insert", "delete"}),
        _factor,
        urgent=True,
    ),
]
