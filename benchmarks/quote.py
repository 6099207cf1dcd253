"""Measure the questionnaire on what one could get: one answer, and the page that follows.

    .venv/bin/python benchmarks/quote.py

Questionnaires are gone through from the first question to the result, each for another party and
matter, answered at random, from the site itself without a network between, on a PostgreSQL of its
own. `quote_ms` is the median of all answers: the whole request through Django's handler, middleware
included, with the next page. `quote_slowest_ms` is the worst of them, `quote_no_script_ms` the
median of answer and page as a browser without script asks for them, one after the other. What
happens is told on stderr; the last line of stdout is one JSON object.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import re
import sys
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from batch_desk import site

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_BUTTON = re.compile(r'name="only" value="([^"]*)"')
_OPTION = re.compile(r'<option value="([^"]+)"')
LONGEST = 70


class Visitor:
    """Somebody who answers at random. ``script``: whether the browser runs it."""

    def __init__(self, seed: int, *, script: bool) -> None:
        from django.test import Client

        self.client, self.chance, self.script = Client(), random.Random(seed), script  # noqa: S311

    def goes_through(self) -> Iterator[float]:
        """Milliseconds of each answer."""
        page = self.client.get("/quote/").content.decode()
        for _turn in range(LONGEST):
            form = {name: html.unescape(value) for name, value in _HIDDEN.findall(page)}
            if "name" not in form:
                return
            began = time.perf_counter()
            page = self.answered(form | self.answer(page))
            yield (time.perf_counter() - began) * 1000
        sys.exit("a questionnaire without an end")

    def answered(self, form: dict[str, Any]) -> str:
        """The page that follows."""
        headers = {"HX-Request": "true"} if self.script else {}
        answer = self.client.post("/quote/", form, headers=headers)
        if not self.script:
            answer = self.client.get(answer["Location"])
        text = answer.content.decode()
        if answer.status_code != 200 or "</html>" not in text:
            sys.exit(f"{form['name']} gave {answer.status_code}")
        return str(text)

    def answer(self, page: str) -> dict[str, str]:
        """One of what the page offers; now and then that nobody knows."""
        offered = [("only", value) for value in _BUTTON.findall(page)]
        offered += [("answer", value) for value in _OPTION.findall(page)]
        if 'type="date"' in page:
            offered.append(("answer", self.chance.choice(["2020-03-01", "2020-07-01"])))
        elif 'inputmode="decimal"' in page:
            offered.append(("answer", self.chance.choice(["2", "24", "300"])))
        if 'name="unknown"' in page and (not offered or self.chance.random() < 0.2):
            return {"unknown": "1"}
        name, value = self.chance.choice(offered)
        return {name: html.unescape(value)}


def main() -> None:
    """Measures, and prints the figures."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--visitors", type=int, default=30)
    given = arguments.parse_args()
    with site():
        from django.conf import settings

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        list(Visitor(0, script=True).goes_through())  # a process that has answered before
        took = {
            script: [
                milliseconds
                for seed in range(given.visitors)
                for milliseconds in Visitor(seed, script=script).goes_through()
            ]
            for script in (True, False)
        }
    each = len(took[True]) / given.visitors
    print(f"{given.visitors} visitors, {each:.1f} answers each", file=sys.stderr)
    figures = {
        "quote_ms": round(median(took[True]), 1),
        "quote_slowest_ms": round(max(took[True]), 1),
        "quote_no_script_ms": round(median(took[False]), 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
