"""Every text goes through gettext and is there in English. `make messages` helps with what fails.

What is exempt, and why, is told in docs/decisions/0025-translations.md.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.template.base import Lexer, TokenType

from tests.architecture.tree import ROOT, modules, name
from tools import messages
from tools.messages import KEYWORDS, Message

CHINESE = re.compile("[\u3001\u3002\u3400-\u9fff，：；]")
CHINESE_OR_ITS_MARKS = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uff5e]")
FILLED = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?[a-z][^>]*>")
#: What stays Chinese in English: numbers of documents, and what is typed into a sheet.
KEPT = re.compile(
    r"[\u4e00-\u9fff]{2,6}[〔【]\d{4}[〕】]\d+号|六\(二\)|武汉市武昌区|“申请编号”|“补贴项目”|“无”|、"
    r"|\b(是|否|已缴|未缴|有效|作废)\b|照范例|预期结论"
)
#: What templates tell gettext, or a filter that translates it, or compare with what is Chinese.
TOLD = re.compile(r'_\("[^"]*"\)|\|listed:"."|\|cut:"[^"]*"')
#: Modules that make no page, or that hold what is data.
EXEMPT = {
    "jineng/cli/": "the command line is in Chinese",
    "jineng/config/": "what a service says when it starts",
    "jineng/pages/working_days.py": "what a service says when it starts",
    "jineng/people/management/": "the command line is in Chinese",
    "jineng/policy/": "the library speaks Chinese; pages translate its sentences",
    "jineng/policies/": "the pack is in the language of its documents",
    "jineng/claimsfile/": "files are in Chinese; pages translate what is said of them",
    "jineng/demo/": "names, stories and files of the people of the demo",
    "jineng/people/names.py": "how names are read",
    "jineng/people/records/headings.py": "headings and words of imported files",
    "jineng/people/registers/": "headings and words of imported files",
    "jineng/people/tables/": "words of imported files",
    "jineng/people/verification/files.py": "headings of a register's file",
    "jineng/desk/drafting.py": "a draft's file is in Chinese; pages translate what is said of it",
    "jineng/claims/processing.py": "a stage's name, as the reader of files tells it",
    "jineng/portal/views/components.py": "names of sample persons",
}


@cache
def found() -> list[Message]:
    return messages.messages()


@cache
def catalogue() -> Catalog:
    return messages.catalogue()


def kept() -> Iterator[tuple[str, str]]:
    """Each text of the catalogue with its English; both forms, where it counts."""
    for one in catalogue():
        if one.id:
            text = one.id if isinstance(one.id, str) else one.id[0]
            yield from ((text, said) for said in messages.strings(one))


def test_every_text_has_its_english() -> None:
    without = set()
    for one in found():
        known = catalogue().get(one.id, one.context or None)
        if known is None or not all(messages.strings(known)) or known.fuzzy:
            without.add(f"{one.place}: {one.text}")
    assert without == set()
    assert len(found()) > 1_000


def test_no_english_is_kept_of_what_is_gone() -> None:
    wanted = {(one.id, one.context or None) for one in found()}
    assert [one.id for one in catalogue() if one.id and (one.id, one.context) not in wanted] == []


def test_what_is_filled_in_is_the_same() -> None:
    other = {
        text: said
        for text, said in kept()
        if set(FILLED.findall(text)) != set(FILLED.findall(said))
    }
    assert other == {}


def test_the_english_is_english() -> None:
    chinese = {
        text: said for text, said in kept() if CHINESE_OR_ITS_MARKS.search(KEPT.sub("", said))
    }
    assert chinese == {}


def test_texts_are_chinese_in_the_code() -> None:
    assert {f"{one.place}: {one.text}" for one in found() if one.text.isascii()} == set()


def pages() -> list[Path]:
    """Modules whose texts are shown on pages."""
    ours = [path for path in modules() if name(path).startswith("jineng/")]
    return [
        path
        for path in ours
        if "/migrations/" not in name(path) and not name(path).startswith(tuple(EXEMPT))
    ]


def said_plainly(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Texts that are neither told to gettext nor a docstring."""
    told: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            told.add(id(node.value))
        elif isinstance(node, ast.Call):
            called = node.func
            word = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            if word in KEYWORDS:
                told |= {id(inner) for given in node.args for inner in ast.walk(given)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", pages(), ids=name)
def test_modules_say_nothing_past_gettext(path: Path) -> None:
    plain = {
        f"line {line}: {text}"
        for line, text in said_plainly(ast.parse(path.read_text()))
        if CHINESE.search(text)
    }
    assert plain == set()


def test_what_is_written_down_is_a_lazy_text() -> None:
    """Reasons in the event log are Chinese, in whatever language the page was."""
    at_once = [
        f"{name(path)}: {found.group()}"
        for path in pages()
        if "import gettext_lazy as _\n" not in (text := path.read_text())
        for found in re.finditer(r"why=(_|_now|gettext)\(.*", text)
    ]
    assert at_once == []


def test_what_is_exempt_is_there() -> None:
    assert [path for path in EXEMPT if not (ROOT / path).exists()] == []


def past_gettext(template: str) -> Iterator[str]:
    """What of a template's own text reaches the page as it is written."""
    inside = ""
    for token in Lexer(template).tokenize():
        word = token.contents.split()[0] if token.contents.strip() else ""
        if token.token_type == TokenType.BLOCK:
            if inside and word == f"end{inside}":
                inside = ""
                continue
            if word in ("blocktranslate", "comment"):
                inside = word
            if word == "translate":
                continue
        told = token.token_type == TokenType.TEXT and inside == "blocktranslate"
        if told or token.token_type == TokenType.COMMENT or inside == "comment":
            continue
        text = TOLD.sub("", token.contents)
        if CHINESE_OR_ITS_MARKS.search(text):
            yield f"line {token.lineno}: {text.strip()}"


def test_templates_say_nothing_past_gettext() -> None:
    plain = {}
    for path in sorted((ROOT / "jineng").rglob("templates/**/*")):
        if path.suffix in (".html", ".txt") and (said := list(past_gettext(path.read_text()))):
            plain[name(path)] = said
    assert plain == {}


def test_the_search_for_plain_texts_finds_them() -> None:
    code = (
        'a = _("甲")\nb = f"乙{a}"\nc = gettext_lazy("丙") % {"d": "丁"}\ndef f():\n    """戊"""\n'
    )
    assert {text for _line, text in said_plainly(ast.parse(code))} == {"乙", "d", "丁"}
    template = '{# 甲 #}{% translate "乙" %}丙{{ a|b:_("己")|c:"戊" }}'
    template += "{% blocktranslate %}丁{% endblocktranslate %}"
    assert list(past_gettext(template)) == ["line 1: 丙", 'line 1: a|b:|c:"戊"']
