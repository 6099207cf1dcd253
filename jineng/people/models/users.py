"""Users, and what they may do: roles in organisations, and who stands in for whom."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jineng.people.models.dated import Dated
from jineng.people.models.organisations import Organisation
from jineng.people.models.persons import Person


class User(AbstractUser):
    """One who may sign in. A person's name and number are kept with the person, never here."""

    # The fields of the parent that split a name the western way.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    person = models.OneToOneField(
        Person, models.PROTECT, null=True, blank=True, related_name="user"
    )


class Role(models.TextChoices):
    """What somebody is in an organisation."""

    WORKER = "worker", _("劳动者")
    ENTERPRISE_HR = "enterprise_hr", _("企业人事")
    INSTITUTION_ADMIN = "institution_admin", _("机构管理员")
    TEACHER = "teacher", _("教师")
    EVALUATION_MANAGER = "evaluation_manager", _("评价机构管理员")
    EXAMINER = "examiner", _("考评员")
    ACCEPTOR = "acceptor", _("受理")
    FIRST_REVIEWER = "first_reviewer", pgettext_lazy("role", "初审")
    SECOND_REVIEWER = "second_reviewer", pgettext_lazy("role", "复审")
    APPROVER = "approver", pgettext_lazy("role", "审批")
    CASHIER = "cashier", _("出纳")
    SUPERVISOR = "supervisor", _("监管")
    STATISTICIAN = "statistician", _("统计")
    POLICY_ADMIN = "policy_admin", _("政策管理员")
    AUDITOR = "auditor", _("审计")
    PLATFORM_ADMIN = "platform_admin", _("平台管理员")


class Membership(Dated):
    """A user's role in an organisation, on its days."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)

    class Meta(Dated.Meta):
        """In an organisation, but for workers and those who run the platform."""

        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False)
                | Q(role__in=[Role.WORKER, Role.PLATFORM_ADMIN]),
                name="membership_of_an_organisation",
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "starts_on"],
                nulls_distinct=False,
                name="membership_from_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class Invitation(Dated):
    """A role that is offered to an account; without its user's consent it is nobody's.

    `user` is whose name was given. Where it is nobody's, the offer stays unanswered: whoever
    offers it learns neither.
    """

    class Answer(models.TextChoices):
        """What became of it."""

        ACCEPTED = "accepted", _("已接受")
        DECLINED = "declined", _("已谢绝")
        WITHDRAWN = "withdrawn", _("已撤回")

    username = models.CharField(max_length=150, help_text="as it was typed")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="invitations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    answer = models.CharField(max_length=9, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta(Dated.Meta):
        """One waits at a time."""

        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | Q(answer__in=["accepted", "declined", "withdrawn"], answered_at__isnull=False),
                name="invitation_answered_whole",
            ),
            models.CheckConstraint(
                condition=~Q(answer__in=["accepted", "declined"]) | Q(user__isnull=False),
                name="invitation_answered_by_somebody",
            ),
            models.UniqueConstraint(
                Lower("username"),
                "organisation",
                "role",
                condition=Q(answer=""),
                name="invitation_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.role}"


class Delegation(Dated):
    """That somebody stands in for a member while that one is away."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="delegations")
    to_user = models.ForeignKey(User, models.PROTECT, related_name="delegations")
    reason = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(Dated.Meta):
        """A leave ends."""

        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_on__isnull=False), name="delegation_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} → {self.to_user_id}"
