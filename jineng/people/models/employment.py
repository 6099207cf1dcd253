"""Insurance and employment records, and the imports that brought them.

A month is a whole number: year × 12 + month − 1.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jineng.people.models.organisations import Organisation
from jineng.people.models.persons import Person


class ImportRun(models.Model):
    """One file that was imported, by whom and with what outcome."""

    class Kind(models.TextChoices):
        """What a file holds."""

        PERSONS = "persons", _("人员")
        ORGANISATIONS = "organisations", _("单位")
        INSURANCE = "insurance", _("社会保险缴费记录")
        EMPLOYMENT = "employment", _("就业登记记录")

    class State(models.TextChoices):
        """How it went."""

        RUNNING = "running", _("正在导入")
        DONE = "done", _("已导入")
        REFUSED = "refused", _("有错误，未导入")

    kind = models.CharField(max_length=14, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="for which it was imported; empty: the command line's",
    )
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    lines = models.BigIntegerField(default=0)
    added = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0, help_text="lines with a problem")
    problems_found = models.BigIntegerField(
        default=0, help_text="cells that are wrong; `problems` keeps the first of them"
    )
    told = models.JSONField(default=dict, help_text="what else there is to say, in numbers")

    class Meta:
        """The latest first."""

        indexes = [models.Index(fields=["-at"], name="import_runs_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class ImportProblem(models.Model):
    """What is wrong with one line of a file; the value masked where it is personal."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="problems")
    line = models.BigIntegerField(help_text="row of the sheet, the heading's being 1; 0: the file")
    column = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=200, blank=True)
    message = models.TextField()

    class Meta:
        """In the order of the file."""

        indexes = [models.Index(fields=["run", "line"], name="import_problems_in_order")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.line} {self.column}"


class InsuranceKind(models.IntegerChoices):
    """Bits of the mask of insurances that were paid for a month."""

    PENSION = 1, _("养老保险")
    UNEMPLOYMENT = 2, _("失业保险")
    MEDICAL = 4, _("医疗保险")
    INJURY = 8, _("工伤保险")
    MATERNITY = 16, _("生育保险")


class InsuranceSpell(models.Model):
    """Months in a row for which one employer paid the same insurances for one person."""

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="insurance_spells", db_index=False
    )
    employer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="insurance_spells", db_index=False
    )
    kinds = models.PositiveSmallIntegerField(help_text="mask of InsuranceKind")
    first_month = models.PositiveIntegerField()
    last_month = models.PositiveIntegerField()
    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="+", db_index=False)
    superseded_by = models.ForeignKey(
        ImportRun, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        """Those in force of a person begin on different months at one employer.

        Each index is dear where millions are written at once; those of what is superseded are not.
        """

        indexes = [
            models.Index(
                fields=["employer", "last_month"],
                condition=Q(superseded_by=None),
                name="insurance_spells_of_employer",
            ),
            models.Index(
                fields=["person"],
                condition=Q(superseded_by__isnull=False),
                name="insurance_spells_superseded",
            ),
        ]

        constraints = [
            models.UniqueConstraint(
                fields=["person", "employer", "first_month"],
                condition=Q(superseded_by=None),
                name="insurance_spell_in_force",
            ),
            models.CheckConstraint(
                condition=Q(last_month__gte=F("first_month")), name="insurance_spell_in_order"
            ),
            models.CheckConstraint(
                condition=Q(kinds__gte=1, kinds__lte=31), name="insurance_spell_kinds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.first_month}–{self.last_month}"


class EmploymentSpell(models.Model):
    """That a person worked for an employer, under a contract where that is known."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="employment_spells")
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="employment_spells")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, help_text="last day; empty: still employed")
    contract_signed_on = models.DateField(null=True)
    contract_months = models.PositiveIntegerField(
        null=True, help_text="policy.facts.OPEN_ENDED: open-ended"
    )
    run = models.ForeignKey(ImportRun, models.PROTECT, null=True, related_name="+")
    superseded_by = models.ForeignKey(
        ImportRun, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        """Those in force of a person begin on different days at one employer."""

        constraints = [
            models.UniqueConstraint(
                fields=["person", "employer", "started_on"],
                condition=Q(superseded_by=None),
                name="employment_spell_in_force",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="employment_spell_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.started_on}"
