"""What messages go out by: an SMTP server, and a gateway for text messages.

A port is opened, sends one message after the other, and says of each that was not sent why.
"""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from jineng.inbox.models import Way
from jineng.people.signin.texts import Gateway
from jineng.people.signin.texts import NotSent as TextNotSent

#: Answers of a gateway that say something of the gateway or of our settings, not of the message.
_OF_THE_GATEWAY = frozenset({0, 401, 403, 404, 405, 407, 429, 503})
#: And those after which the same message may be taken.
_FOR_NOW = frozenset({408, 409, 425})


@dataclass(frozen=True)
class Message:
    """``key``: its own number, the same however often it is sent; ``stop``: where one says no."""

    key: str
    to: str
    subject: str
    body: str
    stop: str = ""


class NotSent(Exception):
    """``reason``: in one word, without what was in the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason[:60]


class Refused(NotSent):
    """It will never be taken. ``mailbox``: since there is no such address."""

    def __init__(self, reason: str, *, mailbox: bool = False) -> None:
        super().__init__(reason)
        self.mailbox = mailbox


class Later(NotSent):
    """Not now."""


class Uncertain(NotSent):
    """Broken off: it may have been taken, and would be sent twice."""


class Closed(NotSent):
    """Nothing goes out by this way now. ``after``: how long it asks to be left alone."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Port(Protocol):
    """One way, open."""

    def send(self, message: Message) -> None:
        """Sends it. Raises NotSent."""


@contextmanager
def opened(way: Way) -> Iterator[Port]:
    """The port of a way. Raises Closed."""
    if way == Way.TEXT:
        yield TextPort()
        return
    mail = MailPort()
    mail.open()
    try:
        yield mail
    finally:
        mail.close()


@dataclass
class MailPort:
    """Django's SMTP backend, by the settings EMAIL_*."""

    backend: Any = field(default_factory=get_connection)

    def open(self) -> None:
        """Connects and signs in, with TLS where the settings ask for it. Raises Closed."""
        try:
            self.backend.open()
        except (OSError, smtplib.SMTPException) as problem:
            raise Closed(type(problem).__name__) from None

    def close(self) -> None:
        """Says goodbye."""
        with suppress(OSError, smtplib.SMTPException):
            self.backend.close()

    def send(self, message: Message) -> None:
        """Sends it over a connection that has just answered. Raises NotSent."""
        self._wake()
        try:
            self.backend.send_messages([_mail(message)])
        except smtplib.SMTPRecipientsRefused as refused:
            ((code, _said),) = refused.recipients.values()
            if code == 421:
                raise Closed(f"status {code}") from None
            if code >= 500:
                raise Refused(f"status {code}", mailbox=True) from None
            raise Later(f"status {code}") from None
        except smtplib.SMTPDataError as refused:
            if refused.smtp_code >= 500:
                raise Refused(f"status {refused.smtp_code}") from None
            raise Later(f"status {refused.smtp_code}") from None
        except smtplib.SMTPResponseException as refused:
            # Of the sender, or of what was agreed at the beginning: it would meet every message.
            raise Closed(f"status {refused.smtp_code}") from None
        except smtplib.SMTPNotSupportedError as problem:
            raise Refused(type(problem).__name__) from None
        except (OSError, smtplib.SMTPException) as problem:
            raise Uncertain(type(problem).__name__) from None

    def _wake(self) -> None:
        """A server that hung up meanwhile is called again, before anything is sent."""
        connection = self.backend.connection
        with suppress(OSError, smtplib.SMTPException):
            if connection is not None and connection.noop()[0] == 250:
                return
        self.close()
        self.backend.connection = None
        self.open()


def _mail(message: Message) -> EmailMessage:
    host = settings.SITE_ADDRESS.partition("://")[2].partition("/")[0].partition(":")[0]
    headers = {
        "Message-ID": f"<{message.key}@{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if message.stop:
        headers["List-Unsubscribe"] = f"<{message.stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return EmailMessage(message.subject, message.body, to=[message.to], headers=headers)


class TextPort:
    """The gateway in the settings TEXTS and TEXTS_TOKEN."""

    def send(self, message: Message) -> None:
        """Hands it over. Raises NotSent; what is uncertain may be sent again under its key."""
        try:
            Gateway.from_settings().send(message.to, message.body, key=message.key)
        except TextNotSent as refused:
            reason, status = str(refused), refused.status
            if status in _OF_THE_GATEWAY:
                raise Closed(reason, refused.after) from None
            if 400 <= status < 500 and status not in _FOR_NOW:
                raise Refused(reason) from None
            raise Later(reason) from None
