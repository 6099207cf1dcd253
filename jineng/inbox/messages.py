"""What goes out, in words: a title and the way to the site, nothing that is personal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from jineng.inbox.models import Contact, Delivery, Notice, Way
from jineng.inbox.ports import Message
from jineng.inbox.queries import Reached, contact_of, phone_of
from jineng.inbox.tellings import shown, topics

Purpose = Delivery.Purpose

LINK_HOLDS_SECONDS = 3 * 24 * 3600
#: So many titles are in a digest; the rest are counted.
MOST_LINES = 20
ADDRESS, STOP = "jineng.inbox.address", "jineng.inbox.stop"


def composed(delivery: Delivery) -> Message | None:
    """The message, in the language that its reader chose.

    None where it is needed no more: read, settled, or not wanted any more.
    """
    contact = contact_of(delivery.user)
    with override(contact.language or settings.LANGUAGE_CODE):
        return _composed(delivery, contact)


def _composed(delivery: Delivery, contact: Contact) -> Message | None:
    to = _to(delivery, contact)
    if not to:
        return None
    if delivery.purpose == Purpose.CODE:
        return Message(str(delivery.pk), to, "", str(delivery.body)) if delivery.body else None
    if delivery.purpose == Purpose.ADDRESS:
        return _address_link(delivery, contact, to)
    if delivery.purpose == Purpose.DIGEST:
        return _digest(delivery, to)
    return _notice(delivery, to)


def _to(delivery: Delivery, contact: Contact) -> str:
    if delivery.purpose == Purpose.CODE:
        return str(contact.phone_wanted or "")
    if delivery.purpose == Purpose.ADDRESS:
        return str(contact.mail_wanted or "")
    if delivery.way == Way.TEXT:
        return phone_of(delivery.user) or ""
    return "" if contact.mail_refused_at else str(contact.mail or "")


def _notice(delivery: Delivery, to: str) -> Message | None:
    notice = delivery.notice
    way = Way(delivery.way)
    if notice is None or notice.read_at or notice.settled_at:
        return None
    if not Reached.of([delivery.user_id]).by(delivery.user_id, notice.topic, way):
        return None
    words, link = shown(notice).words, _absolute("inbox:notice", pk=notice.pk)
    title = _one_line(words.title)
    if way == Way.TEXT:
        return Message(str(delivery.pk), to, "", _in_short(title, link))
    lines = [title, "", _("接下来：%(step)s") % {"step": words.next_step}]
    if words.due:
        lines.append(_("期限：%(day)s 前") % {"day": words.due.isoformat()})
    lines += ["", _("登录后查看："), link]
    topic = topics().get(notice.topic)
    stop = stop_link(delivery.user_id, notice.topic)
    lines += ["", "-- ", *_foot(stop, str(topic.label) if topic else "")]
    return Message(str(delivery.pk), to, _subject(title), "\n".join(lines), stop)


def _digest(delivery: Delivery, to: str) -> Message | None:
    waiting = list(delivery.lines.filter(read_at=None, settled_at=None).order_by("-at", "-pk"))
    if not waiting:
        return None
    title = ngettext("您有 %(count)s 条未读通知", "您有 %(count)s 条未读通知", len(waiting)) % {
        "count": len(waiting)
    }
    link = _absolute("inbox:inbox") + "?unread=1"
    if delivery.way == Way.TEXT:
        return Message(str(delivery.pk), to, "", _in_short(title, link))
    lines = [_("%(title)s：") % {"title": title}, ""]
    lines += [_line(one) for one in waiting[:MOST_LINES]]
    if len(waiting) > MOST_LINES:
        lines.append(_("……另有 %(count)s 条") % {"count": len(waiting) - MOST_LINES})
    stop = stop_link(delivery.user_id, "")
    lines += ["", _("登录后查看："), link, "", "-- ", *_foot(stop, "")]
    return Message(str(delivery.pk), to, _subject(title), "\n".join(lines), stop)


def _line(notice: Notice) -> str:
    words = shown(notice).words
    told = {"title": _one_line(words.title), "day": words.due.isoformat() if words.due else ""}
    return (_("· %(title)s（%(day)s 前）") if words.due else _("· %(title)s")) % told


def _address_link(delivery: Delivery, contact: Contact, to: str) -> Message:
    link = _absolute("inbox:address", token=address_token(contact))
    lines = [
        _("有人在“技能”平台把这个邮箱设为接收通知的邮箱。"),
        _("是您本人设置的，请在三天之内打开下面的链接确认："),
        link,
        "",
        _("不是您设置的，不必理会；不确认就不会收到通知。"),
    ]
    return Message(str(delivery.pk), to, _subject(_("请确认您的邮箱")), "\n".join(lines))


def _foot(stop: str, topic: str) -> list[str]:
    choices = _absolute("inbox:choices")
    said = _("不想再收到“%(topic)s”的邮件：") % {"topic": topic} if topic else _("不想再收到邮件：")
    return [f"{said}{stop}", _("选择要收到哪些通知：%(link)s") % {"link": choices}]


def _subject(title: str) -> str:
    return _("【技能】%(title)s") % {"title": title}


def _in_short(title: str, link: str) -> str:
    return _("【技能】%(title)s。登录查看：%(link)s") % {"title": title, "link": link}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _absolute(view: str, **kwargs: Any) -> str:
    return str(settings.SITE_ADDRESS) + reverse(view, kwargs=kwargs)


def _mark(address: str) -> str:
    """What a link says of the address that it was sent to, without naming it."""
    return salted_hmac(ADDRESS, address.casefold(), algorithm="sha256").hexdigest()[:32]


def address_token(contact: Contact) -> str:
    """Shows whose address it is."""
    return signing.dumps([contact.user_id, _mark(str(contact.mail_wanted))], salt=ADDRESS)


def address_shown(token: str) -> Contact | None:
    """Whose address a link shows; None where it is too old, was used, or another was given."""
    try:
        user, mark = signing.loads(token, salt=ADDRESS, max_age=LINK_HOLDS_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    contact = Contact.objects.filter(user=user, mail_wanted__isnull=False).first()
    if contact is None or not constant_time_compare(_mark(str(contact.mail_wanted)), mark):
        return None
    return contact


def stop_link(user: int, topic: str) -> str:
    """Where e-mails of a topic, or all of them, are stopped without signing in."""
    return _absolute("inbox:stop", token=signing.dumps([user, topic], salt=STOP, compress=True))


@dataclass(frozen=True)
class Stop:
    """Whose e-mails a link stops, and of which topic; "" of all."""

    user: int
    topic: str


def stop_shown(token: str) -> Stop | None:
    """What a link stops; it holds for ever. None for one that is not ours."""
    try:
        user, topic = signing.loads(token, salt=STOP)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Stop(int(user), str(topic))


def code_message(code: str) -> str:
    """The text message with the code for a phone."""
    return _("【技能】验证码 %(code)s，用于接收通知，10 分钟内有效。请勿告诉他人。") % {
        "code": code
    }


def is_fresh(asked_at: datetime | None, at: datetime, seconds: float) -> bool:
    """Whether something was asked within so many seconds."""
    return asked_at is not None and (at - asked_at).total_seconds() < seconds
