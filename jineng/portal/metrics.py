"""What a monitor counts, as Prometheus reads it: nothing of it says who did what.

With several processes (PROMETHEUS_MULTIPROC_DIR, set by the launcher) each keeps its counts in
files of that folder, and any of them tells the sum.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric

from jineng.core.models import Root, Seal
from jineng.core.seal import SignedRoot

#: Seconds; a list page is to take less than 0.15.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_METHODS = frozenset({"GET", "HEAD", "POST"})

REQUESTS = Counter(
    "jineng_requests", "Requests answered, by route and status", ["method", "route", "status"]
)
SECONDS = Histogram(
    "jineng_request_seconds", "How long an answer took, by route", ["route"], buckets=_BUCKETS
)
POOL = Gauge(
    "jineng_database_pool",
    "Connections of the database pool, and requests that wait for one",
    ["state"],
    multiprocess_mode="livesum",
)


class MetricsMiddleware:
    """Counts each request under its route's pattern, never its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.route if match else ""
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        return response


def text() -> bytes:
    """All of it, in Prometheus's text format. Raises DatabaseError."""
    _note_pool()
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    asked = CollectorRegistry()
    asked.register(_Asked())
    return generate_latest(registry) + generate_latest(asked)


def _note_pool() -> None:
    """Of the process that is asked; the others' as they last said."""
    pool = getattr(connection, "pool", None)
    if pool is not None:
        told = pool.get_stats()
        for state, name in (
            ("size", "pool_size"),
            ("idle", "pool_available"),
            ("waiting", "requests_waiting"),
        ):
            POOL.labels(state).set(told.get(name, 0))


class _Asked:
    """What the database knows."""

    def collect(self) -> Iterator[Metric]:
        """Jobs that wait, the oldest of them, and how far the event log is sealed."""
        yield from _jobs()
        last = Root.objects.order_by("-number").first()
        sealed = GaugeMetricFamily("jineng_seal_position", "Events sealed so far")
        end = Seal.objects.order_by("-position").values_list("position", flat=True).first()
        sealed.add_metric([], end or 0)
        yield sealed
        if last is not None:
            at = GaugeMetricFamily("jineng_seal_timestamp_seconds", "When was last sealed")
            at.add_metric([], _signed_at(last.line).timestamp())
            yield at


def _signed_at(line: str) -> datetime:
    return SignedRoot.read(line).signed_at


#: Periodic jobs are deferred anew each minute: where the oldest is older, no worker runs.
_JOBS = """
    SELECT job.status::text, count(DISTINCT job.id),
        coalesce(extract(epoch FROM now() - min(event.at)), 0)
    FROM procrastinate_jobs job LEFT JOIN procrastinate_events event
        ON event.job_id = job.id AND event.type = 'deferred'
    WHERE job.status IN ('todo', 'doing')
        AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
    GROUP BY job.status
"""


def _jobs() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(_JOBS)
        found = {status: (count, age) for status, count, age in cursor.fetchall()}
    count = GaugeMetricFamily("jineng_jobs", "Jobs that wait or are being done", labels=["state"])
    age = GaugeMetricFamily(
        "jineng_jobs_oldest_seconds", "For how long the oldest of them", labels=["state"]
    )
    for state in ("todo", "doing"):
        jobs, seconds = found.get(state, (0, 0))
        count.add_metric([state], jobs)
        age.add_metric([state], float(seconds))
    yield count
    yield age
