"""Organisations: enterprises, institutions, evaluation bodies, platforms, departments."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jineng.core.sealed import SealedField
from jineng.people.models.dated import Dated
from jineng.people.models.regions import Region


class Size(models.TextChoices):
    """As the fact `enterprise_size`."""

    MICRO = "micro", _("微型")
    SMALL = "small", _("小型")
    MEDIUM = "medium", _("中型")
    LARGE = "large", _("大型")


class Organisation(models.Model):
    """One legal body; what it is, it may be several things at once (`OrganisationKind`)."""

    credit_code = models.CharField(max_length=18, unique=True, help_text="GB 32100")
    name = models.CharField(max_length=200)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    size = models.CharField(max_length=6, choices=Size, blank=True)
    industry = models.CharField(max_length=5, blank=True, help_text="GB/T 4754, such as C or C39")
    bank_name = models.CharField(max_length=100, blank=True)
    bank_account = SealedField(null=True, blank=True)
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

    class Meta:
        """Found by pieces of the name, listed in its order."""

        indexes = [
            models.Index(fields=["name_key", "id"], name="organisation_in_order"),
            GinIndex(
                models.Func(
                    models.Func(F("name_tokens"), models.Value(" "), function="string_to_array"),
                    function="array_to_tsvector",
                ),
                name="organisation_by_name",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="organisation_has_a_name"),
            models.CheckConstraint(
                condition=Q(credit_code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
                name="organisation_credit_code",
            ),
            models.CheckConstraint(
                condition=Q(size__in=["", *Size.values]), name="organisation_size_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationKind(Dated):
    """What an organisation is, and when."""

    class Kind(models.TextChoices):
        """The bodies that training has to do with."""

        ENTERPRISE = "enterprise", _("企业")
        INSTITUTION = "institution", _("培训机构")
        EVALUATION_BODY = "evaluation_body", _("评价机构")
        HUMAN_RESOURCES = "human_resources", _("人社部门")
        EDUCATION = "education", _("教育部门")
        VETERANS = "veterans", _("退役军人事务部门")
        FINANCE = "finance", _("财政部门")
        UNION = "union", _("工会")
        ASSOCIATION = "association", _("行业协会")
        PLATFORM = "platform", _("线上培训平台")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="kinds")
    kind = models.CharField(max_length=16, choices=Kind)

    class Meta(Dated.Meta):
        """One of a kind from a day on."""

        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "kind", "starts_on"], name="organisation_kind_from_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.organisation_id}"


class PillarStatus(models.Model):
    """That an enterprise counts as pillar or key in a year (支柱产业、重点企业)."""

    class Kind(models.TextChoices):
        """Which of the two."""

        PILLAR = "pillar", _("支柱产业")
        KEY = "key", _("重点企业")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="pillar_statuses")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=Kind)
    source = models.CharField(max_length=200, help_text="the list or decision that says so")

    class Meta:
        """Once a year."""

        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "kind"], name="pillar_status_once_a_year"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100), name="pillar_status_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.organisation_id}"


class Suspension(Dated):
    """That an enterprise stood still (停工停产)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="suspensions")
    reason = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.starts_on}"


class Qualification(Dated):
    """A licence or accreditation that an institution or platform holds, on its days alone."""

    class Kind(models.TextChoices):
        """The three licences of a platform (A3 二), its accreditation (D6 二(二)), and others."""

        PROJECT_LISTING = "project_listing", _("项目制职业技能培训入库许可")
        LEVEL_EVALUATION = "level_evaluation", _("职业技能等级鉴定许可")
        SKILLS_TRAINING = "skills_training", _("职业技能培训许可")
        REGIONAL_ACCREDITATION = "regional_accreditation", _("当地人社部门认定")
        SCHOOL_PERMIT = "school_permit", _("民办学校办学许可证")
        INSTITUTION_LISTING = "institution_listing", _("培训机构目录")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="qualifications")
    kind = models.CharField(max_length=24, choices=Kind)
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=100)
    scope = models.CharField(max_length=200, blank=True)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="where it holds; empty: everywhere",
    )
    run = models.ForeignKey(
        "people.ImportRun", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(Dated.Meta):
        """One document from a day on; an accreditation says where."""

        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "kind", "number", "region", "starts_on"],
                nulls_distinct=False,
                name="qualification_from_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(kind="regional_accreditation") | Q(region__isnull=False),
                name="accreditation_says_where",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class SignUp(models.Model):
    """An enterprise's application for training (A1); served in the order in which they came."""

    credit_code = models.CharField(max_length=18)
    name = models.CharField(max_length=200)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    industry = models.CharField(max_length=100, help_text="in the applicant's words")
    occupations = models.TextField(help_text="those wanted, one to a line")
    eligible_count = models.PositiveIntegerField(help_text="employees who meet the conditions")
    contact_name = models.CharField(max_length=100)
    contact_phone = SealedField()
    remarks = models.TextField(blank=True)
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    signed_up_at = models.DateTimeField()
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sign_ups",
        help_text="once it is known to be this one",
    )
    served_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, help_text="what was arranged, or why it was withdrawn")

    class Meta:
        """Somebody who waits, was served or withdrew."""

        constraints = [
            models.CheckConstraint(condition=Q(eligible_count__gt=0), name="sign_up_of_somebody"),
            models.CheckConstraint(
                condition=Q(served_at=None) | Q(withdrawn_at=None),
                name="sign_up_served_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(served_at=None) | Q(organisation__isnull=False),
                name="sign_up_served_of_one_known",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "signed_up_at", "id"], name="sign_ups_in_order"),
            models.Index(
                fields=["signed_up_at", "region"],
                condition=Q(served_at=None, withdrawn_at=None),
                name="sign_ups_waiting",
            ),
            models.Index(fields=["credit_code"], name="sign_ups_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.signed_up_at:%F}"
