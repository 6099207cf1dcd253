"""Where claims are decided: in this process, by DuckDB in it, or on a Spark cluster."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pyarrow as pa

from jineng.cli.wrong import BadInput
from jineng.policy import Intake, Pack

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ENGINES = ("numpy", "duckdb", "spark")
Decide = Callable[[Intake, Intake | None], pa.Table]


def decider(engine: str, rules: Pack, master: str, threads: int | None) -> Decide:
    """What decides a file's claims; the decisions are the same, byte by byte."""
    if engine == "spark":
        from jineng.policy import spark

        session = started(master)
        return lambda facts, past: spark.decide_table(session, rules, facts, history=past)
    if engine == "duckdb":
        from jineng.policy.elsewhere import decide_in_duckdb

        return lambda facts, past: decide_in_duckdb(rules, facts, history=past, threads=threads)
    return lambda facts, past: rules.decide(facts, history=past, threads=threads)


def started(master: str) -> SparkSession:
    """A Spark session. Errors: BadInput where Spark or Java is missing, or there is no master."""
    if importlib.util.find_spec("pyspark") is None:
        raise BadInput("没有安装 Spark。请输入：pip install 'jineng[spark]'")
    home = os.environ.get("JAVA_HOME")
    if not shutil.which(str(Path(home) / "bin" / "java") if home else "java"):
        raise BadInput(
            "没有找到 Java，Spark 需要 Java 17 或更高版本。"
            "Debian、Ubuntu 请输入：sudo apt-get install default-jre-headless"
        )
    from jineng.cli import WithoutPandas
    from jineng.policy import spark

    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, WithoutPandas)]
    try:
        return spark.session(master)
    except Exception as error:
        told = str(error).strip().splitlines()
        raise BadInput(f"连不上 Spark（--master {master}）：{told[0] if told else error}") from None


def adjudicate_folder(
    rules: Pack, place: str, history: str | None, output: str, master: str, *, only_clean: bool
) -> None:
    """Decide folders of Parquet on Spark, reading and writing where the workers are.

    Errors: BadInput with what is wrong with the claims; click.UsageError.
    """
    from pyspark import StorageLevel
    from pyspark.errors import AnalysisException, PySparkException
    from pyspark.sql import functions

    from jineng.policy import spark

    session = started(master)
    try:
        claims = spark.claims_of(session, place).persist(StorageLevel.DISK_ONLY)
        past = spark.claims_of(session, history, history=True) if history else None
        past = past.persist(StorageLevel.DISK_ONLY) if past is not None else None
    except PySparkException as error:
        raise BadInput(f"读不了 {place}：{str(error).splitlines()[0]}") from None
    claims = _clean(claims, past, only_clean=only_clean)
    decided = spark.decide(session, rules, claims, past).drop("line")
    try:
        decided.write.parquet(output)
    except AnalysisException as error:
        raise BadInput(f"写不了 {output}：{str(error).splitlines()[0]}") from None
    counted = session.read.parquet(output).groupBy("outcome")
    sums = counted.agg(functions.count("*"), functions.sum("amount_yuan")).collect()
    lines = sum(row[1] for row in sums)
    paid = {row[0]: (row[1], row[2]) for row in sums}.get("eligible", (0, 0))
    click.echo(
        f"已审核 {lines:,} 行，符合 {paid[0]:,} 行、{paid[1]:,.2f} 元，决定写入 {output}", err=True
    )


def _clean(claims: DataFrame, past: DataFrame | None, *, only_clean: bool) -> DataFrame:
    """The claims to decide. Errors: BadInput with what is wrong."""
    from jineng.policy import spark

    told = spark.wrong_cells(claims)
    if told and only_clean:
        clean = claims.filter(f"{spark.PROBLEM} IS NULL")
        left = clean.count()
        if left:
            click.echo("\n".join(["申请有错误：", *(f"- {line}" for line in told)]), err=True)
            skipped = claims.count() - left
            click.echo(f"跳过有错误的 {skipped:,} 行，审核其余 {left:,} 行。", err=True)
            claims, told = clean, []
    told += [*(spark.wrong_cells(past) if past else ()), *spark.wrong_ids(claims, past)]
    if told:
        raise BadInput("\n".join(["申请有错误，未作任何决定：", *(f"- {line}" for line in told)]))
    return claims
