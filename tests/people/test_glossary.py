"""The glossary has the codes of the registers under the names that pages give them."""

from typing import Any

import pytest

from jineng.people.models import BlacklistEntry, OrganisationKind, PillarStatus, Qualification
from jineng.people.models.persons import Education
from jineng.people.models.regions import RegionKind
from tests.stand import ROOT

CODES: dict[str, Any] = {
    "organisation": OrganisationKind.Kind,
    "qualification": Qualification.Kind,
    "pillar or key status": PillarStatus.Kind,
    "appeal": BlacklistEntry.Appeal,
    "region": RegionKind,
    "education": Education,
}


@pytest.mark.parametrize("thing", CODES)
def test_the_glossary_has_every_code(thing: str) -> None:
    text = (ROOT / "docs" / "glossary.md").read_text()
    codes = CODES[thing]
    missing = [code for code in codes if f"| {thing} | `{code.value}` | {code.label} |" not in text]
    assert missing == []
