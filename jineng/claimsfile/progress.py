"""How far reading or writing has come, told to whoever waits."""

from __future__ import annotations

from collections.abc import Callable

#: ``(stage, done, total)``: what is being done, and how much of it; total 0 where it is not known.
Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
