"""Spark and DuckDB decide as the process itself does, byte by byte."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jineng import policy
from jineng.policy import spark
from jineng.policy.cases import case_facts, read_cases
from jineng.policy.elsewhere import decide_in_duckdb
from tests.cli.run import jineng
from tests.policy.drafts import GOOD, standard
from tools.java import java

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [
    pytest.mark.spark,
    pytest.mark.xdist_group("spark"),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
LINES = 100_000
#: A session that lives for a minute isn't worth the best machine code.
QUICK = {
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
GENERATE = Path(__file__).resolve().parents[2] / "benchmarks" / "generate.py"


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    assert java(), "Spark needs Java 17 or later; `make test` installs it where it may"
    started = spark.session("local[2]", settings=QUICK)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of claims of all schemes and years, as many systems write them."""
    path = tmp_path_factory.mktemp("generated") / "claims.parquet"
    command = [sys.executable, str(GENERATE), str(path), "--rows", str(LINES), "--seed", "7"]
    subprocess.run(command, check=True, capture_output=True)
    return path


def data(table: pa.Table) -> bytes:
    """A table's bytes, whatever its chunks."""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table.combine_chunks())
    return sink.getvalue()


def test_every_case(session: SparkSession, pack: policy.Pack) -> None:
    table, history = case_facts(read_cases(pack))
    ours = data(pack.decide(table, history=history))
    assert data(decide_in_duckdb(pack, table, history=history)) == ours
    assert data(spark.decide_table(session, pack, table, history=history)) == ours


def test_a_hundred_thousand_claims_and_their_history(
    session: SparkSession, pack: policy.Pack, generated: Path
) -> None:
    """Under regional standards and a draft too, whose schemes come from no file."""
    rules = pack.with_standards([standard(scheme="POST", value=250)]).with_draft(
        policy.draft_of(GOOD)
    )
    claims = pq.read_table(generated)
    earlier, now = claims.slice(0, LINES // 5), claims.slice(LINES // 5)
    decided = rules.decide(earlier)
    assert pc.sum(pc.equal(decided["outcome"].cast(pa.string()), "eligible")).as_py() > LINES // 10
    past = earlier.append_column("outcome", decided["outcome"].cast(pa.string()))
    ours = rules.decide(now, history=past)
    assert pc.sum(pc.match_substring(ours["failed"].cast(pa.string()), "no-repeat")).as_py() > 100
    assert data(decide_in_duckdb(rules, now, history=past)) == data(ours)
    theirs = spark.decide_table(session, rules, now, history=past)
    assert theirs.schema == ours.schema
    assert data(theirs) == data(ours)


def test_a_folder_is_read_and_written_where_the_workers_are(
    session: SparkSession, pack: policy.Pack, generated: Path, tmp_path: Path
) -> None:
    folder, out = tmp_path / "claims", tmp_path / "decisions"
    folder.mkdir()
    claims = pq.read_table(generated).slice(0, 20_000)
    for place in range(4):
        pq.write_table(claims.slice(place * 5_000, 5_000), folder / f"{place}.parquet")
    done = jineng("adjudicate", folder, "--engine", "spark", "--master", "local[2]", "-o", out)
    assert done.returncode == 0, done.stderr
    assert "已审核 20,000 行，符合" in done.stderr
    assert by_id(pq.read_table(out)) == by_id(pack.decide(claims))
    again = jineng("adjudicate", folder, "--engine", "spark", "--master", "local[2]", "-o", out)
    assert (again.returncode, f"写不了 {out}" in again.stderr) == (1, True)


def by_id(decisions: pa.Table) -> list[Any]:
    plain = decisions.select([out.name for out in policy.OUT])
    return sorted(map(str, plain.to_pylist()))


def test_what_is_wrong_in_a_folder_is_told_and_nothing_is_decided(
    session: SparkSession, generated: Path, tmp_path: Path
) -> None:
    folder, out = tmp_path / "claims", tmp_path / "decisions"
    folder.mkdir()
    lines = pq.read_table(generated).slice(0, 50).to_pylist()
    lines[3]["region"] = "武汉"
    lines[5]["claim_id"] = lines[4]["claim_id"]
    lines[7]["scheme"] = None
    schema = pq.read_schema(generated)
    pq.write_table(pa.Table.from_pylist(lines, schema=schema), folder / "1.parquet")
    words = ("adjudicate", folder, "--engine", "spark", "--master", "local[2]", "-o", out)
    done = jineng(*words)
    assert done.returncode == 1
    for said in (
        f"申请 {lines[3]['claim_id']}，",
        "1.parquet：“审核地区”“武汉”：应为六位行政区划代码",
        f"申请编号 {lines[4]['claim_id']} 重复 2 次",
        "“补贴项目”：必须填写",
    ):
        assert said in done.stderr, done.stderr
    assert not out.exists()
    lines[5]["claim_id"] = "另一编号"
    pq.write_table(pa.Table.from_pylist(lines, schema=schema), folder / "1.parquet")
    session.catalog.clearCache()
    done = jineng(*words, "--only-clean")
    assert (done.returncode, "已审核 48 行" in done.stderr) == (0, True), done.stderr
    assert "跳过有错误的 2 行，审核其余 48 行" in done.stderr


def test_files_of_a_folder_may_have_other_columns_and_none_is_passed_over(
    session: SparkSession, generated: Path, tmp_path: Path
) -> None:
    claims = (
        pq.read_table(generated).slice(0, 300).select(["claim_id", "scheme", "region", "hours"])
    )
    folder = tmp_path / "claims"
    folder.mkdir()
    pq.write_table(claims.slice(0, 100).drop_columns(["hours"]), folder / "1.parquet")
    pq.write_table(claims.slice(100, 100), folder / "2.parquet")
    odd = pa.array(["x"] * 100)
    pq.write_table(claims.slice(200).append_column("课堂时数", odd), folder / "3.parquet")
    read = spark.claims_of(session, str(folder))
    hours = {row["claim_id"]: row["hours"] for row in read.select("claim_id", "hours").collect()}
    theirs = dict(zip(*(claims[name].to_pylist() for name in ("claim_id", "hours")), strict=True))
    assert [one for one, said in hours.items() if said is not None] == [
        one
        for one in hours
        if one in claims["claim_id"].to_pylist()[100:] and theirs[one] is not None
    ]
    # What is wrong with a column is wrong with every line of it, and told once for each file.
    assert read.filter(f"{spark.PROBLEM} IS NULL").count() == 0
    told = spark.wrong_cells(read)
    assert len(told) == 3
    for said in told:
        assert " 等 100 行，" in said
        assert "“课堂时数”：没有这一列" in said
        assert "“受理日期”：缺少必填的列" in said


def test_the_command_line_writes_the_same_file(
    session: SparkSession, generated: Path, tmp_path: Path
) -> None:
    path = tmp_path / "claims.parquet"
    pq.write_table(pq.read_table(generated).slice(0, 2_000), path)
    written = {}
    for engine in ("numpy", "duckdb", "spark"):
        out = tmp_path / f"{engine}.csv"
        done = jineng("adjudicate", path, "--engine", engine, "--master", "local[2]", "-o", out)
        assert done.returncode == 0, done.stderr
        written[engine] = out.read_bytes()
    assert written["spark"] == written["duckdb"] == written["numpy"]
