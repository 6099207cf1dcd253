"""What signing in and separation of duties stand on, and what persons ask to have put right."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jineng.core.sealed import SealedField
from jineng.people.models.persons import Person
from jineng.people.models.users import Membership, User


class SignInDelay(models.Model):
    """Failed attempts at one thing in one place, both as a hash; see `signin.delays`."""

    key = models.BinaryField(primary_key=True, max_length=32)
    attempts = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        """Old ones are swept."""

        indexes = [models.Index(fields=["last_at"], name="sign_in_delay_age")]

    def __str__(self) -> str:
        return f"{self.attempts} until {self.last_at:%F %T}"


class TextCode(models.Model):
    """A code that was sent by text message to the phone in somebody's record; see `signin.texts`.

    Without a user or person it is a decoy: nothing was sent, and no code is right.
    """

    class Purpose(models.TextChoices):
        """What the code is asked for."""

        SIGN_IN = "sign_in", _("登录")
        ARCHIVE = "archive", _("实名认领档案")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=8, choices=Purpose)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    code_hash = models.BinaryField(max_length=32)
    unsent = SealedField(null=True, help_text="the message, until it is sent")
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        """Old ones are swept."""

        indexes = [models.Index(fields=["made_at"], name="text_code_age")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.made_at:%F %T}"


class Duty(models.TextChoices):
    """What is done with a case, each by somebody else."""

    SUBMIT = "submit", _("申报")
    FIRST_REVIEW = "first_review", _("初审")
    SECOND_REVIEW = "second_review", _("复审")
    APPROVE = "approve", _("审批")
    PAY = "pay", _("支付")


class CaseDuty(models.Model):
    """Who did what with a case. A row is never changed; nobody has two duties in one case."""

    case = models.TextField(help_text="a reference of the context that it belongs to")
    duty = models.CharField(max_length=14, choices=Duty)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="whose account it was then; one person may come by another account later",
    )
    membership = models.ForeignKey(
        Membership, models.PROTECT, null=True, related_name="+", help_text="the role acted in"
    )
    at = models.DateTimeField()

    class Meta:
        """The database refuses a second duty."""

        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="one_duty_of_a_user_in_a_case"),
            models.UniqueConstraint(
                fields=["case", "person"], name="one_duty_of_a_person_in_a_case"
            ),
            models.CheckConstraint(condition=~Q(case=""), name="case_duty_has_a_case"),
            models.CheckConstraint(condition=Q(duty__in=Duty.values), name="case_duty_known"),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.case} {self.user_id}"


class CorrectionRequest(models.Model):
    """What a person says is wrong in their archive, and what came of it."""

    class About(models.TextChoices):
        """What of it."""

        NAME = "name", _("姓名")
        IDENTITY_NUMBER = "identity_number", _("身份证号")
        BIRTH_DATE = "birth_date", _("出生日期")
        SEX = "sex", _("性别")
        PHONE = "phone", _("手机号")
        REGIONS = "regions", _("户籍地、居住地或工作地")
        EDUCATION = "education", _("文化程度")
        BANK_ACCOUNT = "bank_account", _("银行账户")
        GROUPS = "groups", _("人员类别")
        INSURANCE = "insurance", _("社会保险记录")
        EMPLOYMENT = "employment", _("就业记录")
        BLACKLIST = "blacklist", _("黑名单记录")
        OTHER = "other", _("其他")

    class Outcome(models.TextChoices):
        """How it was answered."""

        CORRECTED = "corrected", _("已更正")
        DECLINED = "declined", _("未采纳")

    person = models.ForeignKey(Person, models.PROTECT, related_name="correction_requests")
    about = models.CharField(max_length=15, choices=About)
    stated = SealedField(help_text="what the person says is right")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        """An answer is whole."""

        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", answered_by=None, answered_at=None)
                | Q(
                    outcome__in=["corrected", "declined"],
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                )
                & ~Q(answer=""),
                name="correction_answered_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(outcome=""), name="corrections_open")
        ]

    def __str__(self) -> str:
        return f"{self.about} of {self.person_id}"
