"""Parquet to columns of whatever types it holds."""

from __future__ import annotations

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


def read_parquet(path: Path, progress: Progress = silent) -> Cells:
    """The columns of a Parquet file; a list of texts is joined with ``;``.

    Errors: FileError where it is damaged, has no column of the contract, no line or too many.
    """
    progress("读取 Parquet", 0, 0)
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            rows = file.metadata.num_rows
            if heading_row([names]) is None:
                raise no_headings([names], "文件")
            if rows > MAX_ROWS:
                raise too_many_rows(rows)
            table = file.read()
    except pa.ArrowException:
        raise FileError("Parquet 文件已损坏，读不了", "请重新导出") from None
    except OSError as error:
        if error.errno:
            raise of_system(error, path, "读取") from None
        raise FileError("Parquet 文件已损坏，读不了", "请重新导出") from None
    columns = [
        (name, _joined(column))
        for name, column in zip(names, table.columns, strict=True)
        if name != ERROR_COLUMN
    ]
    source = Source(None, tuple(names), 0, lambda: np.arange(table.num_rows) + 1)
    return Cells(columns, table.num_rows, source)


def _joined(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    listed = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    if listed and pa.types.is_string(kind.value_type):
        return pc.binary_join(column, ";")
    return column
