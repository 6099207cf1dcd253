"""Batches of claims, decided."""

from __future__ import annotations

from pathlib import Path

from jineng.demo.province import Province
from jineng.demo.users import Users


def load(province: Province, users: Users, folder: Path) -> list[str]:
    """None yet."""
    return []
