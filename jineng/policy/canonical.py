"""Columns that already are as the contract wants them, told by type, bytes and distinct values.

Most columns of a file made by a program are, and nothing of them needs to be read or copied.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jineng.policy import identity
from jineng.policy.facts import OPEN_ENDED, Fact
from jineng.policy.values import parse

#: How each kind of fact is kept.
ARROW_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "person": pa.string(),
    "region": pa.string(),
    "code": pa.string(),
    "month": pa.string(),
    "groups": pa.int64(),
    "date": pa.date32(),
    "number": pa.float64(),
    "whole": pa.int64(),
    "months_or_open": pa.int64(),
    "yesno": pa.bool_(),
    "yuan": pa.int64(),
}

#: Kinds of texts that may stay encoded as numbers into a dictionary.
CODED = ("code", "region", "month", "text")
_MOST_FEN = 100_000_000_000


def is_canonical(fact: Fact, array: pa.Array) -> bool:
    """Whether a column can stay as it is: its type and every value are the contract's.

    No is not sure; it means that the values have to be read.
    """
    if pa.types.is_dictionary(array.type) and array.type.value_type == pa.string():
        # each text that occurs stands once in the dictionary
        coded = fact.kind in CODED and not array.dictionary.null_count
        return coded and is_canonical(fact, array.dictionary)
    if array.type != ARROW_TYPES[fact.kind]:
        return False
    if fact.kind in ("date", "yesno"):
        return True
    if fact.kind in ("whole", "months_or_open", "number"):
        span = pc.min_max(array).as_py()
        lowest, highest = span["min"], span["max"]
        # what is no number compares as false
        return lowest is None or bool(lowest >= 0 and highest < OPEN_ENDED)
    if fact.kind == "text":
        return _plain(array)
    if fact.kind == "person":
        return _plain(array) and _plain_persons(array)
    if fact.kind in ("code", "region", "month"):
        return _read_as_written(fact, tuple(pc.unique(array).to_pylist()))
    return False


def fen_of(array: pa.Array) -> pa.Array | None:
    """Yuan as decimals of two places in 分, from the same bits; None where that isn't safe."""
    if not pa.types.is_decimal128(array.type) or array.type.scale != 2 or not len(array):
        return None
    if array.null_count == len(array):
        return pa.nulls(len(array), pa.int64())
    bits = np.frombuffer(array.buffers()[1], dtype=np.int64).reshape(-1, 2)
    low, high = map(np.ascontiguousarray, bits[array.offset : array.offset + len(array)].T)
    odd = (high != 0) | (low.view(np.uint64) > _MOST_FEN)  # below zero is far above
    if odd.any() and array.filter(pa.array(odd)).null_count < odd.sum():
        return None
    known = pc.cast(array.is_valid(), pa.bool_())
    return pa.Array.from_buffers(
        pa.int64(), len(low), [known.buffers()[1], pa.py_buffer(low)], array.null_count
    )


def _plain_persons(array: pa.Array) -> bool:
    """Whether all keys of persons are pseudonyms, or identity numbers of 18 characters in order."""
    long = array.filter(pc.greater_equal(pc.binary_length(array), 14))
    return not len(long) or (
        pc.min_max(pc.binary_length(long)).as_py() == {"min": 18, "max": 18}
        and bool(identity.all_canonical(long).all())
    )


@lru_cache
def _read_as_written(fact: Fact, values: tuple[object, ...]) -> bool:
    """Whether each distinct value already is what it would be read as."""
    try:
        return all(parse(fact, value) == value for value in values)
    except ValueError:
        return False


def _plain(array: pa.Array) -> bool:
    """Whether no text begins or ends with white space or anything like it, by its bytes alone.

    No is not sure: it means that somebody has to look closer. Nor does a plain text begin with "#"
    (a spreadsheet's error) or hold a "+" (a number that a spreadsheet has shortened).
    """
    if not len(array) or array.buffers()[2] is None:
        return array.null_count == len(array)
    ends = np.frombuffer(array.buffers()[1], dtype=np.int32, count=array.offset + len(array) + 1)
    ends = ends[array.offset :]
    raw = np.frombuffer(array.buffers()[2], dtype=np.uint8)
    filled = array.is_valid().to_numpy(zero_copy_only=False)
    start, end = ends[:-1][filled], ends[1:][filled]
    if not len(start):
        return True
    if (start == end).any() or (raw[ends[0] : ends[-1]] == ord("+")).any():
        return False
    first, last = raw[start], raw[end - 1]
    # above 0xe4 are the Chinese characters; the odd white space of Unicode is below
    # and wide forms and the byte order mark are above, from 0xef on
    fine = ((first > ord("#")) & (first < 0x7F)) | ((first >= 0xE4) & (first < 0xEF))
    lead = raw[np.maximum(end - 3, start)]
    fine &= ((last > ord(" ")) & (last < 0x7F)) | ((last >= 0x80) & (lead >= 0xE4) & (lead < 0xEF))
    return bool(fine.all())
