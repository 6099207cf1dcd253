"""What a monitor asks: is the process alive, can it work, what has it counted."""

import secrets
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from jineng.portal import maintenance, metrics

HERE = frozenset({"127.0.0.1", "::1"})


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 once the database answers; what a monitor or the launcher asks."""
    _database()
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 where the site can do its work, else 503; which of the checks failed is said, not why."""
    checks = {name: _passes(check) for name, check in CHECKS.items()}
    well = all(checks.values())
    told = {name: "ok" if passed else "failed" for name, passed in checks.items()}
    return JsonResponse(
        {"status": "ready" if well else "not ready", "checks": told}, status=200 if well else 503
    )


@login_not_required
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """For Prometheus: from this machine itself, or with the token of the setting; else 404."""
    if not _may_count(request):
        raise Http404
    return HttpResponse(metrics.text(), content_type=CONTENT_TYPE_LATEST)


def _may_count(request: HttpRequest) -> bool:
    token, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    if token and secrets.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    # A proxy on this machine asks for somebody else, and says so.
    proxied = settings.ALLAUTH_TRUSTED_PROXY_COUNT or "X-Forwarded-For" in request.headers
    return not proxied and request.META.get("REMOTE_ADDR") in HERE


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except (DatabaseError, OSError):
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@cache
def _migrated() -> None:
    """Remembered once it is so."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise DatabaseError("migrations are not done")


def _uploads() -> None:
    """The folder takes files."""
    settings.UPLOADS_ROOT.mkdir(mode=0o700, parents=True, exist_ok=True)
    probe = settings.UPLOADS_ROOT / f".ready-{secrets.token_hex(4)}"
    probe.touch()
    probe.unlink()


def _open() -> None:
    if maintenance.notice() is not None:
        raise OSError("closed")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrated,
    "uploads": _uploads,
    "open": _open,
}
