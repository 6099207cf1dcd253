"""Rows that lie in memory, as a list of pages takes them."""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any


class Rows:
    """Rows that can be ordered, counted and sliced as those of the database."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.rows = rows

    def order_by(self, *keys: str) -> "Rows":
        """By their attributes, those with "-" before turned round; as they are without any."""
        rows = list(self.rows)
        for key in reversed(keys):
            by: Callable[[Any], Any] = attrgetter(key.lstrip("-"))
            rows.sort(key=by, reverse=key.startswith("-"))
        return Rows(rows)

    def count(self) -> int:
        """How many."""
        return len(self.rows)

    def iterator(self, chunk_size: int = 0) -> Iterator[Any]:
        """One after the other."""
        return iter(self.rows)

    def __getitem__(self, part: slice) -> "Rows":
        return Rows(self.rows[part])

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)
