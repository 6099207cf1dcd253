"""Chances."""


def load(decided: list[str]) -> None:
    """None yet."""
