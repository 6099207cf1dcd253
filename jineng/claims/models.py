"""Tables of the context `claims`."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

#: When a batch goes that is kept until somebody deletes it.
FOR_GOOD = datetime.fromisoformat("2099-12-31T00:00:00+08:00")


class State(models.TextChoices):
    """Where a batch stands; `workflow.TRANSITIONS` says what may follow."""

    WAITING = "waiting", _("排队中")
    CHECKING = "checking", _("正在读取核对")
    REFUSED = "refused", _("文件读不了")
    FAULTY = "faulty", _("有错误待改正")
    DECIDING = "deciding", _("正在核定")
    DECIDED = "decided", _("核定完成")
    FAILED = "failed", _("处理未成功")
    CANCELLED = "cancelled", _("已取消")


class Stage(models.TextChoices):
    """What the worker is doing in a batch, for whoever waits."""

    READING = "reading", _("读取文件")
    CHECKING = "checking", _("核对内容")
    MARKING = "marking", _("标注错误")
    DECIDING = "deciding", _("逐条核定")
    WRITING = "writing", _("写出结果")


class RunState(models.TextChoices):
    """Where a run stands; `workflow.RUN_TRANSITIONS` says what may follow."""

    WAITING = "waiting", _("排队中")
    WORKING = "working", _("正在处理")
    DONE = "done", _("已完成")
    FAILED = "failed", _("处理未成功")
    CANCELLED = "cancelled", _("已取消")


class BatchQuerySet(models.QuerySet["Batch"]):
    """Batches, by who may see them and when."""

    def open_to(self, owner: str, at: datetime) -> "BatchQuerySet":
        """Those that this owner handed in and that are still kept."""
        return self.filter(owner=owner, expires_at__gt=at)

    def expired(self, at: datetime) -> "BatchQuerySet":
        """Those kept long enough."""
        return self.filter(expires_at__lte=at)


class Batch(models.Model):
    """A claims file that was handed in, and how far it has come.

    Claims, facts and decisions are in encrypted files (see `files`), none of them in the database.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=64, help_text="HMAC of the key in the owner's session")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="who is told how it ended; the owner, where the owner is a user",
    )
    file_name = models.CharField(max_length=200)
    file_size = models.BigIntegerField(help_text="bytes")
    history_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    stage = models.CharField(max_length=12, choices=Stage, blank=True)
    done = models.BigIntegerField(default=0, help_text="of the stage")
    total = models.BigIntegerField(default=0, help_text="0 where it is not known")
    runs = models.PositiveSmallIntegerField(
        default=0, help_text="how often a worker took this state up without coming to its end"
    )
    clean_only = models.BooleanField(default=False, help_text="lines with errors are left out")
    checked = models.JSONField(default=dict, help_text="counts of lines and problems, by file")
    decided = models.JSONField(default=dict, help_text="counts and amounts of the decisions")
    release = models.CharField(max_length=80, blank=True, help_text="of the pack that decided")
    trouble = models.JSONField(default=dict, help_text="why the whole was refused or failed")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = BatchQuerySet.as_manager()

    class Meta:
        """Every page asks for an owner's; every sweep for those kept long enough."""

        indexes = [
            models.Index(fields=["owner", "-created_at"], name="batch_of_owner"),
            models.Index(fields=["expires_at"], name="batch_expiry"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="batch_state_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="batch_kept_for_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DECIDED) | ~Q(release=""), name="batch_decided_by_release"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_underway(self) -> bool:
        """Whether a worker has it or will take it."""
        return self.state in (State.WAITING, State.CHECKING, State.DECIDING)

    @property
    def goes_at(self) -> datetime | None:
        """When it is deleted by itself; None where it waits for somebody to do that."""
        return self.expires_at if self.expires_at < FOR_GOOD else None


class Run(models.Model):
    """Something that takes long and is made of a decided batch: a file to take along, a comparison.

    It goes with its batch, and with the batch's decisions when those are made anew. What it made
    is a file of the batch, named ``run-`` and its key.
    """

    class Kind(models.TextChoices):
        """What is made; `tasks.RUNS` says by which function."""

        EXPORT = "export", _("导出")
        WHATIF = "whatif", _("试算")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="made")
    kind = models.CharField(max_length=12, choices=Kind)
    asked = models.JSONField(default=dict, help_text="what is wanted; nothing personal in plain")
    state = models.CharField(max_length=12, choices=RunState, default=RunState.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0, help_text="0 where it is not known")
    runs = models.PositiveSmallIntegerField(default=0, help_text="how often a worker took it up")
    result = models.JSONField(default=dict, help_text="what came of it, but for its file")
    trouble = models.JSONField(default=dict, help_text="why it failed")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """A batch's page shows its latest."""

        indexes = [models.Index(fields=["batch", "kind", "-created_at"], name="run_of_batch")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="run_state_known"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def file(self) -> str:
        """What its file is called among those of the batch."""
        return f"run-{self.pk}"

    @property
    def is_underway(self) -> bool:
        """Whether a worker has it or will take it."""
        return self.state in (RunState.WAITING, RunState.WORKING)
