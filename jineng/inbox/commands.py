"""What a user does with notices, and says of how to be told."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from jineng.core.events import acting
from jineng.inbox.messages import code_message, is_fresh
from jineng.inbox.models import Choice, Contact, Delivery, Notice, Way
from jineng.inbox.queries import contact_of, notices_of, wants
from jineng.inbox.tellings import topics
from jineng.people import values
from jineng.people.errors import Refused, told
from jineng.people.models import User
from jineng.people.signin.texts import ON_THE_PAGE

#: Not more than one link or code is sent within this time.
SECONDS_BETWEEN = 60
CODE_HOLDS = timedelta(minutes=10)
CODE_TRIES = 5
DIGITS = 6


def mark_read(notice: Notice, *, at: datetime) -> None:
    """From now on it was read; it stays as it was where that was so."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=at)


def mark_unread(notice: Notice) -> None:
    """It waits to be read once more."""
    Notice.objects.filter(pk=notice.pk).update(read_at=None)


def mark_all_read(user: User, *, topic: str = "", at: datetime) -> int:
    """All that waits, or all of a topic, was read at this moment; how many that were."""
    return notices_of(user, unread=True, topic=topic).order_by().update(read_at=at)


def undo_all_read(user: User, *, at: datetime) -> int:
    """What was marked at that moment waits again; how many that are."""
    return Notice.objects.filter(user=user, read_at=at).update(read_at=None)


def choose(
    user: User,
    chosen: Mapping[str, Mapping[Way, bool]],
    *,
    rhythm: str,
    language: str,
    by: User,
) -> None:
    """By which ways a user is told of each topic, how often of what is not urgent, and how.

    ``language``: in which messages are, of the setting LANGUAGES. Raises Refused.
    """
    if rhythm not in Contact.Rhythm.values:
        raise Refused(_("没有这种汇总方式。"))
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("没有这种语言。"))
    kept = {one.topic: one for one in Choice.objects.filter(user=user)}
    with acting(by=by, why=gettext_lazy("选择通知方式")):
        told = {"rhythm": rhythm, "language": language}
        Contact.objects.update_or_create(user=user, defaults=told)
        for topic, ways in chosen.items():
            if topic not in topics():
                continue
            before = {way: wants(kept.get(topic), topic, way) for way in Way}
            after = before | dict(ways)
            if after != before:
                Choice.objects.update_or_create(
                    user=user,
                    topic=topic,
                    defaults={"mail": after[Way.MAIL], "text": after[Way.TEXT]},
                )


def choose_language(user: User, language: str, *, by: User) -> None:
    """Messages are in this language, of the setting LANGUAGES, from now on."""
    if contact_of(user).language != language:
        with acting(by=by, why=gettext_lazy("选择语言")):
            Contact.objects.update_or_create(user=user, defaults={"language": language})


def stop_mail(user_id: int, *, topic: str = "") -> None:
    """No e-mail of a topic, or none at all, from now on; for a link that shows whose it is."""
    names = [topic] if topic in topics() else list(topics())
    kept = {one.topic: one for one in Choice.objects.filter(user=user_id)}
    with acting(by=None, why=gettext_lazy("邮件中的退订链接")):
        for name in names:
            Choice.objects.update_or_create(
                user_id=user_id,
                topic=name,
                defaults={"mail": False, "text": wants(kept.get(name), name, Way.TEXT)},
            )


def want_mail(user: User, address: str, *, by: User, at: datetime) -> None:
    """Sends a link to an address, which counts once the link is opened. Raises Refused."""
    contact = _contact(user)
    if is_fresh(contact.mail_asked_at, at, SECONDS_BETWEEN):
        raise Refused(_("确认邮件刚刚发出，请一分钟以后再试。"))
    with acting(by=by, why=gettext_lazy("设置接收通知的邮箱")):
        contact.mail_wanted, contact.mail_asked_at = address, at
        contact.save()
        _put_out(user, Way.MAIL, Delivery.Purpose.ADDRESS, at)


def confirm_mail(contact: Contact) -> None:
    """Whoever has the address has opened its link."""
    user = contact.user
    with acting(by=user, why=gettext_lazy("打开邮箱确认链接")):
        contact.mail, contact.mail_wanted = str(contact.mail_wanted), None
        contact.mail_refused_at = None
        contact.save()


def forget_mail(user: User, *, by: User) -> None:
    """No address any more, confirmed or not."""
    with acting(by=by, why=gettext_lazy("移除接收通知的邮箱")):
        Contact.objects.filter(user=user).update(mail=None, mail_wanted=None, mail_refused_at=None)


def want_phone(user: User, phone: str, *, by: User, at: datetime) -> str | None:
    """Sends a code to a phone, which counts once the code is given. Raises Refused.

    Gives the message itself where a demo shows it on the page.
    """
    with told():
        phone = values.phone(phone)
    contact = _contact(user)
    if is_fresh(contact.phone_asked_at, at, SECONDS_BETWEEN):
        raise Refused(_("验证码刚刚发出，请一分钟以后再试。"))
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with acting(by=by, why=gettext_lazy("设置接收通知的手机")):
        contact.phone_wanted, contact.phone_asked_at, contact.phone_tries = phone, at, 0
        contact.phone_code_hash = _hash(user, code)
        contact.save()
        if settings.TEXTS == ON_THE_PAGE:
            return code_message(code)
        _put_out(user, Way.TEXT, Delivery.Purpose.CODE, at, body=code_message(code))
    return None


def confirm_phone(user: User, code: str, *, by: User, at: datetime) -> None:
    """Takes the code that was sent. Raises Refused; each try is counted before it is made."""
    live = Contact.objects.filter(
        user=user, phone_wanted__isnull=False, phone_asked_at__gt=at - CODE_HOLDS
    )
    counted = live.filter(phone_tries__lt=CODE_TRIES).update(phone_tries=F("phone_tries") + 1)
    contact = live.first() if counted else None
    if contact is None or not hmac.compare_digest(
        bytes(contact.phone_code_hash or b""), _hash(user, code.strip())
    ):
        raise Refused(_("验证码不正确，或已过期。"))
    with acting(by=by, why=gettext_lazy("填写手机验证码")):
        contact.phone, contact.phone_wanted = str(contact.phone_wanted), None
        contact.phone_code_hash = None
        contact.save()


def forget_phone(user: User, *, by: User) -> None:
    """No phone of one's own any more; that in the record counts again."""
    with acting(by=by, why=gettext_lazy("移除接收通知的手机")):
        Contact.objects.filter(user=user).update(
            phone=None, phone_wanted=None, phone_code_hash=None
        )


def _contact(user: User) -> Contact:
    """Where the user is reached; of whoever never chose, in the language of the page."""
    language = get_language() or settings.LANGUAGE_CODE
    return Contact.objects.filter(user=user).first() or Contact(user=user, language=language)


def _put_out(
    user: User, way: Way, purpose: Delivery.Purpose, at: datetime, body: str | None = None
) -> None:
    """What was to go out before of this kind is needed no more."""
    before = Delivery.objects.filter(user=user, purpose=purpose, state=Delivery.State.WAITING)
    before.update(state=Delivery.State.DROPPED, body=None)
    Delivery.objects.create(user=user, way=way, purpose=purpose, body=body, made_at=at, due_at=at)


def _hash(user: User, code: str) -> bytes:
    return salted_hmac("jineng.inbox.phone", f"{user.pk}\0{code}", algorithm="sha256").digest()


def forget_old(*, at: datetime) -> int:
    """Deletes what is over: notices read or settled a year ago, messages three months old."""
    old = at - timedelta(days=365)
    gone = 0
    for over in ({"read_at__lt": old}, {"settled_at__lt": old}):
        gone += Notice.objects.filter(at__lt=old, **over).delete()[0]
    done = Delivery.objects.filter(made_at__lt=at - timedelta(days=90))
    waiting = [Delivery.State.WAITING, Delivery.State.SENDING]
    return gone + done.exclude(state__in=waiting).delete()[0]
