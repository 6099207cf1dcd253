"""Pages of the site: which there are, how long they take, how many a second."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

HERE = Path(__file__).resolve().parent
Tell = Callable[[str], None]

#: Of a list as it is first asked for, so many ways to sort and narrow it are looked at closely.
CLOSELY = 30
#: What is searched for: one character, a name, its pinyin and its initials.
SOUGHT = ("王", "王芳", "wangfang", "wf", "张伟", "有限公司")
PROCESSES, CONNECTIONS = 2, 4
ROUNDS = 3


def worker_of(port: int, browser: type[Any]) -> Any:
    """A browser in which a worker of the demo's cast is signed in."""
    from jineng.demo.cast import WORKERS

    stranger = browser(port)
    _status, body, headers = stranger.get("/demo/cast/")
    sys.path.insert(0, str(HERE))
    from shell import plain

    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', plain(body, headers))
    cookie = headers["set-cookie"].split(";")[0]
    if token is None:
        sys.exit("the demo has no cast")
    stranger.connection.request(
        "POST",
        f"/demo/cast/{WORKERS[0].key}/",
        urlencode({"csrfmiddlewaretoken": token[1]}),
        stranger.headers | {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
    )
    answer = stranger.connection.getresponse()
    answer.read()
    session = next(
        (
            value.split(";")[0]
            for name, value in answer.getheaders()
            if name.lower() == "set-cookie" and value.startswith("sessionid=")
        ),
        None,
    )
    if session is None:
        sys.exit(f"nobody was let in: {answer.status}")
    return browser(port, session)


@dataclass(frozen=True)
class Seat:
    """Somebody of the cast: what they are, and a cookie that signs them in."""

    name: str
    user: Any
    cookie: str


def seats() -> Iterator[Seat]:
    """One of each role and level of region, and a worker."""
    from jineng.core.calendar import business_date
    from jineng.demo.cast import GROUP
    from jineng.people.models import Membership, User

    seen = set()
    held = Membership.objects.on(business_date()).filter(user__groups__name=GROUP)
    for one in held.select_related("user", "organisation__region").order_by("pk"):
        region = one.organisation.region if one.organisation else None
        key = (one.role, region.kind if region else "")
        if key not in seen:
            seen.add(key)
            yield Seat(" ".join(part for part in key if part), one.user, _session(one.user))
    worker = User.objects.filter(groups__name=GROUP, memberships=None, person__isnull=False)
    first = worker.order_by("pk")[0]
    yield Seat("worker", first, _session(first))


def _session(user: Any) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@dataclass(frozen=True, order=True)
class Taken:
    """How long a page took, in milliseconds."""

    milliseconds: float
    name: str


def slowest_list(asked: int, middle: Callable[[list[float]], float], tell: Tell) -> Taken:
    """The list that takes longest, by the median of so many requests; the rest on stderr.

    Every list of everybody is asked for once, and in each way that its page offers; the slowest of
    these are then asked for again and again.
    """
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    once: list[tuple[Taken, Any, str]] = []
    for seat in seats():
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = seat.cookie
        once += [
            (Taken(_timed(client, address), f"{seat.name} {address}"), client, address)
            for address in _addresses(client)
        ]
    tell(f"{len(once):,} lists, sorted and narrowed")
    once.sort(key=lambda one: one[0], reverse=True)
    again = []
    for first, client, address in once[:CLOSELY]:
        took = Taken(middle([_timed(client, address) for _ in range(asked)]), first.name)
        again.append(took)
        tell(f"{took.milliseconds:8.1f} ms  {took.name[:120]}")
    return max(again)


def _timed(client: Any, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address)
    body = answer.content
    took = (time.perf_counter() - began) * 1000
    if answer.status_code != 200 or b"</html>" not in body:
        sys.exit(f"{address} gave {answer.status_code}")
    return took


_LINK = re.compile(r'href="([^"#]+)"')
_SELECT = re.compile(r'<select[^>]*\bname="([a-z_]+)".*?</select>', re.DOTALL)
_OPTION = re.compile(r'<option value="([^"]+)"')


def _addresses(client: Any) -> list[str]:
    """The lists that somebody's navigation leads to, in the ways that their pages offer."""
    home = client.get("/")
    if home.status_code != 200:
        sys.exit(f"a home gave {home.status_code} {home.headers.get('Location', '')}")
    found: dict[str, None] = {}
    for path in dict.fromkeys(_LINK.findall(home.content.decode())):
        if not path.startswith("/") or path.startswith(("/static/", "/accounts/")):
            continue
        answer = client.get(path)
        text = answer.content.decode("utf-8", "replace") if not answer.streaming else ""
        if answer.status_code != 200 or "<table" not in text:
            continue
        found[path] = None
        plain = path.partition("?")[0]
        for link in map(html.unescape, _LINK.findall(text)):
            way = link if link.startswith("/") else plain + link
            if way.startswith(f"{plain}?") and "export" not in way:
                found[way] = None
        if 'rel="next"' in text:
            found[f"{plain}?page=9999"] = None
        for select in _SELECT.finditer(text):
            for value in _OPTION.findall(select[0])[:3]:
                found[f"{plain}?{urlencode({select[1]: value})}"] = None
        found |= dict.fromkeys(_searched(client, plain, text))
    return list(found)


_FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]*search[^"]*)"', re.IGNORECASE)


def _searched(client: Any, path: str, text: str) -> Iterator[str]:
    """Where a list's own search leads to."""
    for action in dict.fromkeys(_FORM.findall(text)):
        for sought in SOUGHT:
            answer = client.post(html.unescape(action), {"text": sought, "search": sought})
            if answer.status_code == 302:
                yield answer.headers["Location"]


def race_homes(port: int, seconds: float, browser: type[Any], tell: Tell) -> dict[str, Any]:
    """Requests a second of each home against the empty view, by granian, in turn."""
    command = [sys.executable, "-m", "granian", "--no-ws", "--interface", "wsgi"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(PROCESSES)]
    command += ["--blocking-threads", "4", "--workers-kill-timeout", "5", "shell_site:application"]
    environment = os.environ | {"PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"}
    server = subprocess.Popen(command, env=environment, stdout=sys.stderr, start_new_session=True)
    try:
        _wait_for(port, browser)
        ratios = []
        for seat in seats():
            cookie = f"sessionid={seat.cookie}"
            home, empty = _raced(port, cookie, seconds, browser)
            ratios.append((home / empty, seat.name, home, empty))
            tell(f"{home / empty:6.2f}  {home:6.0f}/s against {empty:6.0f}/s  {seat.name}")
    finally:
        server.terminate()
        server.wait(30)
    ratio, name, home, empty = min(ratios)
    return {
        "home_vs_empty": round(ratio, 2),
        "slowest_home": name,
        "home_per_s": round(home),
        "empty_per_s": round(empty),
    }


def _wait_for(port: int, browser: type[Any]) -> None:
    for _ in range(300):
        try:
            if browser(port).get("/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("granian does not answer")


def _raced(port: int, cookie: str, seconds: float, browser: type[Any]) -> tuple[float, float]:
    rates: dict[str, list[float]] = {"/": [], "/empty": []}
    asking = _dealt_out(port, cookie, browser)
    for path in rates:
        _rate(asking, path, min(1.0, seconds))
    for _ in range(ROUNDS):
        for path, found in rates.items():
            found.append(_rate(asking, path, seconds / ROUNDS))
    home, empty = (sorted(found)[ROUNDS // 2] for found in rates.values())
    return home, empty


def _dealt_out(port: int, cookie: str, browser: type[Any]) -> list[Any]:
    """Connections, as many to each process of the server.

    Which of them takes one is chance; where one has all, the other idles, and so would a processor.
    """
    held: dict[str, list[Any]] = {}
    for _ in range(1_000):
        one = browser(port, cookie)
        process = held.setdefault(one.get("/empty")[2]["x-process"], [])
        if len(process) < CONNECTIONS // PROCESSES:
            process.append(one)
        else:
            one.connection.close()
        if sum(map(len, held.values())) == CONNECTIONS:
            return [one for some in held.values() for one in some]
    sys.exit("a process of the server takes no connections")


def _rate(asking: list[Any], path: str, seconds: float) -> float:
    """Requests a second over a few connections."""
    counts, until = [0] * len(asking), time.perf_counter() + seconds

    def ask(number: int) -> None:
        while time.perf_counter() < until:
            status = asking[number].get(path)[0]
            if status != 200:
                raise SystemExit(f"{path} gave {status}")
            counts[number] += 1

    began = time.perf_counter()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(asking))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not all(counts):
        sys.exit(f"{path} was not answered")
    return sum(counts) / (time.perf_counter() - began)
