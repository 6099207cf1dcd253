"""``jineng adjudicate`` as a stranger runs it: another process, real files, exit statuses."""

import csv
import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from jineng import policy
from tests.claimsfile import made
from tests.cli.run import jineng
from tests.policy.claims import claim

#: Two trainings of one person, so that the second is stopped by the first.
GOOD: dict[str, Any] = {
    "employer_id": "E1",
    "training_id": "T1",
    "training_mode": "offline",
    "hours": 24,
    "training_start": "2020-07-06",
    "plan_filed_on": "2020-07-01",
    "passed": "是",
    "contract_signed_on": "2020-07-01",
    "contract_months": 12,
    "hire_status": "新录用",
    "social_insurance_months": 3,
    "still_employed": "是",
}


def claims() -> list[dict[str, Any]]:
    return [
        made.claim(1, **GOOD),
        made.claim(2, **GOOD | {"hours": 19}),
        made.claim(3, **GOOD | {"hours": None}),
        made.claim(4, **GOOD, person_id="P1", cap_exempt="否"),
    ]


OUTCOMES = ["eligible", "ineligible", "needs_evidence", "ineligible"]


def given(path: Path, lines: Sequence[dict[str, Any]]) -> Path:
    if path.suffix == ".csv":
        return made.csv_file(path, made.table(lines))
    if path.suffix == ".xlsx":
        return made.one_sheet(path, made.table(lines))
    texts = [{k: None if v is None else str(v) for k, v in line.items()} for line in lines]
    return made.parquet(path, texts)


def decided(path: Path) -> list[dict[str, str]]:
    """The decisions of a written file, all cells as text."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".parquet":
        return [{k: str(v) for k, v in line.items()} for line in pq.read_table(path).to_pylist()]
    names = {out.heading: out.name for out in policy.OUT}
    headings, *rows = openpyxl.load_workbook(path)["决定"].iter_rows(values_only=True)
    lines = [dict(zip([names[str(h)] for h in headings], row, strict=True)) for row in rows]
    return [
        {k: f"{v:.2f}" if k == "amount_yuan" else str(v or "") for k, v in line.items()}
        for line in lines
    ]


@pytest.mark.parametrize("source", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_any_to_any(tmp_path: Path, source: str, ending: str) -> None:
    path, out = given(tmp_path / f"in.{source}", claims()), tmp_path / f"out.{ending}"
    done = jineng("adjudicate", path, "-o", out)
    assert (done.returncode, done.stdout) == (0, "")
    assert "已审核 4 行" in done.stderr
    lines = decided(out)
    assert [line["claim_id"] for line in lines] == ["C1", "C2", "C3", "C4"]
    assert [line["outcome"] for line in lines] == OUTCOMES
    assert [line["amount_yuan"] for line in lines] == ["500.00", "0.00", "0.00", "0.00"]
    assert [line["failed"] for line in lines] == ["", "min-hours", "", "no-repeat"]
    assert lines[2]["missing"] == "hours"
    assert {line["release"] for line in lines} == {policy.load("hubei").release}


def test_without_output_a_summary_to_read(tmp_path: Path) -> None:
    done = jineng("adjudicate", given(tmp_path / "in.csv", claims()))
    assert done.returncode == 0
    for words in (
        "岗前培训（PRE）",
        "500.00",
        "培训不少于规定课时（min-hours）",
        "缺少：课时",
        "前 4 行",
    ):
        assert words in done.stdout
    assert "C3" in done.stdout


def test_the_first_lines_say_why_in_words(tmp_path: Path) -> None:
    no_standard = claim("SKIL", "S5", level="5")
    done = jineng("adjudicate", given(tmp_path / "in.csv", [*claims(), no_standard]))
    first = done.stdout[done.stdout.index("前 5 行") :]
    assert "培训不少于规定课时" in first
    assert "课时" in first
    assert "补贴标准尚未规定" in first
    for code in ("min-hours", "standard-not-set"):
        assert code not in first
    assert "缺少：补贴标准尚未规定" not in done.stdout


def test_errors_are_all_listed_and_nothing_is_decided(tmp_path: Path) -> None:
    lines = claims()
    lines[0]["applied_on"] = "2020-13-40"
    lines[1]["region"] = None
    lines[3]["claim_id"] = "C3"
    path, out = given(tmp_path / "in.xlsx", lines), tmp_path / "out.csv"
    done = jineng("adjudicate", path, "-o", out)
    assert (done.returncode, done.stdout) == (1, "")
    assert "in.xlsx 有 4 处错误，未作任何决定" in done.stderr
    assert "第 2 行 C 列“applied_on”：“2020-13-40”" in done.stderr
    assert "第 3 行 D 列“region”：必须填写" in done.stderr
    assert "第 4–5 行 A 列“claim_id”：“C3”" in done.stderr
    assert not out.exists()


def test_only_clean_decides_the_rest_and_counts_the_others(tmp_path: Path) -> None:
    lines = claims()
    lines[1]["hours"] = "?"
    path, out = given(tmp_path / "in.csv", lines), tmp_path / "out.csv"
    done = jineng("adjudicate", path, "--only-clean", "-o", out)
    assert done.returncode == 0
    assert "跳过有错误的 1 行，审核其余 3 行" in done.stderr
    assert [line["claim_id"] for line in decided(out)] == ["C1", "C3", "C4"]


def test_only_clean_does_not_help_where_a_column_is_wrong_or_no_line_is_clean(
    tmp_path: Path,
) -> None:
    unknown = given(tmp_path / "a.csv", [made.claim(1, nonsense="1")])
    done = jineng("adjudicate", unknown, "--only-clean")
    assert done.returncode == 1
    assert "nonsense" in done.stderr
    dirty = given(tmp_path / "b.csv", [made.claim(1, hours="?")])
    assert jineng("adjudicate", dirty, "--only-clean").returncode == 1


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_errors_into_a_marked_copy(tmp_path: Path, ending: str) -> None:
    lines = claims()
    lines[1]["hours"] = "?"
    marked = tmp_path / f"marked.{ending}"
    done = jineng("adjudicate", given(tmp_path / "in.csv", lines), "--errors", marked)
    assert done.returncode == 1
    assert str(marked) in done.stderr
    again = jineng("adjudicate", marked)
    assert again.returncode == 1
    assert "“hours”：“?”" in again.stderr


def test_no_errors_no_marked_copy(tmp_path: Path) -> None:
    marked = tmp_path / "marked.xlsx"
    done = jineng("adjudicate", given(tmp_path / "in.csv", claims()), "--errors", marked)
    assert done.returncode == 0
    assert not marked.exists()


def test_history_counts_and_is_made_by_with_facts(tmp_path: Path) -> None:
    first, second = claims()[:1], claims()[3:]
    past = tmp_path / "past.xlsx"
    done = jineng("adjudicate", given(tmp_path / "1.csv", first), "--with-facts", "-o", past)
    assert done.returncode == 0
    out = tmp_path / "out.csv"
    path = given(tmp_path / "2.csv", second)
    assert jineng("adjudicate", path, "-o", out).returncode == 0
    assert decided(out)[0]["outcome"] == "eligible"
    assert jineng("adjudicate", path, "--history", past, "-o", out).returncode == 0
    assert decided(out)[0]["failed"] == "no-repeat"


def test_a_claim_in_file_and_history_is_an_error_with_both_rows(tmp_path: Path) -> None:
    past = given(
        tmp_path / "past.csv",
        [made.claim(9, outcome="eligible"), claims()[1] | {"outcome": "不符合"}],
    )
    path = given(tmp_path / "in.csv", claims())
    done = jineng("adjudicate", path, "--history", past)
    assert done.returncode == 1
    assert "第 3 行“claim_id”：“C2”：该申请已在历史文件 past.csv 第 3 行" in done.stderr
    done = jineng("adjudicate", path, "--history", past, "--only-clean", "-o", tmp_path / "o.csv")
    assert done.returncode == 0
    assert [line["claim_id"] for line in decided(tmp_path / "o.csv")] == ["C1", "C3", "C4"]


def test_a_file_without_claim_ids_and_a_history(tmp_path: Path) -> None:
    past = given(tmp_path / "past.csv", [made.claim(9, outcome="eligible")])
    path = made.csv_file(tmp_path / "in.csv", [["补贴项目", "受理日期"], ["PRE", "2020-10-15"]])
    done = jineng("adjudicate", path, "--history", past)
    assert done.returncode == 1
    assert "缺少必填的列“申请编号”" in done.stderr


def test_errors_of_the_history_name_its_file(tmp_path: Path) -> None:
    path = given(tmp_path / "in.csv", claims())
    past = given(tmp_path / "past.csv", [made.claim(9, outcome="maybe")])
    done = jineng("adjudicate", path, "--history", past, "--only-clean")
    assert done.returncode == 1
    assert "历史文件 past.csv 有 1 处错误" in done.stderr
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04")
    done = jineng("adjudicate", path, "--history", tmp_path / "broken.xlsx")
    assert done.returncode == 1
    assert "历史文件 broken.xlsx" in done.stderr


def test_warnings_are_told_and_decide_nothing(tmp_path: Path) -> None:
    lines = [claims()[0] | {"training_end": "2020-01-01"}]
    out = tmp_path / "out.csv"
    done = jineng("adjudicate", given(tmp_path / "in.csv", lines), "-o", out)
    assert done.returncode == 0
    assert "提醒：1 处" in done.stderr
    assert "第 2 行“training_end”：结业日期早于开班日期" in done.stderr
    assert decided(out)[0]["outcome"] == "eligible"


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 broken", b"<html></html>", b"\xd0\xcf\x11\xe0" + bytes(600), b"\0\1\2"],
)
def test_files_that_can_not_be_read_are_bad_input(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "in.xlsx"
    path.write_bytes(content)
    done = jineng("adjudicate", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("in.xlsx：")
    assert "Traceback" not in done.stderr


def test_wrong_use(tmp_path: Path) -> None:
    path = given(tmp_path / "in.csv", claims())
    other = given(tmp_path / "other.csv", claims())
    (tmp_path / "link.csv").symlink_to(path)
    os.link(path, tmp_path / "hard.csv")
    wrong: list[tuple[Any, ...]] = [
        (),
        ("nonsense",),
        ("adjudicate",),
        ("adjudicate", tmp_path / "none.csv"),
        ("adjudicate", tmp_path),
        ("adjudicate", path, "--nonsense"),
        ("adjudicate", path, "--threads", "0"),
        ("adjudicate", path, "--pack", "atlantis"),
        ("adjudicate", path, "--history", tmp_path / "none.csv"),
        ("adjudicate", path, "-o", path),
        ("adjudicate", path, "-o", tmp_path / "link.csv"),
        ("adjudicate", path, "-o", tmp_path / "hard.csv"),
        ("adjudicate", path, "--history", other, "-o", other),
        ("adjudicate", path, "--errors", path),
        ("adjudicate", path, "--errors", tmp_path / "e.parquet"),
        ("adjudicate", path, "-o", tmp_path / "o.csv", "--errors", tmp_path / "o.csv"),
        ("adjudicate", path, "-o", tmp_path / "o.txt"),
        ("adjudicate", path, "-o", tmp_path / "none" / "o.csv"),
        ("template", tmp_path / "t.csv"),
        ("policy", "show", "NOPE"),
        ("explain", path, "C77"),
    ]
    before = path.read_bytes()
    for arguments in wrong:
        done = jineng(*arguments)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), arguments
        assert done.stdout == ""
    assert path.read_bytes() == before


def test_one_thread_and_two_give_the_same_file(tmp_path: Path) -> None:
    path = given(tmp_path / "in.csv", claims())
    for threads in ("1", "2"):
        jineng("adjudicate", path, "--threads", threads, "-o", tmp_path / f"{threads}.csv")
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def many(path: Path, count: int) -> Path:
    lines = [made.claim(n, **GOOD) for n in range(count)]
    return made.csv_file(path, made.table(lines))


@pytest.fixture(scope="module")
def half_a_million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So many claims that they take longer than a second, before which nothing is told."""
    return many(tmp_path_factory.mktemp("many") / "in.csv", 500_000)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_leaves_no_half_file_and_no_traceback(
    tmp_path: Path, half_a_million: Path, sign: signal.Signals
) -> None:
    path, out = half_a_million, tmp_path / "out.xlsx"
    command = [sys.executable, "-m", "jineng.cli", "adjudicate", str(path), "-o", str(out)]
    with subprocess.Popen([*command, "--with-facts"], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while "…" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(sign)
        said = process.stderr.read()
    assert process.returncode == 130
    assert "已中断" in said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_progress_lives_on_a_terminal_and_leaves_nothing_behind(
    tmp_path: Path, half_a_million: Path
) -> None:
    path, out = half_a_million, tmp_path / "out.xlsx"
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "jineng.cli", "adjudicate", str(path), "-o", str(out)]
    with subprocess.Popen(
        [*command, "--with-facts"], stderr=theirs, stdout=subprocess.PIPE
    ) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                block = os.read(ours, 4096)
            except OSError:
                break
            if not block:
                break
            said += block
        assert process.stdout is not None
        assert process.stdout.read() == b""
    os.close(ours)
    assert process.returncode == 0
    text = said.decode()
    assert "\r\x1b[K写出决定 " in text
    assert "%…" in text
    assert text.splitlines()[-1].startswith("\r\x1b[K已审核") or "已审核 500,000 行" in text


def test_output_into_a_closed_pipe(tmp_path: Path) -> None:
    path = given(tmp_path / "in.csv", claims())
    command = f"{sys.executable} -m jineng.cli explain {path} C1 --json | head -c 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout == "{"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_help_is_quick_since_nothing_heavy_is_loaded() -> None:
    code = (
        "import sys; sys.argv = ['jineng', '--help']\n"
        "from jineng.cli import main\n"
        "try: main()\n"
        "finally: print(*{'pyarrow', 'ibis', 'duckdb', 'django'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "adjudicate" in done.stdout
    assert done.stdout.endswith("\n\n")


def test_nothing_of_django_or_a_database_is_loaded(tmp_path: Path) -> None:
    path = given(tmp_path / "in.csv", claims())
    code = (
        "import sys; sys.argv = ['jineng', 'adjudicate', sys.argv[1]]\n"
        "from jineng.cli import main\n"
        "try: main()\n"
        "finally: print('django' in sys.modules, 'psycopg' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert done.stderr.endswith("False False\n")


def test_the_visible_amounts_add_up(tmp_path: Path) -> None:
    path, out = given(tmp_path / "in.csv", claims()), tmp_path / "out.parquet"
    jineng("adjudicate", path, "-o", out)
    assert sum(Decimal(line["amount_yuan"]) for line in decided(out)) == Decimal("500.00")


def test_explanations(tmp_path: Path) -> None:
    path = given(tmp_path / "in.xlsx", claims())
    told = jineng("explain", path, "C4")
    assert told.returncode == 0
    assert "不符合" in told.stdout
    assert "C1" in told.stdout
    data = json.loads(jineng("explain", path, "C2", "--json").stdout)
    assert data["claim_id"] == "C2"
    assert data["failed"] == ["min-hours"]
    assert {c["code"]: c["status"] for c in data["conditions"]}["min-hours"] == "fails"


def test_an_unknown_claim_is_told_with_the_nearest(tmp_path: Path) -> None:
    done = jineng("explain", given(tmp_path / "in.csv", claims()), "C33")
    assert done.returncode == 2
    assert "没有申请“C33”；最接近的是 C3" in done.stderr


def test_explaining_a_file_with_errors(tmp_path: Path) -> None:
    lines = claims()
    lines[1]["hours"] = "?"
    path = given(tmp_path / "in.csv", lines)
    assert jineng("explain", path, "C1").returncode == 1
    assert jineng("explain", path, "C1", "--only-clean").returncode == 0
