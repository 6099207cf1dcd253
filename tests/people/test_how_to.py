"""What is told of files is what they are read by."""

import re

import pytest

from jineng.people.registers import organisations, persons
from tests.access.world import TODAY
from tests.stand import ROOT


@pytest.mark.django_db
def test_the_page_tells_every_column() -> None:
    page = (ROOT / "docs" / "how-to" / "import-registers.md").read_text()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if re.match(r"\| [^|\-h]", line)
    ]
    told = [(row[0], row[1], row[2] == "yes") for row in rows]
    columns = [one.heading for one in (*persons.specs(TODAY), *organisations.specs(TODAY))]
    assert told == [(one.title, "、".join(one.others), one.required) for one in columns]
