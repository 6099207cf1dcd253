"""What may stand in no file of the project."""

import ast
import re

import pytest

from tests.architecture.tree import LOCKS, ROOT, modules, name, texts

DATE = r"(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
LONG_NUMBER = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}(18|19|20)\d\d{DATE}(?P<sequence>\d{{3}})[\dXx](?!\d)"
)
SHORT_NUMBER = re.compile(rf"(?<!\d)[1-9]\d{{5}}\d\d{DATE}(?P<sequence>\d{{3}})(?!\d)")

# Written so that this file doesn't hold what it looks for.
REGISTRIES = re.compile(
    r"pypi\.(org|tuna)|files\.pythonhoste[d]|registry\.npm(js|mirror)|//(mirrors?|pypi|npm)\."
)
PLACES = re.compile(r"(?<![\w.:/-])/(work|home|root|Users)/\w")
VAGUE = re.compile(r"(Service|Manager|Helper|Utils?)$")


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{file}:{number} {match.group()}"
        for file, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        for match in pattern.finditer(line)
    ]


@pytest.mark.parametrize("pattern", [LONG_NUMBER, SHORT_NUMBER], ids=["18 digits", "15 digits"])
def test_identity_numbers_are_synthetic(pattern: re.Pattern[str]) -> None:
    """A number with sequence 000 is given to nobody."""
    real = [
        f"{file}: {match.group()[:6]}…"
        for file, text in texts().items()
        for match in pattern.finditer(text)
        if match["sequence"] != "000"
    ]
    assert real == []


def test_the_search_for_identity_numbers_finds_one() -> None:
    born = "19900101"
    assert LONG_NUMBER.search("420106" + born + "123" + "4")
    assert SHORT_NUMBER.search("420106" + born[2:] + "123")


def test_no_registry_is_named() -> None:
    locks = [lock for lock in sorted(LOCKS) if REGISTRIES.search((ROOT / lock).read_text())]
    assert found(REGISTRIES) + locks == []


def test_no_place_of_one_machine_is_named() -> None:
    assert found(PLACES) == []


def test_names_say_what_a_thing_is() -> None:
    vague = [
        f"{name(path)} {node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and VAGUE.search(node.name)
    ]
    vague += [name(path) for path in modules() if re.search(r"(utils?|helpers?)$", path.stem)]
    assert vague == []
