"""A job whose worker was killed is done all the same."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from jineng.config.database import Roles

COMMAND = [sys.executable, "-m", "django", "procrastinate"]


@pytest.fixture
def environment(database_roles: Roles) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": database_roles.app.text,
        "DJANGO_SETTINGS_MODULE": "tests.core.stalling_settings",
    }


def wait_for(path: Path) -> None:
    give_up = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < give_up, path
        time.sleep(0.05)


@pytest.mark.xdist_group("jobs")
def test_a_job_is_taken_up_again(
    database_roles: Roles, environment: dict[str, str], tmp_path: Path
) -> None:
    defer("stall_once", environment, folder=str(tmp_path))
    worker = subprocess.Popen([*COMMAND, "worker"], env=environment, stderr=subprocess.DEVNULL)
    wait_for(tmp_path / "begun-0")
    worker.kill()
    worker.wait()

    with psycopg.connect(database_roles.app.text, autocommit=True) as connection:
        assert statuses(connection) == ["doing"]
        # As if the half minute had passed after which a silent worker counts as dead.
        connection.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
        )
        ended(connection, "a week ago and failed", "failed", days=8)
        ended(connection, "a week ago", "succeeded", days=8)
        ended(connection, "lately", "succeeded", days=6)
        for task in ("retry_stalled_jobs", "delete_old_jobs"):
            if f"jineng.core.tasks.{task}" not in queued(connection):
                defer(f"jineng.core.tasks.{task}", environment, timestamp=0)
        again = [*COMMAND, "worker", "--one-shot"]
        subprocess.run(again, env=environment, check=True, timeout=60, capture_output=True)
        subprocess.run(again, env=environment, check=True, timeout=60, capture_output=True)
        assert statuses(connection) == ["succeeded"]
        # What ended long ago is gone, and nothing else.
        rows = connection.execute("SELECT queue_name FROM procrastinate_jobs")
        left = {row[0] for row in rows}
        assert "lately" in left
        assert not [name for name in left if name.startswith("a week ago")]
        connection.execute("DELETE FROM procrastinate_jobs")
    assert (tmp_path / "done").exists()


def ended(
    connection: "psycopg.Connection[tuple[str]]", name: str, status: str, *, days: int
) -> None:
    """A job in a queue of this name, which no worker looks at, that ended so many days ago."""
    row = connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES (%s, 'ended', %s)"
        " RETURNING id",
        [name, status],
    ).fetchone()
    assert row
    # Its insertion has written an event of its own, of now.
    connection.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [row[0]])
    connection.execute(
        "INSERT INTO procrastinate_events (job_id, type, at)"
        " VALUES (%s, %s, now() - make_interval(days => %s))",
        [row[0], status, days],
    )


def defer(task: str, environment: dict[str, str], **arguments: object) -> None:
    """Queues a job as the command line does."""
    command = [*COMMAND, "defer", task, json.dumps(arguments)]
    subprocess.run(command, env=environment, check=True, capture_output=True)


def queued(connection: "psycopg.Connection[tuple[str]]") -> set[str]:
    """The tasks that wait for a worker; each worker queues the periodic ones when it starts."""
    rows = connection.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")
    return {row[0] for row in rows}


def statuses(connection: "psycopg.Connection[tuple[str]]") -> list[str]:
    rows = connection.execute(
        "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'stall_once'"
    )
    return [row[0] for row in rows]
