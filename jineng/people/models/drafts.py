"""Forms that somebody has begun."""

from django.db import models
from django.db.models import Q

from jineng.core.sealed import SealedField
from jineng.people.models.users import User


class Draft(models.Model):
    """What was filled in of a form so far; a user's, or a visitor's whose browser has the key."""

    form = models.CharField(max_length=40)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="drafts")
    key_hash = models.BinaryField(max_length=32, null=True, help_text="SHA-256 of a visitor's key")
    given = SealedField(help_text="JSON: lists of what was typed, by field")
    saved_at = models.DateTimeField(db_index=True)

    class Meta:
        """One of a form for a user or visitor."""

        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, key_hash__isnull=False)
                | Q(user__isnull=False, key_hash=None),
                name="draft_of_one",
            ),
            models.UniqueConstraint(fields=["user", "form"], name="draft_of_a_user"),
            models.UniqueConstraint(fields=["key_hash", "form"], name="draft_of_a_visitor"),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.saved_at:%F}"
