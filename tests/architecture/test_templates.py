"""Templates: each is used, and none holds what the content security policy forbids."""

import re
from pathlib import Path

import allauth
import pytest

from tests.architecture.tree import files, name, texts

# Django finds these by their names, and allauth those that stand in for its own.
BY_STATUS = {"400.html", "403.html", "404.html", "500.html"}
ALLAUTH = Path(allauth.__file__).parent / "templates"
FORBIDDEN = {
    "a style in place": r"\sstyle\s*=",
    "a style sheet in place": r"<style",
    "a script in place": r"<script(?![^>]*\ssrc=)",
    "an event handler in place": r"\son[a-z]+\s*=",
    "htmx's own handler": r"\shx-on",
    "an htmx value that is code": r"[\"']\s*js:",
    "an htmx filter that is code": r"\shx-trigger=\"[^\"]*\[",
    "a script address": r"javascript:",
    "unescaped text": r"\|\s*safe\b|autoescape off",
    "another site": r"(src|href)=\"(https?:)?//",
}


def templates() -> dict[str, str]:
    """Each template's text by its path in the project."""
    return {path: text for path, text in texts().items() if "/templates/" in path}


def test_every_template_is_used() -> None:
    everything = {path: text for path, text in texts().items() if path.endswith((".py", ".html"))}
    unused = []
    for path in templates():
        called = path.partition("/templates/")[2]
        elsewhere = (text for other, text in everything.items() if other != path)
        if called in BY_STATUS or (ALLAUTH / called).exists():
            continue
        if not any(f'"{called}"' in text for text in elsewhere):
            unused.append(path)
    assert unused == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    assert templates()
    assert [path for path, text in templates().items() if pattern.search(text)] == []


def test_every_page_stands_in_the_frame() -> None:
    """A template is a page that extends the frame, or a part that pages include."""
    roots = [path for path, text in templates().items() if "<html" in text and "/print" not in path]
    assert roots == [name(next(one for one in files() if one.match("portal/base.html")))]
