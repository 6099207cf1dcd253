"""The day and the region that the policy is looked at for; kept in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode


@dataclass(frozen=True)
class Moment:
    """A day, and a region's code, "" for none in particular. ``today``: the business date.

    ``names``: regions' names by their codes.
    """

    on: date
    region: str
    today: date
    names: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def name_of(self, region: str) -> str:
        """A region's name; its code where it has none on the day."""
        return self.names.get(region, region)

    @property
    def words(self) -> dict[str, str]:
        """What an address says of it: nothing of today, nothing of no region."""
        words = {"on": self.on.isoformat()} if self.on != self.today else {}
        return words | ({"region": self.region} if self.region else {})

    def at(self, url: str, anchor: str = "", **more: str) -> str:
        """An address at this moment."""
        query = urlencode(more | self.words)
        whole = f"{url}?{query}" if query else url
        return f"{whole}#{anchor}" if anchor else whole
