"""Drafts of forms: kept, gone on with, forgotten. What is in them is sealed."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from jineng.people.models import Draft, User

KEPT_FOR = timedelta(days=30)

Given = dict[str, list[str]]


@dataclass(frozen=True)
class Whose:
    """Whose drafts: a user's; or a visitor's, whose session alone has the key."""

    user: User | None = None
    key: str = ""

    def words(self) -> dict[str, Any]:
        """As the columns of a draft say it."""
        if self.user:
            return {"user": self.user, "key_hash": None}
        return {"user": None, "key_hash": hashlib.sha256(self.key.encode()).digest()}


def draft_of(whose: Whose, form: str, *, at: datetime) -> Draft | None:
    """The draft, unless it is too old."""
    if whose.user is None and not whose.key:
        return None
    kept = Draft.objects.filter(saved_at__gt=at - KEPT_FOR)
    return kept.filter(form=form, **whose.words()).first()


def given_in(draft: Draft | None) -> Given:
    """What was filled in, by field."""
    given: Given = json.loads(draft.given) if draft else {}
    return given


def save_draft(whose: Whose, form: str, given: Given, *, at: datetime) -> Draft:
    """Keeps what was filled in, in place of what was kept before."""
    with transaction.atomic():
        draft, _made = Draft.objects.update_or_create(
            form=form,
            **whose.words(),
            defaults={"given": json.dumps(given, ensure_ascii=False), "saved_at": at},
        )
    return draft


def drop_draft(whose: Whose, form: str) -> None:
    """Forgets a draft."""
    if whose.user or whose.key:
        Draft.objects.filter(form=form, **whose.words()).delete()


def forget_old(*, at: datetime) -> int:
    """Forgets drafts that were not gone on with; how many."""
    gone, _kinds = Draft.objects.filter(saved_at__lte=at - KEPT_FOR).delete()
    return gone
