"""Which batches somebody sees."""

from datetime import datetime

from jineng.claims.models import Batch, BatchQuerySet


def batches_of(owner: str, *, at: datetime) -> BatchQuerySet:
    """An owner's batches, the latest first."""
    return Batch.objects.open_to(owner, at).order_by("-created_at")
