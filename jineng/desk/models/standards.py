"""Standards that regions set, from their first draft until somebody else has seconded them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jineng.people.models import Person, Region
from jineng.people.models.dated import Dated

#: Of the documents by which something is in force, one after the other.
LONGEST_NUMBER = 200


class RegionalStandard(Dated):
    """Amounts that a region sets for a parameter that the documents leave to it.

    Once seconded it is never changed: what it says is kept in an `Enactment`, by which claims are
    decided. A mistake is put right by another standard that names it (`replaces`).
    """

    class State(models.TextChoices):
        """What was done with it; whether it is in force is a matter of the day."""

        DRAFT = "draft", _("草拟中")
        SUBMITTED = "submitted", _("待复核")
        RETURNED = "returned", _("已退回")
        WITHDRAWN = "withdrawn", _("已撤回")
        SECONDED = "seconded", _("已复核")

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=12, help_text="code")
    parameter = models.CharField(max_length=60, help_text="key")
    amounts = models.JSONField(
        help_text="whole hundredths of yuan by code; by '' where there is one amount"
    )
    number = models.CharField(max_length=60, help_text="of the region's document")
    title = models.CharField(max_length=200, blank=True)
    clause = models.CharField(max_length=40, blank=True)
    replaces = models.CharField(
        max_length=60, blank=True, help_text="number of the standard that this one corrects"
    )
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", help_text="whose account it was then"
    )
    made_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)

    class Meta(Dated.Meta):
        """Found by region; what waits for somebody is found quickly."""

        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(scheme="") & ~Q(parameter=""),
                name="standard_names_its_document",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "submitted", "returned", "withdrawn", "seconded"],
                ),
                name="standard_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "seconded"]) | Q(submitted_at__isnull=False),
                name="standard_submitted_some_day",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "scheme", "parameter"], name="standard_of_region"),
            models.Index(
                fields=["submitted_at"], condition=Q(state="submitted"), name="standards_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.scheme} {self.parameter}"


class Enactment(models.Model):
    """One standard or one draft laid over the pack's files. Rows are added, nothing else.

    In the order of `effective_on`, then of their numbers, they make the pack in force: nothing is
    ever put in before what has decided already, since `effective_on` is never a day gone by.
    """

    standard = models.OneToOneField(
        RegionalStandard, models.PROTECT, null=True, related_name="enactment"
    )
    draft = models.OneToOneField("desk.Draft", models.PROTECT, null=True, related_name="enactment")
    cases = models.ForeignKey(
        "desk.CaseTable", models.PROTECT, null=True, related_name="+", help_text="which passed"
    )
    content = models.JSONField(help_text="as a file of standards or of a draft writes it")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content")
    number = models.CharField(
        max_length=LONGEST_NUMBER, help_text="of the document by which it is in force"
    )
    effective_on = models.DateField(help_text="first business day on which it decides")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="who seconded"
    )
    by_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """Of a standard or a draft, and by somebody else than who wrote it."""

        constraints = [
            models.CheckConstraint(
                condition=Q(standard__isnull=False, draft=None, cases=None)
                | Q(standard=None, draft__isnull=False, cases__isnull=False),
                name="enactment_of_one",
            ),
            models.CheckConstraint(condition=~Q(author=F("by")), name="enactment_by_two_users"),
            models.CheckConstraint(
                condition=Q(author_person=None)
                | Q(by_person=None)
                | ~Q(author_person=F("by_person")),
                name="enactment_by_two_persons",
            ),
        ]
        indexes = [models.Index(fields=["effective_on", "id"], name="enactments_in_order")]

    def __str__(self) -> str:
        return f"{self.effective_on} {self.number}"
