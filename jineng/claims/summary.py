"""Lines summed up by what officials ask for: scheme, region, day, outcome and reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Of an outcome: on how many lines, and whole 分.
Sum = tuple[int, int]


@dataclass(frozen=True)
class Totals:
    """What lines come to; amounts are whole 分.

    ``outcomes``: {outcome: sum}. ``schemes``, ``regions``, ``days``: {word: {outcome: sum}}, words
    ascending. ``failed``: (scheme, code of a condition, lines), since its words differ from scheme
    to scheme; ``missing``: (fact, lines); both most frequent first.
    """

    lines: int
    fen: int
    outcomes: dict[str, Sum]
    schemes: dict[str, dict[str, Sum]]
    regions: dict[str, dict[str, Sum]]
    days: dict[Any, dict[str, Sum]]
    payees: dict[str, int]
    failed: list[tuple[str, str, int]]
    missing: list[tuple[str, int]]

    @classmethod
    def of(cls, codes: Mapping[str, np.ndarray], words: Mapping[str, list[Any]]) -> Totals:
        """Of lines whose columns are ``words[name][codes[name]]``."""
        amounts = np.array(words["fen"], dtype=np.float64)[codes["fen"]]

        def by(name: str) -> dict[Any, dict[str, Sum]]:
            outcomes, places = words["outcome"], codes[name].astype(np.intp)
            cells = places * len(outcomes) + codes["outcome"]
            size = len(words[name]) * len(outcomes)
            counts = np.bincount(cells, minlength=size).tolist()
            # Whole numbers, and far from where a float would lose one.
            sums = np.bincount(cells, weights=amounts, minlength=size).tolist()
            found: dict[Any, dict[str, Sum]] = {}
            for cell, count in enumerate(counts):
                if count:
                    word, outcome = divmod(cell, len(outcomes))
                    of_word = found.setdefault(words[name][word], {})
                    of_word[outcomes[outcome]] = (count, int(sums[cell]))
            return found

        schemes = by("scheme")
        outcomes = added(schemes.values())
        return cls(
            lines=sum(count for count, _fen in outcomes.values()),
            fen=sum(fen for _count, fen in outcomes.values()),
            outcomes=outcomes,
            schemes=schemes,
            regions=by("region"),
            days=by("applied_on"),
            payees=dict(_counted(codes["payee"], words["payee"])),
            failed=_failed(codes, words),
            missing=_missing(codes, words),
        )


def added(sums: Any) -> dict[str, Sum]:
    """The sums of several, outcome by outcome."""
    total: dict[str, Sum] = {}
    for one in sums:
        for outcome, (count, fen) in one.items():
            before = total.get(outcome, (0, 0))
            total[outcome] = (before[0] + count, before[1] + fen)
    return total


def _counted(codes: np.ndarray, words: list[Any]) -> list[tuple[Any, int]]:
    counts = np.bincount(codes, minlength=len(words)).tolist()
    return [(word, count) for word, count in zip(words, counts, strict=True) if count]


def _failed(
    codes: Mapping[str, np.ndarray], words: Mapping[str, list[Any]]
) -> list[tuple[str, str, int]]:
    schemes, texts = words["scheme"], words["failed"]
    cells = codes["scheme"].astype(np.intp) * len(texts) + codes["failed"]
    total: Counter[tuple[str, str]] = Counter()
    for cell, count in enumerate(np.bincount(cells).tolist()):
        if count:
            scheme, text = divmod(cell, len(texts))
            for code in filter(None, texts[text].split(";")):
                total[schemes[scheme], code] += count
    listed = [(scheme, code, count) for (scheme, code), count in total.items()]
    return sorted(listed, key=lambda one: (-one[2], one[0], one[1]))


def _missing(
    codes: Mapping[str, np.ndarray], words: Mapping[str, list[Any]]
) -> list[tuple[str, int]]:
    total: Counter[str] = Counter()
    for text, count in _counted(codes["missing"], words["missing"]):
        for fact in filter(None, text.split(";")):
            total[fact] += count
    return sorted(total.items(), key=lambda one: (-one[1], one[0]))


def fen(yuan: pa.ChunkedArray) -> pa.ChunkedArray:
    """Yuan with two decimals as whole 分."""
    return pc.multiply(yuan.cast(pa.decimal128(18, 2)), 100).cast(pa.int64())
