"""Looking across a person's claims: which of the live ones are stopped by those before them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from vocabulary import BY_OCCUPATION, PROJECTS, SCHEMES, Stop, words

_CODE = {scheme: code for code, scheme in enumerate(SCHEMES)}
_SCHEMES_BY_OCCUPATION = np.isin(SCHEMES, BY_OCCUPATION.split())
_PROJECTS = np.isin(SCHEMES, PROJECTS.split())


class Window:
    """Rows that share all of some keys, in the order in which the rows stand."""

    def __init__(self, *keys: Any) -> None:
        self.order = np.lexsort(keys[::-1])
        first = np.zeros(len(self.order), bool)
        first[:1] = True
        for key in keys:
            ordered = key[self.order]
            first[1:] |= ordered[1:] != ordered[:-1]
        self.start = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))

    def before(self, flags: Any) -> Any:
        """How many rows with a flag stand before each row, among those that share its keys."""
        counts = np.cumsum(flags[self.order]) - flags[self.order]
        result = np.empty(len(flags), np.int64)
        result[self.order] = counts - counts[self.start]
        return result


def stops(claim: Any, period: Any, work_months: int, trainings_a_year: int) -> Any:
    """An index into Stop for every claim."""
    result = np.zeros(claim.count, np.int16)
    live = np.flatnonzero(claim("live", period))
    persons = claim("person_id", period)[live]
    rows = live[np.bincount(persons)[persons] > 1]
    identifiers = claim.simulation.claim_ids.take(pa.array(rows))
    rank = np.empty(len(rows), np.int64)
    rank[pc.sort_indices(identifiers).to_numpy()] = np.arange(len(rows))
    applied = claim("applied_on", period)[rows]
    rows = rows[np.lexsort((rank, applied))]
    tried = _Trial(claim, period, rows, work_months, trainings_a_year)
    stopped = np.zeros(len(rows), np.int16)
    while True:
        again = tried.stops(stopped == Stop.NONE.index)
        if np.array_equal(again, stopped):
            break
        stopped = again
    result[rows] = stopped
    return result


class _Trial:
    """The windows over some claims, in order of application, and one round of trying them."""

    def __init__(
        self, claim: Any, period: Any, rows: Any, work_months: int, trainings_a_year: int
    ) -> None:
        self.work_months, self.trainings_a_year = work_months, trainings_a_year
        facts = {
            name: np.asarray(claim(name, period))[rows]
            for name in words(
                "person_id scheme employer_id training_id occupation level service_month "
                "competition_id apprenticeship_year applied_on cap_exempt"
            )
        }
        person, scheme = facts["person_id"], facts["scheme"]
        self.scheme = scheme
        self.exempt = facts["cap_exempt"] == 2
        self.work, self.live = scheme == _CODE["WORK"], scheme == _CODE["LIVE"]
        self.skil, self.onln = scheme == _CODE["SKIL"], scheme == _CODE["ONLN"]
        self.by_occupation, self.project = _SCHEMES_BY_OCCUPATION[scheme], _PROJECTS[scheme]
        key = facts["occupation"].astype(np.int64) * 8 + facts["level"]
        for code, name in (
            ("PRE", "employer_id"),
            ("ONLN", "employer_id"),
            ("WORK", "service_month"),
            ("COMP", "competition_id"),
            ("APPR", "apprenticeship_year"),
            ("LIVE", "training_id"),
        ):
            key = np.where(scheme == _CODE[code], facts[name], key)
        year = facts["applied_on"].astype("M8[Y]").astype(np.int64)
        training = np.where(self.work, facts["employer_id"], facts["training_id"])
        self.own_key = Window(person, scheme, key)
        self.occupation_key = Window(person, self.by_occupation, key)
        self.training = Window(person, self.work, training)
        self.training_scheme = Window(person, self.work, training, scheme)
        self.training_year = Window(person, self.work, training, year)
        self.year = Window(person, year)

    def stops(self, standing: Any) -> Any:
        """What stops each claim if these claims stand."""
        repeats = self.own_key.before(standing) > 0
        repeats |= self.by_occupation & (self.occupation_key.before(standing & self.project) > 0)
        repeats |= self.project & (self.occupation_key.before(standing & self.by_occupation) > 0)
        counting = standing & ~self.live
        others = self.training.before(counting) - self.training_scheme.before(counting)
        others -= self.skil * self.training.before(counting & self.onln)
        others -= self.onln * self.training.before(counting & self.skil)
        taken = ~self.work & ~self.live & (others > 0)
        months = self.work & (self.training.before(counting) >= self.work_months)
        counted = self.training_year.before(counting) > 0
        trainings = self.year.before(counting & ~counted)
        over = ~self.live & ~self.exempt & ~counted & (trainings >= self.trainings_a_year)
        return np.select(
            [repeats, taken, months, over],
            [
                Stop.NO_REPEAT.index,
                Stop.ONE_CLAIM.index,
                Stop.MAX_6_MONTHS.index,
                Stop.ANNUAL_CAP.index,
            ],
            Stop.NONE.index,
        ).astype(np.int16)
