"""Notices, how users want to be told, and what goes out."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jineng.core.sealed import SealedField
from jineng.people.models import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices, by what is still to be done with them."""

    def unread(self) -> "NoticeQuerySet":
        """Those that wait to be read; what is settled waits no more."""
        return self.filter(read_at=None, settled_at=None)


class Notice(models.Model):
    """That one user was told one thing, once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices", db_index=False)
    telling = models.CharField(max_length=60, help_text="`pages.notices.Telling.name`")
    topic = models.CharField(max_length=20)
    cause = models.CharField(max_length=100, help_text="an event's number, or what stands for it")
    case = models.CharField(max_length=100, blank=True, help_text="table and key of what it is of")
    about = models.JSONField(default=dict, help_text="what its words are made of")
    urgent = models.BooleanField(default=False)
    at = models.DateTimeField(help_text="when what it tells of happened")
    read_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(
        null=True, help_text="since when nobody needs to act on it any more"
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        """Once for each cause; listed the latest first; unread ones counted on every page."""

        constraints = [
            models.UniqueConstraint(fields=["user", "telling", "cause"], name="told_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="notices_latest"),
            models.Index(
                fields=["user"], condition=Q(read_at=None, settled_at=None), name="notices_unread"
            ),
            models.Index(
                fields=["case", "telling"],
                condition=Q(settled_at=None) & ~Q(case=""),
                name="notices_of_case",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.telling} {self.cause}"


class Way(models.TextChoices):
    """By what something goes out."""

    MAIL = "mail", _("电子邮件")
    TEXT = "text", _("短信")


class Contact(models.Model):
    """Where a user is reached, and how often with what is not urgent.

    An address counts once whoever has it opened the link that was sent there; a phone, once the
    code sent there was given. Where there is none, the phone in the person's record counts.
    """

    class Rhythm(models.TextChoices):
        """How often what is not urgent is told."""

        DAILY = "daily", _("每个工作日汇总一次")
        WEEKLY = "weekly", _("每周汇总一次")

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="contact")
    rhythm = models.CharField(max_length=6, choices=Rhythm, default=Rhythm.DAILY)
    language = models.CharField(
        max_length=10, blank=True, help_text="in which e-mails and texts are; empty: the site's own"
    )
    mail = SealedField(null=True)
    mail_wanted = SealedField(null=True, help_text="until its link is opened")
    mail_asked_at = models.DateTimeField(null=True)
    mail_refused_at = models.DateTimeField(null=True, help_text="no such mailbox, its server says")
    phone = SealedField(null=True)
    phone_wanted = SealedField(null=True, help_text="until its code is given")
    phone_asked_at = models.DateTimeField(null=True)
    phone_code_hash = models.BinaryField(max_length=32, null=True)
    phone_tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"contact of {self.user_id}"


class Choice(models.Model):
    """By which ways a user is told of a topic; without one, the topic's own rule holds."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    topic = models.CharField(max_length=20)
    mail = models.BooleanField()
    text = models.BooleanField()

    class Meta:
        """One for each topic."""

        constraints = [
            models.UniqueConstraint(fields=["user", "topic"], name="one_choice_of_a_topic")
        ]

    def __str__(self) -> str:
        return f"{self.topic} of {self.user_id}"


class Delivery(models.Model):
    """One message that goes out, once. Its number is what the gateway knows it by."""

    class Purpose(models.TextChoices):
        """What is in it."""

        NOTICE = "notice", "one notice"
        DIGEST = "digest", "all that waits to be read"
        ADDRESS = "address", "the link that shows whose an address is"
        CODE = "code", "the code that shows whose a phone is"

    class State(models.TextChoices):
        """`SENDING` is written down before anything is sent, so that a killed worker is noticed."""

        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        UNCERTAIN = "uncertain", "broken off while it was sent: not sent again"
        FAILED = "failed", "refused, or tried too often"
        DROPPED = "dropped", "needed no more"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    way = models.CharField(max_length=4, choices=Way)
    purpose = models.CharField(max_length=7, choices=Purpose)
    notice = models.ForeignKey(
        Notice, models.CASCADE, null=True, related_name="deliveries", help_text="of one alone"
    )
    lines = models.ManyToManyField(Notice, related_name="digests", help_text="of a digest")
    day = models.DateField(null=True, help_text="of a digest: the business date")
    body = SealedField(null=True, help_text="of a code: the message, until it is sent")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="not to be tried before")
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=60, blank=True, help_text="what went wrong, in one word")

    class Meta:
        """Once for each notice and way, once a day for each digest."""

        constraints = [
            models.UniqueConstraint(
                fields=["notice", "way"], condition=Q(purpose="notice"), name="sent_once"
            ),
            models.UniqueConstraint(
                fields=["user", "way", "day"], condition=Q(purpose="digest"), name="digest_once"
            ),
            models.CheckConstraint(
                condition=Q(purpose="notice", notice__isnull=False)
                | (~Q(purpose="notice") & Q(notice=None)),
                name="delivery_of_a_notice",
            ),
        ]
        indexes = [
            models.Index(
                fields=["way", "due_at"],
                condition=Q(state__in=["waiting", "sending"]),
                name="deliveries_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.purpose} {self.state}"


class Gate(models.Model):
    """That one way is closed for a time: its server can't be reached, or asks to be left alone."""

    way = models.CharField(max_length=4, choices=Way, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="in a row")
    closed_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.way} {self.failures}"

    def is_open(self, at: datetime) -> bool:
        """Whether it may be tried."""
        return self.closed_until is None or self.closed_until <= at


class Reading(models.Model):
    """How far the event log has been read. One row.

    ``done``: the snapshot (PostgreSQL's `pg_snapshot`) all of whose events were told; ``goal``: the
    one that is being told now, as far as event ``after``, or "all" for everything there is. Events
    up to ``floor`` need not be looked at again: ``next_floor`` becomes it once every transaction
    before ``next_seen`` has ended. ``cluster`` is the server, which numbers transactions.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    done = models.TextField()
    goal = models.TextField(null=True)  # noqa: DJ001  no goal is not an empty one
    goal_cluster = models.TextField(blank=True)
    goal_event = models.BigIntegerField(default=0, help_text="the last there was")
    goal_snapshot = models.TextField(blank=True, help_text="what `done` will be")
    after = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)
    next_floor = models.BigIntegerField(default=0)
    next_seen = models.BigIntegerField(default=0)
    cluster = models.TextField()

    class Meta:
        """One row."""

        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_reading"),
            models.CheckConstraint(
                condition=Q(next_floor__gte=F("floor")), name="reading_floor_rises"
            ),
        ]

    def __str__(self) -> str:
        return f"read up to {self.floor}"
