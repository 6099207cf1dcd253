"""The glossary has every role under the name that pages give it."""

from jineng.people.models import Role
from tests.stand import ROOT


def test_the_glossary_has_every_role() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text()
    missing = [role for role in Role if f"| `{role.value}` | {role.label} |" not in text]
    assert missing == []
