"""Measure the shell: lists with a province behind them, homes, a first page's weight, the demo.

    .venv/bin/python benchmarks/shell.py

1. A demo is started as its user starts it, and how long the province of 20,000 persons takes to
   load is told (`demo_load_s`); of its site, a worker's first page is fetched as a browser does
   (`first_page_kb`: the page and all that it names, compressed, fonts and pictures included).
2. A province of 2 million persons is loaded into a PostgreSQL of its own under `var/bench`, as
   `jineng demo --scale province` does; it is kept there for the next run, which brings its tables
   up to date and loads nothing (`--fresh` loads anew). Every list that a role's navigation leads to
   is asked for, sorted and narrowed in the ways that its page offers, and its last page, from the
   site itself without a network between; the slowest list's median counts (`list_page_ms`).
3. The same province is served by granian. The home page of each role, and a view that says nothing,
   behind the same stack and for the same users, are asked for in turn, over as many connections to
   each process (`home_vs_empty`: requests a second of the slowest home against the empty view).

What happens is told on stderr; the last line of stdout is one JSON object. Exits with 1 where a
page was not what it should be, or a figure is over its limit.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from jineng.demo import PROVINCE  # noqa: E402 - the path must be known before

DATA = ROOT / "var" / "bench" / "shell"
BEGAN = time.monotonic()
LIMITS = {"list_page_ms": 150.0, "home_vs_empty": 0.4, "first_page_kb": 200.0, "demo_load_s": 60.0}
ASKED = 7


def tell(text: str) -> None:
    """Say on stderr how far it is."""
    print(f"{time.monotonic() - BEGAN:6.0f} s  {text}", file=sys.stderr, flush=True)


class Browser:
    """Fetches pages of one site with one user's cookies, as compressed as the site sends them."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Accept-Encoding": "br, gzip", "Host": f"localhost:{port}"}
        if cookie:
            self.headers["Cookie"] = cookie

    def get(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body as it came, headers."""
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        return answer.status, body, {name.lower(): value for name, value in answer.getheaders()}


def plain(body: bytes, headers: dict[str, str]) -> str:
    """A body's text."""
    kind = headers.get("content-encoding", "")
    if kind == "gzip":
        body = gzip.decompress(body)
    elif kind == "br":
        import brotli

        body = brotli.decompress(body)
    return body.decode("utf-8", "replace")


def weight(browser: Browser, path: str) -> tuple[int, dict[str, int]]:
    """Bytes of a page and of all that it names, and that its style sheets name: head and body.

    A style sheet for the dark counts too, and a script, whether or not the browser waits for it.
    """
    weights: dict[str, int] = {}
    wanted = [path]
    while wanted:
        here = wanted.pop()
        if here in weights:
            continue
        status, body, headers = browser.get(here)
        if status != 200:
            sys.exit(f"{here} gave {status}")
        heads = sum(len(name) + len(value) + 4 for name, value in headers.items())
        weights[here] = len(body) + heads
        kind = headers.get("content-type", "")
        if kind.startswith(("text/html", "text/css")):
            wanted += named_in(plain(body, headers), here)
    return sum(weights.values()), weights


_HTML = re.compile(r"""<(?:link|script|img|use|source)\b[^>]*?\b(?:src|href)=["']([^"'#]+)""")
_CSS = re.compile(r"""url\(\s*["']?([^"')]+)""")


def named_in(text: str, here: str) -> list[str]:
    """Addresses of this site that a page or style sheet has the browser fetch."""
    found = _HTML.findall(text) if here.endswith("/") else _CSS.findall(text)
    base = here.rpartition("/")[0]
    return [
        urlsplit(one if one.startswith("/") else f"{base}/{one}").path
        for one in found
        if not one.startswith(("data:", "http", "//"))
    ]


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demo(persons: int | None) -> Iterator[tuple[int, float]]:
    """A demo from nothing, as `make demo` starts it; its port, and the seconds its load took."""
    var, port = DATA / "demo", free_port()
    shutil.rmtree(var, ignore_errors=True)
    environment = os.environ | {"JINENG_VAR": str(var), "JINENG_PORT": str(port)}
    environment |= {"JINENG_DEMO": "1"}
    if persons:
        environment["JINENG_DEMO_PERSONS"] = str(persons)
    started = subprocess.Popen(
        [sys.executable, "-m", "jineng.config.launcher"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert started.stdout is not None
        seconds, began = 0.0, 0.0
        for line in started.stdout:
            tell(line.rstrip())
            if "loading the demo province" in line:
                began = time.monotonic()
            if began and not seconds and "用时" in line:
                seconds = time.monotonic() - began
            if line.startswith("http://"):
                break
        if not seconds:
            sys.exit("the demo did not say that it was loaded")
        yield port, seconds
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(60)
        shutil.rmtree(var, ignore_errors=True)


@contextmanager
def province(persons: int, *, fresh: bool) -> Iterator[None]:
    """A database with so many persons, for this process and those that it starts; it is kept."""
    from database import own_database

    from jineng.config.embedded import EmbeddedPostgres

    var = DATA / "province"
    stamp = var / "persons"
    kept = stamp.exists() and stamp.read_text() == str(persons) and not fresh
    if not kept:
        EmbeddedPostgres(var / "postgres").stop_leftover()
        shutil.rmtree(var, ignore_errors=True)
    with own_database(var, "shell", JINENG_DEMO="1") as roles:
        if kept:
            tell(f"a province of {persons:,} persons was kept")
        else:
            _load(persons)
            _settle(roles.owner.text)
            stamp.write_text(str(persons))
        yield


def _load(persons: int) -> None:
    tell(f"loading a province of {persons:,} persons")
    command = [sys.executable, "-m", "jineng.cli", "demo", "--yes", "--persons", str(persons)]
    if persons == PROVINCE:
        command[-2:] = ["--scale", "province"]
    subprocess.run(command, check=True, stdout=sys.stderr)
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    tell(f"loaded, in {used / 1024:,.0f} MB at the most")


def _settle(owner: str) -> None:
    """As a database is that has been there for a day: counted, and tidied up."""
    import psycopg

    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def main() -> None:
    """Run all, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--persons", type=int, default=PROVINCE)
    parser.add_argument("--fresh", action="store_true", help="load the province anew")
    parser.add_argument("--demo-persons", type=int, help="fewer than the demo has, to try it out")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each race of pages")
    given = parser.parse_args()
    sys.path.insert(0, str(HERE))
    import shell_pages

    figures: dict[str, Any] = {}
    DATA.mkdir(parents=True, exist_ok=True)
    with demo(given.demo_persons) as (port, seconds):
        figures["demo_load_s"] = round(seconds, 1)
        bytes_, weights = weight(shell_pages.worker_of(port, Browser), "/")
        for path, size in sorted(weights.items(), key=lambda one: -one[1]):
            tell(f"{size / 1000:8.1f} KB  {path}")
        figures["first_page_kb"] = round(bytes_ / 1000, 1)
    with province(given.persons, fresh=given.fresh):
        import django

        django.setup()
        slowest = shell_pages.slowest_list(ASKED, median, tell)
        figures |= {"list_page_ms": round(slowest.milliseconds, 1), "slowest_list": slowest.name}
        figures |= shell_pages.race_homes(free_port(), given.seconds, Browser, tell)
    figures["cores"] = os.cpu_count()
    over = [
        name
        for name, limit in LIMITS.items()
        if (figures[name] < limit if name == "home_vs_empty" else figures[name] >= limit)
    ]
    for name in over:
        tell(f"{name} is {figures[name]}, the limit {LIMITS[name]}")
    print(json.dumps(figures, ensure_ascii=False))
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
