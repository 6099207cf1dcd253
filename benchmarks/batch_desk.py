"""Measure the batch desk: a batch of 1.8 million lines read, decided, listed and taken along.

    .venv/bin/python benchmarks/batch_desk.py

The file is handed in and processed by the project's own commands, against a PostgreSQL of its own
under `var/bench`. Then the page of its decisions is asked for, from the site itself without a
network between: each filter that the page offers with its commonest and its rarest value, several
at once, a search; each of these in every order that the page offers, on its first and its middle
page. `batch_filter_ms` is the worst of all these whole requests, the median of three;
`batch_processor_ms` what processors work for it, whatever else the machine does; `batch_first_ms`
the first request of a process, which has nothing of the batch in memory yet.
What happens is told on stderr; the last line of stdout is one JSON object.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

HERE = Path(__file__).resolve().parent
VAR = HERE.parent / "var" / "bench" / "batch"
ASKED = 3
#: Numbers of claims contain these: nearly all, some, one, none.
SOUGHT = ("0", "99", "1234567", "不存在")


@contextmanager
def site() -> Iterator[None]:
    """The site in this process, on a database of its own."""
    from database import own_database

    shutil.rmtree(VAR, ignore_errors=True)
    try:
        with own_database(VAR, "batch"):
            import django

            django.setup()
            yield
    finally:
        shutil.rmtree(VAR, ignore_errors=True)


class Desk:
    """A batch, and a browser that it belongs to."""

    def __init__(self, path: Path) -> None:
        from django.conf import settings
        from django.core.files.uploadedfile import SimpleUploadedFile
        from django.test import Client

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        self.client = Client()
        upload = SimpleUploadedFile(path.name, path.read_bytes())
        answer = self.client.post("/batches/", {"claims": upload})
        self.address = answer["Location"]
        self.pk = self.address.split("/")[-2]

    def decide(self) -> float:
        """What the worker does; how many seconds that takes."""
        from jineng.claims.models import Batch
        from jineng.claims.processing import process_batch

        began = time.perf_counter()
        process_batch(Batch.objects.get(pk=self.pk).pk)
        took = time.perf_counter() - began
        if Batch.objects.get(pk=self.pk).state != "decided":
            sys.exit("the batch was not decided")
        return took

    def timed(self, query: str) -> tuple[float, str]:
        """Milliseconds, and the page."""
        began, worked = time.perf_counter(), time.process_time()
        answer = self.client.get(f"{self.address}?{query}")
        text = answer.content.decode()
        took = (time.perf_counter() - began) * 1000
        self.worked = (time.process_time() - worked) * 1000
        if answer.status_code != 200 or "</html>" not in text:
            sys.exit(f"{query} gave {answer.status_code}")
        return took, text

    def ways(self, page: str) -> Iterator[str]:
        """What the page offers: its filters by themselves, some together, and searches."""
        choices = {
            select[1]: [html.unescape(value) for value in _OPTION.findall(select[0])]
            for select in _SELECT.finditer(page)
        }
        orders = choices.pop("sort")
        narrowed: list[dict[str, Any]] = [{}, {"least": "1"}, {"most": "1000"}]
        for name, values in choices.items():
            narrowed += [{name: value} for value in dict.fromkeys((values[0], values[-1]))]
        narrowed.append({name: values[0] for name, values in choices.items() if name != "reason"})
        searches = [self._sealed({"search": sought}) for sought in SOUGHT]
        searches.append(self._sealed({"search": "9", "outcome": choices["outcome"][0]}))
        for words in (*map(urlencode, narrowed), *searches):
            yield from (f"{words}&{urlencode({'sort': order})}" for order in orders)

    def _sealed(self, words: dict[str, str]) -> str:
        answer = self.client.post(f"{self.address}search", words)
        return str(answer["Location"]).partition("?")[2]


_SELECT = re.compile(r'<select[^>]*\bname="([a-z_]+)".*?</select>', re.DOTALL)
_OPTION = re.compile(r'<option value="([^"]+)"')
_PAGES = re.compile(r"第 \d+ / (\d+) 页")


def measured(desk: Desk, tell: Any) -> dict[str, float]:
    """The worst of all ways that the page offers."""
    first, page = desk.timed("")
    took: list[tuple[float, str]] = []
    for way in desk.ways(page):
        once, text = desk.timed(way)
        took.append((once, way))
        pages = int(found[1]) if (found := _PAGES.search(text)) else 1
        if pages > 1:
            took.append((desk.timed(f"{way}&page={pages // 2}")[0], f"{way}&page={pages // 2}"))
    took.sort(reverse=True)
    again = []
    for _once, way in took[:20]:
        times = [(desk.timed(way)[0], desk.worked) for _ in range(ASKED)]
        again.append((*(median(one) for one in zip(*times, strict=True)), way))
    for milliseconds, worked, way in sorted(again, reverse=True)[:8]:
        tell(f"{milliseconds:7.0f} ms, {worked:5.0f} of processors  {way[:110]}")
    tell(f"{len(took):,} requests, the middle one {took[len(took) // 2][0]:.0f} ms")
    return {
        "batch_filter_ms": round(max(again)[0]),
        "batch_processor_ms": round(max(worked for _ms, worked, _way in again)),
        "batch_middle_ms": round(took[len(took) // 2][0]),
        "batch_first_ms": round(first),
    }


def exported(desk: Desk) -> dict[str, float]:
    """Seconds in which a worker makes each file of all of them that can hold as many."""
    import uuid

    from django.utils import timezone
    from django.utils.module_loading import import_string

    from jineng.claims.models import Batch, Run
    from jineng.claims.runs import process_run
    from jineng.claims.tasks import RUNS

    figures = {}
    for ending in ("csv", "parquet"):
        asked: dict[str, Any] = {"ending": ending, "facts": False, "filters": {}, "sort": "row"}
        batch = Batch.objects.get(pk=uuid.UUID(desk.pk))
        run = Run.objects.create(batch=batch, kind="export", asked=asked, created_at=timezone.now())
        began = time.perf_counter()
        process_run(run.pk, lambda kind: import_string(RUNS[Run.Kind(kind)]))
        figures[f"batch_{ending}_s"] = round(time.perf_counter() - began, 1)
        run.refresh_from_db()
        if run.state != "done":
            sys.exit(f"{ending}: {run.trouble}")
    return figures


def main() -> None:
    """Measures, and prints the figures."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--rows", type=int, default=1_800_000)
    given = arguments.parse_args()
    sys.path[:0] = [str(HERE.parent), str(HERE)]
    from adjudicate import claims, tell

    path = claims(given.rows, 1)
    with site():
        desk = Desk(path)
        seconds = desk.decide()
        tell(f"{given.rows:,} lines read, checked, decided and kept in {seconds:.1f} s")
        figures = {"batch_decided_s": round(seconds, 1)} | measured(desk, tell) | exported(desk)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
