"""Tables of cases, as officials hand them in."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from jineng.core.sealed import SealedField
from jineng.desk.models.drafts import Draft
from jineng.people.models import Organisation

LONGEST_NAME = 200


class CaseTable(models.Model):
    """A table of cases, for a draft or for the pack in force; what is handed in again is a new one.

    The newest table of a draft is the one by which it is judged.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, null=True, related_name="case_tables")
    file_name = models.CharField(max_length=LONGEST_NAME)
    file = SealedField(help_text="the file, in base64")
    rows = models.PositiveIntegerField(help_text="how many expect something")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    department = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """A draft's newest is asked for, and what somebody handed in."""

        constraints = [
            models.CheckConstraint(condition=~Q(file_name=""), name="case_table_has_a_name")
        ]
        indexes = [
            models.Index(fields=["draft", "-at"], name="case_tables_of_draft"),
            models.Index(fields=["by", "-at"], name="case_tables_of_user"),
        ]

    def __str__(self) -> str:
        return self.file_name
