"""Months that were paid, as spells: what a file says beside what is known.

A unit is one person, one employer, one month; a file says which insurances were paid for it, and so
do the spells in force. Units and spells are numbers in arrays: a key holds person, employer and
month in this order, so that sorted keys are in order of all three, and the next month is the next
number.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from django.utils.translation import gettext as _

from jineng.people.errors import Refused

_KIND_BITS = 5
_ROOM = 63 - _KIND_BITS


@dataclass(frozen=True)
class Keys:
    """How person, employer and month become one number: how many there are of each."""

    persons: int
    employers: int
    first_month: int
    last_month: int

    def __post_init__(self) -> None:
        if self.persons.bit_length() + self._employer + self._month > _ROOM:
            raise Refused(_("文件太大，请分成几个文件导入。"))

    @property
    def _month(self) -> int:
        # One month more than there are, so that no month follows another pair's.
        return (self.last_month - self.first_month + 1).bit_length()

    @property
    def _employer(self) -> int:
        return self.employers.bit_length()

    def made(self, person: np.ndarray, employer: np.ndarray, month: np.ndarray) -> np.ndarray:
        """Keys of places in persons and employers, and months."""
        key = person.astype(np.int64)
        key <<= self._employer
        key |= employer
        key <<= self._month
        key |= month - self.first_month
        return key

    def pair(self, key: np.ndarray) -> np.ndarray:
        """Person and employer, without the month."""
        return key >> self._month

    def parts(self, key: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Person, employer and month of keys."""
        pair = self.pair(key)
        month = (key & ((1 << self._month) - 1)) + self.first_month
        return pair >> self._employer, pair & ((1 << self._employer) - 1), month


@dataclass(frozen=True)
class Spells:
    """Units in a row with the same insurances: the first key, how many, and the mask of kinds."""

    key: np.ndarray
    length: np.ndarray
    kinds: np.ndarray

    def some(self, chosen: np.ndarray) -> Spells:
        """Those that are chosen, by place or by a mask."""
        return Spells(self.key[chosen], self.length[chosen], self.kinds[chosen])

    def units(self) -> tuple[np.ndarray, np.ndarray]:
        """Each month's key, and the place of its spell."""
        of = np.repeat(np.arange(len(self.key)), self.length)
        within = np.arange(len(of)) - np.repeat(np.cumsum(self.length) - self.length, self.length)
        return self.key[of] + within, of

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True)
class Known:
    """Spells in force, by their own ``id``; ``record``: the record merged into the person's that
    has it, 0 for the person's own."""

    spells: Spells
    record: np.ndarray
    id: np.ndarray


@dataclass
class Changes:
    """What becomes of the spells in force.

    ``new``: spells to write, under ``record`` as in `Known`; ``superseded``: ids of those that
    something else now stands for. Months are counted by person and employer.
    """

    new: Spells
    record: np.ndarray
    superseded: np.ndarray
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    #: By kind: months that lose it though the file never names it.
    lost: dict[int, int] = field(default_factory=dict)


def stated(keys: np.ndarray, kinds: np.ndarray) -> Spells:
    """Spells of a file's lines: what several lines say of one month counts together.

    ``keys`` are used up.
    """
    keys <<= _KIND_BITS
    keys |= kinds
    keys.sort()
    kinds = (keys & ((1 << _KIND_BITS) - 1)).astype(np.uint8)
    keys >>= _KIND_BITS
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    if len(first) < len(keys):
        kinds = np.bitwise_or.reduceat(kinds, first)
        keys = keys[first]
    return folded(keys, kinds)


def folded(keys: np.ndarray, kinds: np.ndarray) -> Spells:
    """Spells of sorted units, each of which is there once."""
    goes_on = np.zeros(len(keys), dtype=bool)
    np.equal(keys[1:], keys[:-1] + 1, out=goes_on[1:])
    goes_on[1:] &= kinds[1:] == kinds[:-1]
    first = np.flatnonzero(~goes_on)
    return Spells(keys[first], np.diff(first, append=len(keys)), kinds[first])


def changes(keys: Keys, said: Spells, known: Known, scope: int, named: int) -> Changes:
    """What a file changes.

    ``said``: what it says; ``known``: spells in force of its persons and employers that share a
    month with it; ``scope``: the mask of kinds of which it speaks, others stay as they are;
    ``named``: the kinds that it names anywhere.
    """
    alike = _alike(said, known.spells, scope)
    touched = np.unique(keys.pair(known.spells.key[~alike]))
    quiet = ~np.isin(keys.pair(said.key), touched)
    # A pair's spells that all are as the file says need no closer look.
    again = _among(said.key, known.spells.key[alike]) & quiet
    fresh = said.some(quiet & ~again & (said.kinds > 0))
    made = Changes(fresh, np.zeros(len(fresh), dtype=np.int64), np.empty(0, dtype=np.int64))
    made.added = int(fresh.length.sum())
    made.unchanged = int(said.length[quiet].sum()) - made.added
    if len(touched):
        close = np.isin(keys.pair(known.spells.key), touched)
        near = Known(known.spells.some(close), known.record[close], known.id[close])
        _closer(made, said.some(~quiet), near, scope, named)
    return made


def _alike(said: Spells, known: Spells, scope: int) -> np.ndarray:
    """Which known spells the file says again, from their first month to their last."""
    if not len(said):
        return np.zeros(len(known), dtype=bool)
    place = np.minimum(np.searchsorted(said.key, known.key), len(said) - 1)
    return (
        (said.key[place] == known.key)
        & (said.length[place] == known.length)
        & (said.kinds[place] == known.kinds & scope)
    )


def _among(keys: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.isin(keys, others) if len(others) else np.zeros(len(keys), dtype=bool)


def _closer(made: Changes, said: Spells, known: Known, scope: int, named: int) -> None:
    """Adds the changes of pairs of which something known may be replaced, month by month."""
    unit, of_said = said.units()
    if not len(unit):
        return
    kinds = said.kinds[of_said]
    old, of_known = known.spells.units()
    old_kinds = known.spells.kinds[of_known]
    place = np.minimum(np.searchsorted(unit, old), len(unit) - 1)
    hit = unit[place] == old
    same = hit & (kinds[place] == (old_kinds & scope))
    differs = hit & ~same
    superseded = np.bincount(of_known[differs], minlength=len(known.id)) > 0
    # Months of a replaced spell of which the file says nothing else live on.
    kept = superseded[of_known] & ~differs
    confirmed, replaced = np.zeros(len(unit), dtype=bool), np.zeros(len(unit), dtype=bool)
    confirmed[place[same]] = True
    replaced[place[differs]] = True
    replaced &= ~confirmed
    # Of other kinds the file says nothing: they stay.
    np.bitwise_or.at(kinds, place[differs], old_kinds[differs] & ~np.uint8(scope))
    added = ~confirmed & ~replaced & (kinds > 0)
    new = added | (replaced & (kinds > 0))
    made.added += int(added.sum())
    made.changed += int(replaced.sum())
    made.unchanged += len(unit) - int(added.sum()) - int(replaced.sum())
    lost = old_kinds[differs] & ~kinds[place[differs]] & ~np.uint8(named)
    made.lost = {bit: int((lost & bit > 0).sum()) for bit in (1, 2, 4, 8, 16) if (lost & bit).any()}
    made.superseded = known.id[superseded]
    record = np.concatenate(
        [np.zeros(int(new.sum()), dtype=np.int64), known.record[of_known[kept]]]
    )
    keys = np.concatenate([unit[new], old[kept]])
    _write(made, record, keys, np.concatenate([kinds[new], old_kinds[kept]]))


def _write(made: Changes, record: np.ndarray, keys: np.ndarray, kinds: np.ndarray) -> None:
    """Adds units as spells, those of each record by themselves."""
    for one in np.unique(record).tolist():
        mine = np.flatnonzero(record == one)
        mine = mine[np.argsort(keys[mine])]
        spells = folded(keys[mine], kinds[mine])
        had = made.new
        made.new = Spells(
            np.concatenate([had.key, spells.key]),
            np.concatenate([had.length, spells.length]),
            np.concatenate([had.kinds, spells.kinds]),
        )
        made.record = np.concatenate([made.record, np.full(len(spells), one, dtype=np.int64)])
