"""Sentences that the policy library and imports write in Chinese are recognised on pages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils.translation import override

from jineng.portal.sentences import said
from tests.architecture.tree import ROOT

CHINESE = re.compile("[\u3400-\u9fff]")
#: What the library says of a cell, a column or a file that it can't take.
SPEAKING = (
    "policy/values.py",
    "policy/identity.py",
    "claimsfile/errors.py",
    "claimsfile/container.py",
    "claimsfile/parquetfile.py",
    "claimsfile/sheetcells.py",
    "claimsfile/sheetxml.py",
)


def raised(path: Path) -> Iterator[str]:
    """The texts of what a module raises, with 7 for whatever is filled in."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for given in node.exc.args:
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.value
                elif isinstance(given, ast.JoinedStr):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "7"
                        for part in given.values
                    )


@pytest.mark.parametrize("module", SPEAKING)
def test_what_the_library_raises_is_recognised(module: str) -> None:
    texts = [text for text in raised(ROOT / "jineng" / module) if CHINESE.search(text)]
    with override("en"):
        left = {text for text in texts if CHINESE.search(KEPT.sub("", said(text)))}
    assert left == set()


#: What is typed into a sheet stays as it is typed.
KEPT = re.compile("是 or 否|“申请编号” and “补贴项目”")


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("应为日期，例如 2020-08-31", "Should be a date, such as 2020-08-31"),
        (
            "只能填：1（高级技师）、2（技师）",
            "One of: 1 (Senior technician (level 1)), 2 (Technician (level 2))",
        ),
        (
            "不认识“明德”；可填（用 ; 隔开）：veteran（退役军人），都不属于填 none",
            "“明德” is not known; one or more (separated by ;): veteran (Veteran); none if"  # noqa: ISC004
            " of no group",
        ),
        (
            "高级工 2000.00 元，中级工 1500.00 元",
            "Senior worker (level 3) 2000.00 yuan, Intermediate worker (level 4) 1500.00 yuan",
        ),
        ("2020-01-01 至 未定", "2020-01-01 until not fixed"),
        ("12 个月", "12 months"),
        ("导入 花名册.xlsx", "Import 花名册.xlsx"),
        ("退役军人、残疾人", "Veteran, Person with a disability"),
        ("赵一，电工", "赵一，电工"),
        ("", ""),
    ],
)
def test_a_sentence_is_said_in_english(chinese: str, english: str) -> None:
    assert said(chinese) == chinese
    with override("en"):
        assert said(chinese) == english


def test_lists_and_brackets_follow_the_language() -> None:
    page = Template(
        "{% load languages %}{{ things|listed }}{{ 3|bracketed }}{{ nothing|translated }}"
    )
    context = Context({"things": ["符合", "赵一"]})
    assert page.render(context) == "符合、赵一（3）"
    with override("en"):
        assert page.render(context) == "Eligible, 赵一 (3)"
