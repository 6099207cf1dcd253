"""Tables to the database and from it, by COPY."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from psycopg import sql

_LINES = 200_000


def copy_in(cursor: Any, into: str, table: pa.Table) -> None:
    """Writes a table; ``into``: a table of the database and the columns that are given."""
    options = pacsv.WriteOptions(include_header=False, quoting_style="needed")
    with cursor.copy(f"COPY {into} FROM STDIN (FORMAT csv)") as copy:
        for batch in table.to_batches(max_chunksize=_LINES):
            buffer = io.BytesIO()
            pacsv.write_csv(batch, buffer, options)
            copy.write(buffer.getvalue())


def copy_out(cursor: Any, query: str, columns: Mapping[str, pa.DataType]) -> pa.Table:
    """What a query gives, under these names and types."""
    with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
        text = b"".join(copy)
    if not text:
        return pa.table({name: pa.array([], kind) for name, kind in columns.items()})
    return pacsv.read_csv(
        pa.BufferReader(text),
        read_options=pacsv.ReadOptions(column_names=list(columns)),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types=dict(columns), null_values=[""], strings_can_be_null=True
        ),
    )


def supersede(cursor: Any, table: str, ids: np.ndarray, run: int) -> None:
    """Notes for which rows of a table of spells something else now stands."""
    if not len(ids):
        return
    cursor.execute("CREATE TEMPORARY TABLE superseded (id bigint) ON COMMIT DROP")
    copy_in(cursor, "superseded (id)", pa.table({"id": ids}))
    cursor.execute("ANALYZE superseded")
    cursor.execute(
        sql.SQL(
            "UPDATE {} AS spell SET superseded_by_id = %s"
            " FROM superseded WHERE superseded.id = spell.id"
        ).format(sql.Identifier(table)),
        [run],
    )
    cursor.execute("DROP TABLE superseded")
