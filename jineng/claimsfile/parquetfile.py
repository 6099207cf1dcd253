"""Parquet to columns of whatever types it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jineng.claimsfile.csvfile import MAX_ROWS, too_many_rows
from jineng.claimsfile.errors import FileError, of_system
from jineng.claimsfile.headings import heading_row, no_headings
from jineng.claimsfile.progress import Progress, silent
from jineng.claimsfile.source import ERROR_COLUMN, Cells, Source
from jineng.policy.intake import Column

_FEW_TEXTS = 2  # bytes a line


def read_parquet(path: Path, progress: Progress = silent) -> Cells:
    """The columns of a Parquet file; a list of texts is joined with ``;``.

    Errors: FileError where it is damaged, has no column of the contract, no line or too many.
    """
    progress("读取 Parquet", 0, 0)
    with _told(path):
        metadata = pq.read_metadata(path)
        names = metadata.schema.to_arrow_schema().names
    if heading_row([names]) is None:
        raise no_headings([names], "文件")
    if metadata.num_rows > MAX_ROWS:
        raise too_many_rows(metadata.num_rows)
    columns: list[tuple[str, Column]] = [
        (name, cache(partial(_column, path, metadata, place)))
        for place, name in enumerate(names)
        if name != ERROR_COLUMN
    ]
    source = Source(None, tuple(names), 0, lambda: np.arange(metadata.num_rows) + 1)
    return Cells(columns, metadata.num_rows, source)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What goes wrong with the file, in the user's words."""
    damaged = FileError("Parquet 文件已损坏，读不了", "请重新导出")
    try:
        yield
    except pa.ArrowException:
        raise damaged from None
    except OSError as error:
        raise (of_system(error, path, "读取") if error.errno else damaged) from None


def _column(path: Path, metadata: pq.FileMetaData, place: int) -> pa.ChunkedArray:
    """One column of the file; several can be drawn at a time, each by its own reader."""
    name = metadata.schema.to_arrow_schema().names[place]
    coded = [name] if _few_texts(metadata, name) else None
    with _told(path), pq.ParquetFile(path, metadata=metadata, read_dictionary=coded) as file:
        groups = range(metadata.num_row_groups)
        table = file.read_row_groups(groups, columns=[name], use_threads=False)
    column = _joined(table.column(0))
    return column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column


def _few_texts(metadata: pq.FileMetaData, name: str) -> bool:
    """Whether a column of texts takes so little room that few of them can be different.

    Such a column is better read as the file keeps it: each text once, and numbers in their place.
    """
    schema = metadata.schema.to_arrow_schema()
    if not pa.types.is_string(schema.field(name).type):
        return False
    size = 0
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        parts = [group.column(place) for place in range(group.num_columns)]
        size += sum(p.total_uncompressed_size for p in parts if p.path_in_schema == name)
    return size < _FEW_TEXTS * metadata.num_rows


def _joined(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    listed = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    if listed and pa.types.is_string(kind.value_type):
        return pc.binary_join(column, ";")
    return column
