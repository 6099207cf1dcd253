"""Looking across claims the slow way: one claim at a time, written from the policy's text.

It knows nothing of the engine. Which claims stand by their own conditions it is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Line = dict[str, Any]

_D6 = ("POST", "TECH", "SKIL")
_D7 = ("FREE", "GRAD", "ENTR", "STUD", "VETE", "SPEC")
_OWN_KEY = {
    "PRE": "employer_id",
    "WORK": "service_month",
    "COMP": "competition_id",
    "APPR": "apprenticeship_year",
    "ONLN": "employer_id",
    "LIVE": "training_id",
}


def stopped(claims: Iterable[Line], history: Iterable[Line]) -> dict[str, tuple[str, set[str]]]:
    """By claim id the code that stops it ("" where it stands) and the ids that hold its place.

    ``claims`` are those whose own conditions hold and whose amount is known; ``history`` are
    earlier decisions with their outcome.
    """
    standing = [line for line in history if line["outcome"] == "eligible"]
    found = {}
    for claim in sorted(claims, key=lambda line: (line["applied_on"], line["claim_id"])):
        before = [line for line in standing if line["person_id"] == claim["person_id"]]
        code, holders = _stop(claim, before)
        found[claim["claim_id"]] = code, {line["claim_id"] for line in holders}
        if not code:
            standing.append(claim)
    return found


def _stop(claim: Line, before: list[Line]) -> tuple[str, list[Line]]:
    repeated = [line for line in before if _repeats(claim, line)]
    if repeated:
        return "no-repeat", repeated
    shared = [line for line in before if _same_training_elsewhere(claim, line)]
    if shared:
        return "one-claim", shared
    if claim["scheme"] == "WORK":
        months: dict[Any, Line] = {}
        for line in before:
            mine = line["scheme"] == "WORK" and _key(line, "employer_id") is not None
            if mine and _key(line, "employer_id") == _key(claim, "employer_id"):
                months.setdefault(_key(line, "service_month"), line)
        months.pop(None, None)
        if claim["service_month"] not in months and len(months) >= 6:
            return "max-6-months", list(months.values())
    if claim["scheme"] != "LIVE" and not claim.get("cap_exempt"):
        year: dict[Any, Line] = {}
        for line in before:
            if _training(line) and str(line["applied_on"])[:4] == str(claim["applied_on"])[:4]:
                year.setdefault(_training(line), line)
        if _training(claim) not in year and len(year) >= 3:
            return "annual-cap", list(year.values())
    return "", []


def _repeats(claim: Line, line: Line) -> bool:
    scheme, other = claim["scheme"], line["scheme"]
    if scheme in _OWN_KEY:
        key = _key(claim, _OWN_KEY[scheme])
        return scheme == other and key is not None and key == _key(line, _OWN_KEY[scheme])
    stops = (scheme, *_D7) if scheme in _D6 else (*_D6, *_D7)
    job = [_key(claim, "occupation"), _key(claim, "level")]
    return (
        other in stops
        and None not in job
        and job == [_key(line, "occupation"), _key(line, "level")]
    )


def _same_training_elsewhere(claim: Line, line: Line) -> bool:
    schemes = {claim["scheme"], line["scheme"]}
    if len(schemes) == 1 or schemes & {"LIVE", "WORK"} or schemes == {"SKIL", "ONLN"}:
        return False
    training = _key(claim, "training_id")
    return training is not None and training == _key(line, "training_id")


def _training(line: Line) -> tuple[str, str] | None:
    """What counts as one training of the year."""
    if line["scheme"] == "LIVE":
        return None
    kind = "employer_id" if line["scheme"] == "WORK" else "training_id"
    key = _key(line, kind)
    return None if key is None else (kind, key)


def _key(line: Line, name: str) -> str | None:
    """A key as it compares: as written, after trimming."""
    value = line.get(name)
    return None if value is None or not str(value).strip() else str(value).strip()
