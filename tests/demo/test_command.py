"""`jineng demo`, and what the launcher makes of it."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from jineng.cli.demo import NOT_EMPTY, demo
from jineng.config import launcher
from jineng.config.database import DatabaseUrl
from jineng.config.embedded import EmbeddedPostgres
from jineng.people.models import Person, User


def run(*words: str, **given: Any) -> Result:
    return CliRunner().invoke(demo, words, **given)


@pytest.mark.django_db
def test_data_of_somebodys_own_are_left_alone() -> None:
    User.objects.create(username="li-ming")
    assert run("--first-start").exit_code == NOT_EMPTY == launcher.NOT_EMPTY
    told = run("--yes", "--persons", "400")
    assert told.exit_code == 1
    assert "没有改动" in told.output
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_it_asks_before_it_loads() -> None:
    asked = run("--persons", "400", input="n\n")
    assert "400" in asked.output
    assert asked.exit_code == 1
    assert not User.objects.exists()


@pytest.mark.django_db
def test_too_few_persons() -> None:
    told = run("--yes", "--persons", "3")
    assert told.exit_code == 1
    assert not User.objects.exists()


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a demo that has run."""
    monkeypatch.setenv("JINENG_VAR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name in ("postgres", "uploads", "seals", "keys"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    return tmp_path


def test_a_reset_keeps_the_keys(var: Path) -> None:
    assert run("--reset", input="n\n").exit_code == 1
    assert (var / "postgres" / "file").exists()
    assert run("--reset", "--yes").exit_code == 0
    assert {path.name for path in var.iterdir()} == {"keys", "run"}


def test_nothing_is_reset_while_it_runs(var: Path) -> None:
    with launcher.only_one(var, 8000):
        assert run("--reset", "--yes").exit_code == 1
    assert (var / "postgres" / "file").exists()


def test_a_server_of_ones_own_is_not_reset(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///nothing")
    assert run("--reset", "--yes").exit_code == 1
    assert (var / "uploads" / "file").exists()


@pytest.mark.parametrize(
    ("state", "lines"), [("loaded", 0), (launcher.LEFT_ALONE, 1)], ids=["loaded", "left alone"]
)
def test_later_starts_ask_nobody(
    state: str,
    lines: int,
    var: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """What the first start found is kept with the data; it takes no time to read."""
    monkeypatch.setenv("JINENG_DEMO", "1")
    (var / "postgres" / "jineng_demo").write_text(state)
    again = launcher.Demo(var, 1)
    again.postgres = EmbeddedPostgres(var / "postgres")
    again._load_province(DatabaseUrl("postgresql:///nothing"))
    assert capfd.readouterr().out.count("\n") == lines
