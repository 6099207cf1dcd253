"""Chinese sentences that were written elsewhere, in the reader's language.

The policy library and the readers of claims files know no languages: what they say of a file or of
a decision is Chinese, and so is what a worker wrote down of an import. A page recognises such a
sentence by its pattern, takes out what was filled in, and says the same in English. What it does
not recognise stays as it is.
"""

import re
from functools import cache, lru_cache

from django.conf import settings
from django.utils.translation import get_language, gettext

from jineng.portal import patterns

_FILLED = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
_NUMBER = r"[\d,.]+"
_WORDS = re.compile(r"[\u3400-\u9fff]")
#: What is filled in under these names is a number; anything, under others.
_NUMBERS = frozenset(
    {"columns", "count", "length", "line", "months", "most", "number", "row", "width", "yuan"}
)


@cache
def _recognisers() -> list[tuple[str, re.Pattern[str]]]:
    """Each pattern with what recognises it, the more particular first."""
    return [(one, _recogniser(one)) for one in (*patterns.SENTENCES, *patterns.LISTS)]


def _recogniser(pattern: str) -> re.Pattern[str]:
    parts, end = [], 0
    for found in _FILLED.finditer(pattern):
        name = found[1] or found[2]
        parts.append(re.escape(pattern[end : found.start()]))
        parts.append(f"(?P<{name}>{_NUMBER if name in _NUMBERS else '.+?'})")
        end = found.end()
    return re.compile("".join(parts) + re.escape(pattern[end:]), re.DOTALL)


def said(text: str) -> str:
    """The sentence in the reader's language, as far as it is known."""
    language = get_language() or settings.LANGUAGE_CODE
    return text if language == settings.LANGUAGE_CODE else _said(language, text)


@lru_cache(maxsize=4_000)
def _said(language: str, text: str) -> str:
    known = gettext(text) if text else ""
    if known != text or not _WORDS.search(text):
        return known
    for pattern, recogniser in _recognisers():
        if found := recogniser.fullmatch(text):
            filled = {name: _said(language, one) for name, one in found.groupdict().items()}
            # A sentence that is not known is no list, though it has commas.
            if pattern not in patterns.LISTS or not any(map(_WORDS.search, filled.values())):
                return _filled_in(gettext(pattern), filled)
    return text


def _filled_in(pattern: str, filled: dict[str, str]) -> str:
    return _FILLED.sub(lambda place: filled[place[1] or place[2]], pattern)
