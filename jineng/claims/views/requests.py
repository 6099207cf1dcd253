"""What the pages of a batch ask of a request."""

import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from jineng.claims.models import Batch
from jineng.claims.permissions import owner_of
from jineng.claims.queries import batches_of


def own_batch(request: HttpRequest, pk: uuid.UUID) -> Batch:
    """The batch, if this browser session handed it in and it is still kept; else 404."""
    return get_object_or_404(batches_of(owner_of(request.session), at=timezone.now()), pk=pk)


def page_number(request: HttpRequest, pages: int) -> int:
    """The page that the address asks for, or the nearest that there is."""
    text = request.GET.get("page", "1")
    number = int(text) if text.isdecimal() and len(text) < 10 else 1
    return max(1, min(number, pages))


def page_count(items: int, on_a_page: int) -> int:
    """How many pages; at least one."""
    return max(1, -(-items // on_a_page))
