"""Parquet to columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from jineng.people.errors import Refused
from jineng.people.tables.columns import Gathering, Heading, Progress, Table
from jineng.people.tables.headings import find

_LINES = 1 << 20


def read_parquet(path: Path, headings: Sequence[Heading], progress: Progress) -> Table:
    """The columns of a Parquet file; its lines count from 1. Raises Refused."""
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            head = find([names], headings)
            gathered = {name: Gathering() for name in head.places}
            done = 0
            wanted = [names[place] for place in head.places.values()]
            for batch in file.iter_batches(batch_size=_LINES, columns=wanted):
                for name, place in head.places.items():
                    gathered[name].add(_texts(batch.column(names[place]), names[place]))
                done += batch.num_rows
                progress(_("读取文件"), done, file.metadata.num_rows)
    except (pa.ArrowInvalid, OSError):
        raise Refused(_("Parquet 文件已损坏，请重新导出。")) from None
    given = {name: column.column() for name, column in gathered.items()}
    return Table(
        headings=tuple(headings),
        columns=given,
        count=done,
        rows=lambda lines: np.asarray(lines) + 1,
        given=frozenset(given),
        unused=head.unused,
    )


def _texts(cells: pa.Array, heading: str) -> pa.DictionaryArray:
    """Cells of any type as texts; whole numbers without a decimal part."""
    if isinstance(cells, pa.DictionaryArray):
        cells = cells.dictionary_decode()
    try:
        if pa.types.is_floating(cells.type):
            whole = pc.all(pc.equal(cells, pc.round(cells))).as_py()
            cells = cells.cast(pa.int64()) if whole else cells
        texts = cells.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise Refused(_("“%s”列的类型读不了，请改为文本。") % heading) from None
    return pc.if_else(pc.equal(texts, ""), None, texts).dictionary_encode()
