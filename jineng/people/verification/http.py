"""A register that is asked over HTTP.

POST to its address, a JSON object with `subject` and `asked` (never in the address, which would be
logged on the way). It answers with a JSON object whose `answer` is

    200  confirmed; 409 mismatch, `differing` naming what; 404 not_found

A status without its answer says nothing: a page of 404 comes from a wrong address as well. Nor do
other statuses, redirects and silence; any of them may say when to come back (Retry-After).
"""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import requests

from jineng.people.verification import Answer, Question, Reply, unavailable

ANSWERS = {
    HTTPStatus.OK: Answer.CONFIRMED,
    HTTPStatus.CONFLICT: Answer.MISMATCH,
    HTTPStatus.NOT_FOUND: Answer.NOT_FOUND,
}
LONGEST_WAIT = timedelta(days=1)
LARGEST = 64 * 1024


@dataclass(frozen=True)
class HttpRegister:
    """``seconds``: within which all of the answer must be there."""

    address: str
    token: str = field(default="", repr=False)
    seconds: float = 10

    def ask(self, question: Question) -> Reply:
        """Asks once."""
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        give_up = time.monotonic() + self.seconds
        try:
            with requests.post(
                self.address,
                json={"subject": question.subject, "asked": question.told},
                headers=headers,
                timeout=self.seconds,
                allow_redirects=False,
                stream=True,
            ) as response:
                return self._understood(response, give_up)
        except requests.RequestException as problem:
            # Its text may hold what was asked.
            return unavailable(type(problem).__name__)

    def _understood(self, response: requests.Response, give_up: float) -> Reply:
        status = response.status_code
        answer = ANSWERS.get(HTTPStatus(status)) if status in set(HTTPStatus) else None
        if answer is None:
            return unavailable(f"status {status}", retry_after(response.headers, datetime.now(UTC)))
        told = _body(response, give_up)
        if told.get("answer") != answer:
            return unavailable(f"status {status} without its answer")
        differing = told.get("differing", ())
        known = question_names(differing) if isinstance(differing, list) else ()
        return Reply(answer, differing=known if answer is Answer.MISMATCH else ())


def question_names(differing: list[Any]) -> tuple[str, ...]:
    """Of what a register says that differs, the names that we asked by; never a value."""
    return tuple(name for name in ("identity_number", "credit_code", "name") if name in differing)


def _body(response: requests.Response, give_up: float) -> dict[str, Any]:
    """The JSON object in the answer; empty for one that is none, too long or too late."""
    whole = b""
    # One at a time, or a register that writes slowly would be waited for.
    for piece in response.iter_content(1):
        whole += piece
        if len(whole) > LARGEST or time.monotonic() > give_up:
            return {}
    try:
        told = json.loads(whole)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def retry_after(headers: Any, now: datetime) -> timedelta | None:
    """What Retry-After asks for, in seconds or as a date; a day at most."""
    text = str(headers.get("Retry-After", "")).strip()
    if text.isdecimal() and len(text) < 9:
        wait = timedelta(seconds=int(text))
    else:
        try:
            wait = parsedate_to_datetime(text) - now
        except (TypeError, ValueError):
            return None
    return min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)
