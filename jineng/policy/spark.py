"""Deciding on a Spark cluster: the rules as Spark SQL, the rest by person, with the same code.

    session = spark.session("spark://master:7077")
    decided = spark.decide(session, pack, spark.claims_of(session, "hdfs:///claims"))
    decided.write.parquet("hdfs:///decisions")

Persons don't concern each other. So claims are judged line by line wherever they lie, sent to the
partition of their person, and each partition looks across the claims of its persons and puts the
decisions into words, as one process does for a file. The workers need this package, with NumPy and
pyarrow.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from jineng.policy.compiled import CLAIMS
from jineng.policy.elsewhere import (
    CLAIM_COLUMNS,
    DECIDED,
    HISTORY_COLUMNS,
    Conclusion,
    answers_sql,
    as_decided,
    both_intakes,
    claims_table,
    history_table,
)
from jineng.policy.facts import HISTORY_OUTCOME
from jineng.policy.intake import read_facts
from jineng.policy.pack import Pack

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: So many lines, about, are looked across at a time: what one task holds in memory.
LINES_OF_A_PARTITION = 200_000
PROBLEM = "problem"
_FILE = "_file"
_SPARK_TYPES = {
    pa.int64(): "bigint",
    pa.date32(): "date",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.string(): "string",
    pa.decimal128(12, 2): "decimal(12,2)",
}


def session(
    master: str, name: str = "jineng", settings: Mapping[str, str] | None = None
) -> SparkSession:
    """A Spark session. In this machine alone (``local[2]``) it listens on 127.0.0.1 alone.

    ``settings``: further ones of Spark, such as ``spark.executor.memory``.
    """
    # it wants pandas to be there, and for what we do with it uses nothing of it
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    from pyspark.sql import SparkSession

    given = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
    }
    if master.startswith("local"):
        given |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
        given |= {"spark.sql.shuffle.partitions": "4"}
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName(name)
    for key, value in (given | dict(settings or {})).items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def decide_table(session: SparkSession, pack: Pack, table: Any, *, history: Any = None) -> pa.Table:
    """What ``Pack.decide`` gives, byte by byte, reckoned by Spark.

    Errors: FactsError.
    """
    intake, earlier = both_intakes(table, history)
    claims = session.createDataFrame(claims_table(intake.table))
    past = session.createDataFrame(history_table(earlier.table)) if earlier else None
    partitions = max(1, intake.table.num_rows // LINES_OF_A_PARTITION)
    decided = decide(session, pack, claims, past, partitions=partitions)
    return as_decided(decided.toArrow(), pack.release)


def decide(
    session: SparkSession,
    pack: Pack,
    claims: DataFrame,
    history: DataFrame | None = None,
    *,
    partitions: int | None = None,
) -> DataFrame:
    """The decisions on claims, in no order; ``line`` is that of the claim.

    ``claims``: ``CLAIM_COLUMNS``, canonical, as ``claims_of`` reads them; ``history``:
    ``HISTORY_COLUMNS``. ``partitions``: into how many the persons are parted.
    """
    from pyspark.sql import functions

    claims.createOrReplaceTempView(CLAIMS)
    answers = session.sql(answers_sql(pack, "spark"))
    if history is not None:
        answers = answers.withColumn(HISTORY_OUTCOME.name, functions.lit(None).cast("string"))
        past = history.select(*HISTORY_COLUMNS)
        answers = answers.unionByName(past, allowMissingColumns=True)
    by = functions.col("person_id")
    by_person = answers.repartition(partitions, by) if partitions else answers.repartition(by)
    return by_person.mapInArrow(_concluding(Conclusion.of(pack)), _schema(DECIDED))


def _concluding(
    conclusion: Conclusion,
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def conclude(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        given = list(batches)
        if not given:
            return
        table, past = pa.Table.from_batches(given), None
        if HISTORY_OUTCOME.name in table.column_names:
            earlier = pc.is_valid(table[HISTORY_OUTCOME.name])
            past = table.filter(earlier).select(HISTORY_COLUMNS)
            table = table.filter(pc.invert(earlier))
        yield from conclusion.decide(table, past).to_batches()

    return conclude


def _schema(columns: dict[str, pa.DataType]) -> str:
    return ", ".join(f"{name} {_SPARK_TYPES[kind]}" for name, kind in columns.items())


# ---------------------------------------------------------------- reading


def claims_of(session: SparkSession, path: str, *, history: bool = False) -> DataFrame:
    """Claims of Parquet files, read and checked by the workers as a file is by one process.

    Columns: ``CLAIM_COLUMNS`` (of history, its outcome too), and ``problem``: what is wrong with a
    line, null where nothing is. Whoever decides must see that there is none (``problems``).
    """
    from pyspark.sql import functions

    # a column that some files have and others don't is read, and not left out with the first file
    files = session.read.option("mergeSchema", "true").parquet(path)
    raw = files.withColumn(_FILE, functions.input_file_name())
    numbered = raw.withColumn("line", functions.monotonically_increasing_id())
    columns = CLAIM_COLUMNS | ({HISTORY_OUTCOME.name: pa.string()} if history else {})
    columns |= {PROBLEM: pa.string()}
    return numbered.mapInArrow(_reading(columns, history=history), _schema(columns))


def _reading(
    columns: dict[str, pa.DataType], *, history: bool
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            if batch.num_rows:
                yield from _read(pa.Table.from_batches([batch]), columns, history).to_batches()

    return read


def _read(table: pa.Table, columns: dict[str, pa.DataType], history: bool) -> pa.Table:
    line, files = table["line"], table[_FILE]
    intake = read_facts(table.drop_columns(["line", _FILE]), history=history)
    told: list[str | None] = [None] * table.num_rows
    for problem in intake.problems:
        said = f"“{problem.heading}”"
        said += f"“{problem.value}”：{problem.message}" if problem.value else f"：{problem.message}"
        for row in problem.rows or range(table.num_rows):
            told[row] = f"{files[row]}：{said}" if told[row] is None else f"{told[row]}；{said}"
    made = {}
    for name, kind in columns.items():
        if name in intake.table.column_names:
            made[name] = intake.table[name].cast(kind)
        else:
            made[name] = pa.nulls(table.num_rows, kind)
    made |= {"line": line.cast(pa.int64()), PROBLEM: pa.array(told, pa.string())}
    return pa.table({name: made[name] for name in columns})


def problems(claims: DataFrame, history: DataFrame | None = None, most: int = 50) -> list[str]:
    """What is wrong with claims that ``claims_of`` read, at most so many lines of it."""
    told = [*wrong_cells(claims, most), *(wrong_cells(history, most) if history else ())]
    return (told + wrong_ids(claims, history, most))[:most]


def wrong_cells(frame: DataFrame, most: int = 50) -> list[str]:
    """What can't be read of it, the same of several lines told once."""
    from pyspark.sql import functions

    wrong = frame.filter(functions.col(PROBLEM).isNotNull()).groupBy(PROBLEM)
    first = functions.min("claim_id").alias("first")
    told = wrong.agg(first, functions.count("*").alias("lines")).orderBy("first").limit(most)
    rows = [(row["first"] or "（无编号）", row["lines"], row[PROBLEM]) for row in told.collect()]
    return [
        f"申请 {claim} 等 {lines:,} 行，{said}" if lines > 1 else f"申请 {claim}，{said}"
        for claim, lines, said in rows
    ]


def wrong_ids(claims: DataFrame, history: DataFrame | None = None, most: int = 50) -> list[str]:
    """Numbers of claims that come twice, or were decided before."""
    told = []
    twice = claims.groupBy("claim_id").count().filter("count > 1").limit(most).collect()
    told += [f"申请编号 {row['claim_id']} 重复 {row['count']} 次" for row in twice if row[0]]
    if history is not None:
        both = claims.join(history.select("claim_id"), "claim_id", "left_semi")
        known = both.select("claim_id").limit(most).collect()
        told += [f"申请 {row['claim_id']} 已在历史文件中，不能重复审核" for row in known]
    return told
