"""How somebody stands: on a blacklist or not, and which chances of the policy are used up."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jineng.people.models.dated import Dated
from jineng.people.models.organisations import Organisation
from jineng.people.models.persons import Person


class BlacklistEntry(Dated):
    """That a person or an organisation is on the blacklist (D7 四(四)), by whose decision."""

    class Appeal(models.TextChoices):
        """How an appeal stands."""

        FILED = "filed", _("申诉处理中")
        UPHELD = "upheld", _("维持原决定")
        OVERTURNED = "overturned", _("撤销原决定")

    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="blacklist_entries"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="blacklist_entries"
    )
    reason = models.TextField()
    decision_number = models.CharField(max_length=60)
    appeal = models.CharField(max_length=10, choices=Appeal, blank=True)
    appealed_on = models.DateField(null=True, blank=True)
    appeal_decided_on = models.DateField(null=True, blank=True)
    appeal_note = models.TextField(blank=True)

    class Meta(Dated.Meta):
        """Somebody, and only one; an appeal that is decided has its day."""

        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(person=None, organisation__isnull=False)
                | Q(person__isnull=False, organisation=None),
                name="blacklist_entry_of_one",
            ),
            models.CheckConstraint(
                condition=Q(appeal="") & Q(appealed_on=None) & Q(appeal_decided_on=None)
                | Q(appeal="filed") & Q(appealed_on__isnull=False) & Q(appeal_decided_on=None)
                | Q(appeal__in=["upheld", "overturned"])
                & Q(appealed_on__isnull=False)
                & Q(appeal_decided_on__isnull=False)
                & Q(appeal_decided_on__gte=F("appealed_on")),
                name="blacklist_appeal_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.decision_number


class Entitlement(models.Model):
    """What a person has taken up under one key of the policy in one period.

    Written by functions of the database alone (`commands.entitlements`): the application's role can
    only read it.
    """

    pk = models.CompositePrimaryKey("person", "key", "period")
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        related_name="entitlements",
        db_index=False,
        # The functions lock the person, so there is one.
        db_constraint=False,
    )
    key = models.TextField(help_text="`policy.entitlement.Place.text`")
    period = models.SmallIntegerField(help_text="year; 0: once and for all")
    things = ArrayField(
        models.TextField(), default=list, help_text="what was put here, once for each reference"
    )
    taken = models.SmallIntegerField(default=0, help_text="how many different things")
    allowed = models.SmallIntegerField(
        null=True, help_text="how many of them the policy allows; empty where it counts none"
    )

    class Meta:
        """Never more than the limit."""

        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0) & (Q(allowed=None) | Q(taken__lte=F("allowed"))),
                name="entitlement_within_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.period}: {self.taken}/{self.allowed}"


class EntitlementUse(models.Model):
    """That places were reserved, used or given back for something. Append-only: it is the history.

    Written by the same functions; the last row of a reference says how it stands.
    """

    class State(models.TextChoices):
        """Places are reserved, then used; or given back."""

        RESERVED = "reserved", _("已预留")
        USED = "used", _("已使用")
        RELEASED = "released", _("已退回")

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="entitlement_uses", db_constraint=False
    )
    reference = models.TextField(help_text="what they are for, such as a claim's number")
    state = models.CharField(max_length=8, choices=State)
    keys = ArrayField(models.TextField())
    periods = ArrayField(models.IntegerField())
    things = ArrayField(models.TextField())
    at = models.DateTimeField()
    by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        """The last of a reference is asked for."""

        indexes = [models.Index(fields=["reference", "-id"], name="entitlement_use_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["reserved", "used", "released"]),
                name="entitlement_use_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"
