"""Answers of outside registers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jineng.people.models.organisations import Organisation
from jineng.people.models.persons import Person


class Verification(models.Model):
    """What a register answered when it was asked about somebody. Unavailable is no answer."""

    class Answer(models.TextChoices):
        """Told apart: that a register can't be reached says nothing about anybody."""

        CONFIRMED = "confirmed", _("核验一致")
        MISMATCH = "mismatch", _("核验不一致")
        NOT_FOUND = "not_found", _("查无此人（单位）")
        UNAVAILABLE = "unavailable", _("暂时无法核验")

    register = models.CharField(max_length=40, help_text="which one, by its name in the settings")
    subject = models.CharField(max_length=40, help_text="what was asked: identity, certificate, …")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="verifications"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="verifications"
    )
    asked_hash = models.BinaryField(max_length=32, help_text="lookup_hash of what was asked")
    answer = models.CharField(max_length=12, choices=Answer)
    details = models.JSONField(default=dict, help_text="nothing that is sealed elsewhere")
    at = models.DateTimeField()
    retry_after = models.DateTimeField(null=True, help_text="not to be asked again before")
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        """About somebody, and only one; the latest answer is asked for."""

        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, organisation__isnull=False)
                | Q(person__isnull=False, organisation=None),
                name="verification_of_one",
            ),
            models.CheckConstraint(
                condition=Q(retry_after=None) | Q(answer="unavailable"),
                name="verification_retried_when_unavailable",
            ),
        ]
        indexes = [
            models.Index(fields=["register", "asked_hash", "-at"], name="verification_latest")
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.answer}"
