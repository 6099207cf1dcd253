"""Texts as numbers of 64 bits, to tell quickly that no two are alike.

Different texts may have the same number, so equal numbers prove nothing.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

_PIECE = 65_536  # texts at a time: what a processor keeps at hand
_LONGEST = 64  # of longer texts only so many bytes count
_LANE = 8
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
#: For each number of bytes that are left, the part of a lane that they fill.
_FILLED = np.array([(1 << (8 * count)) - 1 for count in range(_LANE + 1)], dtype=np.uint64)


def hashes(texts: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """A number for each text (``string``); the same for whatever is not known."""
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    pieces = [
        chunk.slice(start, _PIECE) for chunk in chunks for start in range(0, len(chunk), _PIECE)
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate([np.empty(0, dtype=np.uint64), *pool.map(_hashed, pieces)])


def _hashed(texts: pa.Array) -> np.ndarray:
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32, count=texts.offset + len(texts) + 1)
    offsets = offsets[texts.offset :]
    first, last = int(offsets[0]), int(offsets[-1])
    length = np.diff(offsets)
    number = length.astype(np.uint64)
    if first == last:
        return number
    # the last text too is read eight bytes at a time
    raw = np.zeros(last - first + _LANE, dtype=np.uint8)
    raw[:-_LANE] = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[first:last]
    lanes = np.ndarray((len(raw) - _LANE + 1,), np.uint64, raw, strides=(1,))
    start = (offsets[:-1] - first).astype(np.int64)
    for place in range(0, min(int(length.max()), _LONGEST), _LANE):
        lane = lanes[np.minimum(start + place, len(lanes) - 1)]
        number ^= lane & _FILLED[np.clip(length - place, 0, _LANE)]
        number *= _FACTOR
        number ^= number >> _HALF
    return number


def all_different(texts: pa.ChunkedArray | pa.Array) -> bool:
    """Whether no two texts are alike, for sure; False where that would need a closer look."""
    ordered = np.sort(hashes(texts))
    return not bool((ordered[1:] == ordered[:-1]).any())
