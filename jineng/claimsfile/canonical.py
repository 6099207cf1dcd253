"""Canonical facts as a file holds them, so that reading them gives the same facts again."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jineng.policy.facts import FACT, NO_GROUP, OPEN_ENDED, group_codes

_HUNDREDTH = pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))


def presentable(facts: pa.Table) -> pa.Table:
    """The typed facts of an intake with groups, open-ended contracts and money as files have them.

    Groups become codes with ``;`` between, an open-ended contract ``open``, money yuan with two
    decimals (decimal128); dates, yes/no and numbers keep their types.
    """
    columns: dict[str, Any] = {}
    for name in facts.column_names:
        kind = FACT[name].kind if name in FACT else ""
        column = facts[name]
        if kind == "groups":
            column = _worded(column, lambda mask: ";".join(group_codes(mask)) or NO_GROUP)
        elif kind == "months_or_open":
            column = _worded(column, lambda n: "open" if n == OPEN_ENDED else str(n))
        elif kind == "yuan":
            yuan = pc.multiply(column.cast(pa.decimal128(19, 0)), _HUNDREDTH)
            column = yuan.cast(pa.decimal128(18, 2))
        columns[name] = column
    return pa.table(columns)


def _worded(column: pa.ChunkedArray, word: Callable[[int], str]) -> pa.ChunkedArray:
    """Each distinct number put into words."""
    encoded = column.dictionary_encode().unify_dictionaries()
    numbers = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    words = pa.array([word(number) for number in numbers], pa.string())
    parts = [words.take(chunk.indices) for chunk in encoded.chunks]
    return pa.chunked_array(parts, type=pa.string())


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text: dates ISO, yes/no as ``yes`` and ``no``, 24.0 as ``24``."""
    if pa.types.is_boolean(column.type):
        column = pc.if_else(column, "yes", "no")
    text = column.cast(pa.string())
    if pa.types.is_floating(column.type):
        text = pc.replace_substring_regex(text, r"\.0$", "")
    return text
