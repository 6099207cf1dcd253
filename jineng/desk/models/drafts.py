"""Drafts of the policy, every version of each, and with whom they are shared."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jineng.people.models import Organisation

if TYPE_CHECKING:
    from jineng.policy import Draft as PolicyDraft

LONGEST_TITLE = 100


class Draft(models.Model):
    """What the policy could be: figures, dates and standards that would be others.

    ``text`` is the file that `jineng policy whatif --draft` reads; a draft that changes nothing yet
    has only its title.
    """

    title = models.CharField(max_length=LONGEST_TITLE)
    text = models.TextField(help_text="YAML, see `jineng.policy.drafts`")
    version = models.PositiveIntegerField(default=1, help_text="number of the version in `text`")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    department = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    #: What whoever asks is to it; given by `permissions.drafts.drafts_in_reach`.
    mine: str

    class Meta:
        """Listed by author and by what was changed last."""

        indexes = [models.Index(fields=["-changed_at"], name="draft_changed")]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="draft_has_a_title"),
            models.CheckConstraint(condition=Q(version__gte=1), name="draft_version_counted"),
        ]

    def __str__(self) -> str:
        return self.title

    def policy_draft(self) -> "PolicyDraft":
        """The draft as the engine takes it. Raises policy.DraftError."""
        from jineng.policy import draft_of

        return draft_of(self.text, self.title)


class DraftVersion(models.Model):
    """A draft as it was saved once; versions are added, never changed."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=LONGEST_TITLE)
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=200, help_text="what was done, in a few words")

    class Meta:
        """One of each number."""

        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="draft_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.number}"


class DraftShare(models.Model):
    """Who else sees a draft, and whether they may change it."""

    class Audience(models.TextChoices):
        """A colleague; a department; or the departments of its line in its region and below."""

        COLLEAGUE = "colleague", _("指定的同事")
        DEPARTMENT = "department", _("本部门")
        REACH = "reach", _("本部门和辖区内的下级部门")

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="shares")
    audience = models.CharField(max_length=10, choices=Audience)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    department = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    may_edit = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """A colleague or a department, each once."""

        constraints = [
            models.CheckConstraint(
                condition=Q(audience="colleague", user__isnull=False, department=None)
                | Q(audience__in=["department", "reach"], user=None, department__isnull=False),
                name="draft_share_with_one",
            ),
            models.UniqueConstraint(
                fields=["draft", "user", "department"],
                nulls_distinct=False,
                name="draft_shared_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.audience}"
