"""Print the median milliseconds in which one claim is decided and explained.

python benchmarks/single.py CLAIMS.parquet
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

import pyarrow as pa
import pyarrow.parquet as pq

from jineng import policy

CLAIMS = 500


def one_row_tables(path: Path) -> list[pa.Table]:
    """Claims of all schemes in turn, each a table of one row."""
    head = next(pq.ParquetFile(path).iter_batches(122_880))
    table = pa.Table.from_batches([head])
    places: dict[str, list[int]] = {}
    for place, scheme in enumerate(table["scheme"].to_pylist()):
        places.setdefault(scheme, []).append(place)
    each = -(-CLAIMS // len(places))
    chosen = [found[turn] for turn in range(each) for found in places.values()]
    return [table.slice(place, 1) for place in chosen[:CLAIMS]]


def explain_each(tables: list[pa.Table]) -> list[float]:
    """Decide and explain every claim; the milliseconds of each."""
    pack = policy.load("hubei")
    times = []
    for table in tables:
        claim_id = table["claim_id"][0].as_py()
        began = time.perf_counter()
        pack.explain(table, claim_id)
        times.append(1000 * (time.perf_counter() - began))
    return times


def main(path: str) -> None:
    """Warm up on as many claims as there are schemes, and more, then measure."""
    tables = one_row_tables(Path(path))
    explain_each(tables[:60])
    print(f"{median(explain_each(tables)):.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
