"""What is put together in the reader's language: titles of the policy, lists, brackets."""

import re
from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_noop

from jineng.portal.sentences import said

register = template.Library()

#: What stands between the things of a list: within a sentence, and between sentences.
MARKS = (gettext_noop("、"), gettext_noop("；"))
CHINESE = re.compile(r"[\u3400-\u9fff]")


@register.filter
def translated(text: object) -> str:
    """A text that came from elsewhere, such as a scheme's name; as it is where nobody knows it."""
    return said(str(text)) if text else ""


@register.filter
def or_chinese(text: object) -> SafeString | str:
    """A text that came from elsewhere `translated`; where nobody knows it, marked as Chinese."""
    told = translated(text)
    return told if told != str(text) else as_written(told)


@register.filter
def as_written(text: object) -> SafeString | str:
    """What somebody wrote, such as a draft's name, as it is; on other pages marked as Chinese."""
    told = str(text or "")
    if not CHINESE.search(told) or (get_language() or "").startswith("zh"):
        return told
    return format_html('<span lang="zh-Hans">{}</span>', told)


@register.filter
def listed(things: Iterable[object], mark: str = MARKS[0]) -> str:
    """The things one after the other: 甲、乙; in English: A, B. Each of them `translated`."""
    return gettext(mark).join(said(str(one)) for one in things)


@register.filter
def bracketed(text: object) -> str:
    """In brackets: （12）; in English, with a space before them: (12)."""
    return gettext("（%(text)s）") % {"text": text}
