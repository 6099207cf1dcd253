"""A batch's decisions summed up: what its page shows first."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def summed_up(decisions: pa.Table) -> dict[str, Any]:
    """Counts and amounts of decisions, plain data for JSON. Amounts are whole 分.

    ``outcomes`` and each of ``schemes``: {outcome: [count, 分]}; ``regions``, ``failed``,
    ``missing``: [[code, count]], most frequent first. A code of ``failed`` is counted by scheme:
    [[scheme, code, count]], since its words differ from scheme to scheme.
    """
    amount = fen(decisions["amount_yuan"])
    table = pa.table(
        {
            "scheme": decisions["scheme"].cast(pa.string()),
            "outcome": decisions["outcome"].cast(pa.string()),
            "fen": amount,
        }
    )
    grouped = table.group_by(["scheme", "outcome"]).aggregate([("fen", "count"), ("fen", "sum")])
    schemes: dict[str, dict[str, list[int]]] = {}
    outcomes: dict[str, list[int]] = {}
    for line in grouped.sort_by("scheme").to_pylist():
        cell = [line["fen_count"], line["fen_sum"] or 0]
        schemes.setdefault(line["scheme"], {})[line["outcome"]] = cell
        total = outcomes.setdefault(line["outcome"], [0, 0])
        outcomes[line["outcome"]] = [total[0] + cell[0], total[1] + cell[1]]
    return {
        "lines": decisions.num_rows,
        "fen": pc.sum(amount).as_py() or 0,
        "outcomes": outcomes,
        "schemes": schemes,
        "regions": _counted(decisions["region"]),
        "failed": _failed(decisions),
        "missing": _codes(_counted(decisions["missing"])),
    }


def fen(yuan: pa.ChunkedArray) -> pa.ChunkedArray:
    """Yuan with two decimals as whole 分."""
    return pc.multiply(yuan.cast(pa.decimal128(18, 2)), 100).cast(pa.int64())


def _counted(column: pa.ChunkedArray) -> list[list[Any]]:
    """Each value and on how many lines it stands, most frequent first."""
    counts = pc.value_counts(column.cast(pa.string())).to_pylist()
    return sorted(
        ([one["values"], one["counts"]] for one in counts), key=lambda pair: (-pair[1], pair[0])
    )


def _codes(counted: list[list[Any]]) -> list[list[Any]]:
    """Counts of single codes from those of lists of codes with ``;`` between."""
    total: dict[str, int] = {}
    for codes, count in counted:
        for code in filter(None, codes.split(";")):
            total[code] = total.get(code, 0) + count
    return sorted(([code, n] for code, n in total.items()), key=lambda pair: (-pair[1], pair[0]))


def _failed(decisions: pa.Table) -> list[list[Any]]:
    table = pa.table({name: decisions[name].cast(pa.string()) for name in ("scheme", "failed")})
    table = table.filter(pc.not_equal(table["failed"], ""))
    found = []
    for scheme in np.unique(table["scheme"].to_numpy()).tolist():
        own = table.filter(pc.equal(table["scheme"], scheme))
        found += [[scheme, code, count] for code, count in _codes(_counted(own["failed"]))]
    return sorted(found, key=lambda one: (-one[2], one[0], one[1]))
