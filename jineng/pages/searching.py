"""What a search over everything finds; contexts give theirs in their own `queries`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Hit:
    """One thing that was found. ``detail``: what tells it from others of the same title."""

    title: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Hits:
    """Things of one kind. ``more``: the address of all of them, "" where these are all."""

    title: Any
    icon: str
    hits: Sequence[Hit]
    more: str = ""
