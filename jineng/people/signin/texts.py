"""Codes by text message, to the phone that a person's record holds.

Whether there is such a person or user is never told: where there is none, the code is a decoy that
nothing is right for, and takes as long. So a message is handed to the worker, which sends it.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import requests
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from jineng.people.models import Person, TextCode, User
from jineng.people.verification.http import retry_after

HOLDS = timedelta(minutes=5)
TRIES = 5
DIGITS = 6
GATEWAY_SECONDS = 10
ON_THE_PAGE = "page"
SEND = "jineng.people.tasks.send_text"


class NotSent(Exception):
    """The gateway did not take a message.

    ``status``: what it answered, 0 where nothing; ``after``: how long it asks to be left alone.
    """

    def __init__(self, reason: str, status: int = 0, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.after = after


@dataclass(frozen=True)
class Gateway:
    """What sends text messages: it takes a JSON object with `phone` and `text` and answers 2xx.

    A message that comes again under the same `Idempotency-Key` it sends no second time.
    """

    address: str
    token: str

    @classmethod
    def from_settings(cls) -> "Gateway":
        """The one in the settings TEXTS and TEXTS_TOKEN."""
        return cls(settings.TEXTS, settings.TEXTS_TOKEN)

    def send(self, phone: str, text: str, *, key: str) -> None:
        """Hands a message over; ``key``: its own. Raises NotSent, without what was in it."""
        try:
            answer = requests.post(
                self.address,
                json={"phone": phone, "text": text},
                headers={"Authorization": f"Bearer {self.token}", "Idempotency-Key": key},
                timeout=GATEWAY_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as problem:
            raise NotSent(type(problem).__name__) from None
        if not 200 <= answer.status_code < 300:
            after = retry_after(answer.headers, datetime.now(UTC))
            raise NotSent(f"status {answer.status_code}", answer.status_code, after)


def send_code(
    purpose: TextCode.Purpose, *, user: User | None, person: Person | None, at: datetime
) -> tuple[TextCode, str | None]:
    """Has a code sent to the person's phone, or makes a decoy.

    Gives the code's row, and the message itself where a demo shows it on the page.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    kept = TextCode(purpose=purpose, made_at=at, code_hash=secrets.token_bytes(32))
    text = None
    if user is not None and person is not None and person.phone:
        kept.user, kept.person, kept.code_hash = user, person, _hash(kept, code)
        told = {"code": code, "purpose": purpose.label}
        text = _("验证码 %(code)s，用于%(purpose)s，5 分钟内有效。请勿告诉他人。") % told
    if settings.TEXTS == ON_THE_PAGE:
        kept.save(force_insert=True)
        return kept, text
    with transaction.atomic():
        kept.unsent = text
        kept.save(force_insert=True)
        app.configure_task(SEND).defer(code=str(kept.pk))
    return kept, None


def send_unsent(pk: str, *, at: datetime) -> None:
    """The worker's part: sends the message of a code that still holds. Raises NotSent."""
    kept = TextCode.objects.select_related("person").filter(pk=pk, made_at__gt=at - HOLDS).first()
    if kept is None or kept.unsent is None or kept.person is None or not kept.person.phone:
        return
    Gateway.from_settings().send(str(kept.person.phone), str(kept.unsent), key=pk)
    TextCode.objects.filter(pk=pk).update(unsent=None)


def used_code(pk: str, code: str, *, purpose: TextCode.Purpose, at: datetime) -> TextCode | None:
    """The row of a code that is right, which is gone by that; None where it is wrong or too old.

    Each try is counted before it is made.
    """
    live = TextCode.objects.filter(pk=pk, purpose=purpose, made_at__gt=at - HOLDS)
    if not live.filter(tries__lt=TRIES).update(tries=F("tries") + 1):
        return None
    kept = live.select_related("user", "person").first()
    if kept is None or not hmac.compare_digest(bytes(kept.code_hash), _hash(kept, code.strip())):
        return None
    deleted, _each = live.delete()
    return kept if deleted else None


def _hash(kept: TextCode, code: str) -> bytes:
    return salted_hmac("jineng.text_code", f"{kept.pk}\0{code}", algorithm="sha256").digest()


def forget_old_codes(*, at: datetime) -> int:
    """Deletes codes that no longer hold; how many."""
    deleted, _each = TextCode.objects.filter(made_at__lt=at - HOLDS).delete()
    return deleted
