"""Packs that differ from Hubei's in a few figures, each in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from jineng import policy

HUBEI = policy.load("hubei").folder


def copied(folder: Path) -> Path:
    """Hubei's pack in a folder of its own."""
    return Path(
        shutil.copytree(HUBEI, folder / "pack", ignore=shutil.ignore_patterns("__pycache__"))
    )


def spoil(folder: Path, scheme: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change one parameters file of a copied pack."""
    path = folder / f"{scheme}.parameters.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def set_standard(
    folder: Path, scheme: str, value: Any, *, key: str = "standard", **words: Any
) -> None:
    """Enter a figure, by default a city's from the start."""
    entry = {"from": date(2019, 7, 26), "region": "420100", "cites": "D7 四(二)", "value": value}

    def enter(content: dict[str, Any]) -> None:
        content[key].setdefault("values", []).append(entry | words)

    spoil(folder, scheme, enter)


#: Where no amount is in the documents: what a city may enter.
OPEN_STANDARDS: dict[str, Any] = {
    "free_training": 1200,
    "living_allowance": 50,
    "graduates": 1500,
    "entrepreneurship": 1800,
    "students": 600,
    "programmes": {"养老护理员专项培训": 900},
}


def all_standards_set(folder: Path) -> policy.Pack:
    """Hubei's pack after Wuhan has entered a standard wherever one is open."""
    copy = copied(folder)
    for scheme, value in OPEN_STANDARDS.items():
        set_standard(copy, scheme, value)
    set_standard(copy, "work_training", 400, key="monthly_d7")
    return policy.load(copy)
