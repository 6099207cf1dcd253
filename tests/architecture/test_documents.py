"""Documents lead where they say, and the two READMEs tell the same."""

import re

import pytest

from jineng import policy
from tests.architecture.tree import ROOT, files, modules, name

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def pages() -> list[str]:
    return [name(path) for path in files() if path.suffix == ".md"]


def headings(page: str) -> list[str]:
    """A page's headings, without what stands in blocks of code."""
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text(), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^#+ .+$", text, re.MULTILINE)


def anchor(heading: str) -> str:
    """A heading's anchor, as forges make it."""
    text = re.sub(r"[^\w\- ]", "", heading.lstrip("# ").lower())
    return text.replace(" ", "-")


@pytest.mark.parametrize("page", pages())
def test_every_link_leads_somewhere(page: str) -> None:
    broken = []
    for link in LINK.findall((ROOT / page).read_text()):
        if re.match(r"\w+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists():
            broken.append(link)
        elif fragment and target.suffix == ".md":
            shown = target.resolve().relative_to(ROOT).as_posix()
            if fragment not in {anchor(one) for one in headings(shown)}:
                broken.append(link)
    assert broken == []


def test_the_two_readmes_have_the_same_sections() -> None:
    english, chinese = headings("README.md"), headings("README.zh-CN.md")
    levels = [[one.split()[0] for one in page] for page in (english, chinese)]
    assert len(english) > 3
    assert levels[0] == levels[1]


def test_the_two_readmes_show_the_same_commands_and_pictures() -> None:
    shown = []
    for page in ("README.md", "README.zh-CN.md"):
        text = (ROOT / page).read_text()
        code = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        commands = [re.sub(r"\s*#.*", "", line) for block in code for line in block.splitlines()]
        shown.append((commands, re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)))
    assert shown[0] == shown[1]


def test_every_setting_is_told() -> None:
    read = set()
    for path in modules():
        if name(path).startswith(("jineng/", "tests/conftest", "tools/")):
            read |= set(
                re.findall(r"[\"'](JINENG_[A-Z_]+|DATABASE_[A-Z_]*URL)[\"']", path.read_text())
            )
    told = set(
        re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    )
    # Set by programs of ours for programs of ours.
    assert read - {"JINENG_DEMO_OF", "JINENG_TEST_RUN"} == told


def test_the_glossary_knows_every_code() -> None:
    rows = {
        tuple(cell.strip() for cell in row.strip("|").split("|"))
        for row in (ROOT / "docs/glossary.md").read_text().splitlines()
        if row.startswith("|")
    }
    pairs = {(row[-3], row[-2]) for row in rows if len(row) > 2}
    known = {(f"`{fact.name}`", fact.heading) for fact in policy.FACTS}
    known |= {(f"`{code}`", label) for fact in policy.FACTS for code, label in fact.codes.items()}
    known |= {(f"`{scheme.code}`", scheme.name) for scheme in policy.load("hubei").schemes.values()}
    assert len(known) > 100
    assert known - pairs == set()
    codes = {code for code, _ in pairs}
    conditions = {
        f"`{one.code}`"
        for scheme in policy.load("hubei").schemes.values()
        for one in scheme.conditions
    }
    assert conditions - codes == set()
