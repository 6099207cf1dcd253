"""Tables of the context `whatif`."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jineng.claims.models import Run, RunState
from jineng.desk.models import Draft


class Trial(models.Model):
    """A batch's claims under a version of a draft, against the pack in force; never a decision.

    What was asked, and what it comes to, without persons; that stays. Who it is down to lines is
    what the batch's run made, and goes with the batch.
    """

    class Shown(models.TextChoices):
        """How it stands, as a list tells it."""

        UNDERWAY = "underway", _("正在试算")
        DONE = "done", _("试算完成")
        FAILED = "failed", _("试算未成功")
        CANCELLED = "cancelled", _("已取消")
        GONE = "gone", _("申请已删除，没有算完")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    run = models.OneToOneField(Run, models.SET_NULL, null=True, related_name="trial")
    batch_key = models.UUIDField(help_text="of the batch, which may be gone")
    file_name = models.CharField(max_length=200, help_text="of the batch")
    draft = models.ForeignKey(Draft, models.SET_NULL, null=True, related_name="trials")
    title = models.CharField(max_length=100, help_text="of the draft")
    version = models.PositiveIntegerField(help_text="of the draft")
    text = models.TextField(help_text="the draft as it was tried")
    budgets = models.JSONField(default=dict, help_text="fen by fund, or total")
    sums = models.JSONField(default=dict, help_text="what it comes to, see `sums`")
    lines = models.BigIntegerField(default=0, help_text="claims looked at")
    changed = models.BigIntegerField(default=0, help_text="claims that come out otherwise")
    difference_fen = models.BigIntegerField(default=0)
    release = models.CharField(max_length=80, blank=True, help_text="of the pack in force")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        """Listed by who tried and by draft, the latest first."""

        indexes = [
            models.Index(fields=["by", "-at"], name="trial_of_user"),
            models.Index(fields=["draft", "-at"], name="trial_of_draft"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None, release="")
                | (Q(finished_at__isnull=False) & ~Q(release="")),
                name="trial_finished_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def shown(self) -> str:
        """How it stands."""
        if self.finished_at is not None:
            return self.Shown.DONE
        if self.run is None:
            return self.Shown.GONE
        ended = {RunState.FAILED: self.Shown.FAILED, RunState.CANCELLED: self.Shown.CANCELLED}
        return ended.get(RunState(self.run.state), self.Shown.UNDERWAY)

    @property
    def is_underway(self) -> bool:
        """Whether a worker has it or will take it."""
        return self.shown == self.Shown.UNDERWAY
