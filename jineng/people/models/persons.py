"""Persons: one record and one archive for each real person (实名制)."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jineng.core.sealed import SealedField
from jineng.people.models.dated import Dated
from jineng.people.models.regions import Region


class Sex(models.TextChoices):
    """As the identity card says; a field of its own (see `policy.identity`)."""

    MALE = "M", _("男")
    FEMALE = "F", _("女")


class Education(models.TextChoices):
    """Highest schooling."""

    PRIMARY = "primary", _("小学及以下")
    JUNIOR = "junior", _("初中")
    SENIOR = "senior", _("高中、中专、技校")
    COLLEGE = "college", _("大专、高职")
    BACHELOR = "bachelor", _("本科")
    MASTER = "master", _("硕士")
    DOCTOR = "doctor", _("博士")


class PersonQuerySet(models.QuerySet["Person"]):
    """Persons, as far as they stand for themselves."""

    def standing(self) -> "PersonQuerySet":
        """Those that were not merged into another."""
        return self.filter(merged_into=None)


#: What tells whether somebody reaches a person: in an index, the list is walked by it alone.
REACHED_BY = ("household_region", "living_region", "working_region", "merged_into")


class Person(models.Model):
    """One real person. Numbers are sealed; names stay in plain, to be searched and sorted by."""

    name = models.CharField(max_length=100)
    identity_number = SealedField(help_text="GB 11643, 18 characters")
    birth_date = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex, blank=True)
    phone = SealedField(null=True, blank=True)
    household_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    living_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    working_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    education = models.CharField(max_length=10, choices=Education, blank=True)
    bank_name = models.CharField(max_length=100, blank=True)
    bank_account = SealedField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    run = models.ForeignKey(
        "people.ImportRun",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the import that made the record",
    )
    name_key = models.CharField(
        max_length=400, blank=True, db_collation="C", help_text="derived: sorts names"
    )
    name_tokens = models.TextField(blank=True, help_text="derived: what the name is found by")

    objects = PersonQuerySet.as_manager()

    class Meta:
        """Found by pieces of the name, listed in its order."""

        indexes = [
            models.Index(fields=["name_key", "id"], include=REACHED_BY, name="person_in_order"),
            models.Index(fields=["birth_date", "id"], include=REACHED_BY, name="person_by_birth"),
            models.Index(fields=["household_region", "id"], name="person_by_household"),
            models.Index(fields=["living_region", "id"], name="person_by_living"),
            models.Index(fields=["working_region", "id"], name="person_by_working"),
            GinIndex(
                models.Func(
                    models.Func(F("name_tokens"), models.Value(" "), function="string_to_array"),
                    function="array_to_tsvector",
                ),
                name="person_by_name",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="person_has_a_name"),
            models.CheckConstraint(condition=Q(sex__in=["", *Sex.values]), name="person_sex_known"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                name="person_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class KeyKind(models.TextChoices):
    """What a person may be found by."""

    IDENTITY = "identity", _("身份证号")
    FORMER = "former", _("更正前的身份证号")
    PHONE = "phone", _("手机号")


class PersonKey(models.Model):
    """A keyed hash by which a sealed value of a person is found; derived, so not in the log."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=8, choices=KeyKind)
    hash = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=40, help_text="of the ring JINENG_LOOKUP_KEYS")

    class Meta:
        """An identity number is one person's; a phone may be a family's."""

        constraints = [
            models.UniqueConstraint(
                fields=["hash"], condition=Q(kind="identity"), name="one_person_of_a_number"
            ),
        ]
        indexes = [
            models.Index(fields=["hash"], condition=~Q(kind="identity"), name="person_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"


class GroupMembership(Dated):
    """That a person belongs to a group (人员类别), shown by a proof."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="group_memberships")
    group = models.CharField(max_length=40, help_text="code of the fact person_groups")
    proof = models.CharField(max_length=200, help_text="what shows it, such as a card's number")
    source = models.CharField(max_length=100, help_text="who says so")
    run = models.ForeignKey(
        "people.ImportRun", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(Dated.Meta):
        """One membership from a day on; a list of persons is narrowed to a group."""

        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["person", "group", "starts_on"], name="group_membership_from_a_day"
            ),
        ]
        indexes = [
            models.Index(
                fields=["group", "person"],
                include=["starts_on", "ends_on"],
                name="members_on_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.group} of {self.person_id}"


class PersonMerge(models.Model):
    """That two records were found to be one person; kept so that it can be undone."""

    survivor = models.ForeignKey(Person, models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Person, models.PROTECT, related_name="merges_away")
    moved = models.JSONField(help_text="rows taken over: table → ids")
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    why = models.TextField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        """A record is merged away once at a time, and never into itself."""

        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="merged_once"
            ),
            models.CheckConstraint(condition=~Q(survivor=F("merged")), name="merged_into_another"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.survivor_id}"
