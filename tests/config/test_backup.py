"""Backup and restore: what comes back is what was there, and works like it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psutil
import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from jineng.config.database import DatabaseUrl, Roles, prepare
from jineng.core.crypto import KeyRing
from tests.config.backups import (
    PASSPHRASE,
    Rows,
    contents,
    jineng,
    make_site,
    running,
)
from tests.conftest import new_var
from tests.stand import Demo, running_demo, with_database

pytestmark = pytest.mark.xdist_group("backup")
WITH_KEYS = {"JINENG_BACKUP_PASSPHRASE": PASSPHRASE}


@pytest.fixture(scope="module")
def site_var() -> Path:
    var = new_var()
    make_site(var)
    return var


@pytest.fixture(scope="module")
def there(site_var: Path) -> Rows:
    with running(site_var) as roles:
        return contents(roles.owner)


@pytest.fixture(scope="module")
def backup(site_var: Path, there: Rows) -> Path:
    out = site_var / "backup.tar"
    said = jineng("backup", out, "--with-keys", var=site_var, environment=WITH_KEYS)
    assert f"{sum(map(len, there.values())):,} 行" in said
    return out


@pytest.fixture(scope="module")
def restored(backup: Path) -> Path:
    var = new_var()
    said = jineng("restore", backup, var=var, environment=WITH_KEYS)
    assert "1 个上传的文件，与备份逐一相符" in said
    assert "缺少" not in said
    return var


def test_every_row_of_every_table_is_back(restored: Path, there: Rows) -> None:
    with running(restored) as roles:
        assert contents(roles.owner) == there
    assert there["people_person"]
    assert there["core_event"]
    assert there["core_root"]


def test_files_keys_and_seals_are_back(site_var: Path, restored: Path) -> None:
    def files(var: Path, *folders: str) -> dict[str, bytes]:
        return {
            path.relative_to(var).as_posix(): path.read_bytes()
            for folder in folders
            for path in (var / folder).rglob("*")
            if path.is_file()
        }

    assert files(restored, "keys", "seals") == files(site_var, "keys", "seals")
    (name,) = files(restored, "uploads")
    assert name == "uploads/batches/one/claims"
    assert (restored / name).read_bytes() == (site_var / name).read_bytes()
    private = [path for path in restored.rglob("*") if "postgres" not in path.parts]
    assert {path.stat().st_mode & 0o077 for path in private if path.is_file()} <= {0, 0o044}
    assert {path.stat().st_mode & 0o077 for path in (restored / "keys").iterdir()} == {0}
    assert sorted(path.name for path in restored.iterdir()) == [
        "keys",
        "postgres",
        "run",
        "seals",
        "uploads",
    ]


def rights(url: DatabaseUrl) -> list[tuple[object, ...]]:
    with psycopg.connect(url.text) as connection:
        return connection.execute(
            "SELECT relname, relowner::regrole::text, acl.grantee::regrole::text, privilege_type"
            " FROM pg_class, aclexplode(relacl) acl"
            " WHERE relnamespace = 'public'::regnamespace"
            " UNION ALL SELECT oid::regprocedure::text, proowner::regrole::text,"
            "  acl.grantee::regrole::text, privilege_type"
            " FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) acl"
            " WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2, 3, 4"
        ).fetchall()


def made_of(url: DatabaseUrl) -> set[tuple[object, ...]]:
    """Constraints, indexes, triggers, functions, defaults and the numbers that come next.

    Without casts and brackets, which the server writes otherwise once it has read them again.
    """
    with psycopg.connect(url.text) as connection:
        found = connection.execute(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace"
            " UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT tgrelid::regclass::text, pg_get_triggerdef(oid)"
            "  FROM pg_trigger WHERE NOT tgisinternal"
            " UNION ALL SELECT oid::regprocedure::text, pg_get_functiondef(oid)"
            "  || proowner::regrole::text"
            "  FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " UNION ALL SELECT attrelid::regclass::text || attname,"
            "  format_type(atttypid, atttypmod) || attnotnull || attidentity::text"
            "  || coalesce(pg_get_expr(adbin, adrelid), '')"
            "  FROM pg_attribute a JOIN pg_class ON pg_class.oid = attrelid"
            "  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
            "  WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped"
            " UNION ALL SELECT sequencename, coalesce(last_value, 0)::text FROM pg_sequences"
        )
        casts = re.compile(r"::(character varying|text)(\[\])?|[()\[\]]")
        return {(name, casts.sub("", what)) for name, what in found}


def test_it_is_made_of_the_same(site_var: Path, restored: Path) -> None:
    with running(site_var) as roles:
        before, owned = made_of(roles.owner), rights(roles.owner)
    with running(restored) as roles:
        assert made_of(roles.owner) == before
        assert rights(roles.owner) == owned
    assert ("core_event", "owner", "app", "SELECT") in owned
    assert ("core_event", "owner", "app", "UPDATE") not in owned


def test_it_goes_on_as_before(restored: Path, backup: Path) -> None:
    """The next row gets the next number, is in the log, and the log can't be changed."""
    var = new_var()
    jineng("restore", backup, var=var, environment=WITH_KEYS)
    with running(var) as roles:
        with psycopg.connect(roles.app.text, autocommit=True) as app:
            (last,) = app.execute("SELECT max(id) FROM core_event").fetchone() or (0,)
            (made,) = app.execute(
                "INSERT INTO people_organisation (credit_code, name, size, industry, bank_name,"
                " name_key, name_tokens)"
                " VALUES ('AAAAAAAAAAAAAAAAAA', '新单位', '', '', '', '', '') RETURNING id"
            ).fetchone() or (0,)
            event = app.execute(
                "SELECT kind, row_id, db_user FROM core_event WHERE id > %s", [last]
            ).fetchall()
            assert event == [("insert", str(made), "app")]
            for forbidden in (
                "UPDATE core_event SET why = ''",
                "DELETE FROM core_seal",
                "TRUNCATE people_person",
                "INSERT INTO core_event (kind, table_name) VALUES ('a', 'b')",
                "CREATE TABLE more (id int)",
            ):
                with pytest.raises(InsufficientPrivilege):
                    app.execute(forbidden.encode())
        with psycopg.connect(roles.owner.text, autocommit=True) as owner:
            owner.execute("CREATE TABLE made_later (id int)")
            granted = owner.execute(
                "SELECT has_table_privilege('app', 'made_later', 'INSERT')"
            ).fetchone()
            assert granted == (True,)
        on_it = {"DATABASE_URL": roles.app.text}
        # On another server, whose transactions are numbered anew.
        assert "尚未封存 2 条" in jineng("audit", "verify", var=var, environment=on_it)
        assert "封存 2 条" in jineng("audit", "seal", var=var, environment=on_it)
        assert "一切相符" in jineng("audit", "verify", var=var, environment=on_it)


def test_nothing_that_is_there_is_written_over(site_var: Path, backup: Path, there: Rows) -> None:
    assert "已存在" in jineng("backup", backup, var=site_var, status=1)
    said = jineng("restore", backup, var=site_var, status=1, environment=WITH_KEYS)
    assert "--replace" in said
    with running(site_var) as roles:
        assert contents(roles.owner) == there


def test_killed_in_the_middle_and_begun_anew(backup: Path, there: Rows) -> None:
    var = new_var()
    process = subprocess.Popen(
        [sys.executable, "-m", "jineng.cli", "restore", backup],
        env=os.environ | {"JINENG_VAR": str(var)} | WITH_KEYS,
    )
    started, give_up = var / "restoring" / "postgres" / "postmaster.pid", time.monotonic() + 60
    while not started.exists():
        assert time.monotonic() < give_up
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (var / "postgres").exists()
    assert "逐一相符" in jineng("restore", backup, var=var, environment=WITH_KEYS)
    with running(var) as roles:
        assert contents(roles.owner) == there
    commands = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert not any(f"{var}/restoring" in word for command in commands for word in command)


def test_with_replace_what_is_there_is_put_aside(backup: Path, there: Rows) -> None:
    var = new_var()
    with running(var) as roles, psycopg.connect(roles.owner.text) as owner:
        owner.execute("CREATE TABLE own (id int)")
    (var / "uploads").mkdir()
    (var / "uploads" / "mine").write_text("mine")
    (var / "keys").mkdir()
    (var / "keys" / "secret_key").write_text("mine")
    assert "--replace" in jineng("restore", backup, var=var, status=1, environment=WITH_KEYS)
    said = jineng("restore", backup, "--replace", var=var, environment=WITH_KEYS)
    (aside,) = var.glob("replaced-*")
    assert str(aside) in said
    with running(var) as roles:
        assert contents(roles.owner) == there
    assert (aside / "uploads" / "mine").read_text() == "mine"
    assert (aside / "keys" / "secret_key").read_text() == "mine"
    with running(aside) as roles, psycopg.connect(roles.owner.text) as owner:
        assert owner.execute("SELECT count(*) FROM own").fetchone() == (0,)


def test_without_keys_it_says_what_is_lacking(site_var: Path, tmp_path: Path) -> None:
    out = tmp_path / "backup.tar"
    assert "其中没有密钥" in jineng("backup", out, var=site_var)
    assert out.stat().st_mode & 0o777 == 0o600
    with tarfile.open(out) as tar:
        assert "keys.sealed" not in tar.getnames()
    var = new_var()
    said = jineng("restore", out, var=var)
    for ring in ("主密钥", "查询密钥", "文件密钥"):
        assert f"缺少{ring} k1" in said
    shutil.copytree(site_var / "keys", (again := new_var()) / "keys")
    assert "缺少" not in jineng("restore", out, var=again)


def test_keys_open_with_the_passphrase_alone(backup: Path, site_var: Path) -> None:
    with tarfile.open(backup) as tar:
        names = tar.getnames()
        member = tar.extractfile("keys.sealed")
        assert member is not None
        sealed = member.read()
    assert names[-2:] == ["manifest.json", "manifest.sha256"]
    for kept in (site_var / "keys").iterdir():
        assert kept.read_bytes() not in backup.read_bytes()
    assert b"k1:" not in sealed
    var = new_var()
    wrong = {"JINENG_BACKUP_PASSPHRASE": "another passphrase"}
    assert "口令不对" in jineng("restore", backup, var=var, status=1, environment=wrong)
    assert not (var / "postgres").exists()
    assert "至少要 12 个字符" in jineng(
        "backup", var / "b.tar", "--with-keys", var=var, status=2, given="short\nshort\n"
    )


def changed(backup: Path, target: Path, name: str, *, cut: int | None = None) -> Path:
    """A copy of the backup in which one byte of a file is another."""
    whole = bytearray(backup.read_bytes())
    with tarfile.open(backup) as tar:
        member = tar.getmember(name)
    whole[member.offset_data + member.size // 2] ^= 1
    target.write_bytes(bytes(whole[:cut]))
    return target


@pytest.mark.parametrize(
    "name", ["database.dump", "uploads/batches/one/claims", "seals/roots", "manifest.json"]
)
def test_a_byte_that_changed_is_noticed(backup: Path, tmp_path: Path, name: str) -> None:
    var = new_var()
    said = jineng(
        "restore", changed(backup, tmp_path / "b", name), var=var, status=1, environment=WITH_KEYS
    )
    assert "损坏" in said
    assert {path.name for path in var.iterdir()} <= {"run"}


def test_what_is_no_backup_or_half_of_one(backup: Path, tmp_path: Path) -> None:
    var = new_var()
    (tmp_path / "note").write_text("a note")
    half = tmp_path / "half"
    half.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    with tarfile.open(tmp_path / "other", "w") as tar:
        tar.add(tmp_path / "note", "note")
    for path in (tmp_path / "note", half, tmp_path / "other"):
        assert "不是备份文件" in jineng("restore", path, var=var, status=1, environment=WITH_KEYS)
    assert jineng("restore", tmp_path / "nowhere", var=var, status=2)


def test_a_file_beside_the_listed_is_refused(backup: Path, tmp_path: Path) -> None:
    copy = tmp_path / "b"
    shutil.copy(backup, copy)
    (tmp_path / "note").write_text("a note")
    with tarfile.open(copy, "a") as tar:
        tar.add(tmp_path / "note", "../note")
    assert "损坏" in jineng("restore", copy, var=new_var(), status=1, environment=WITH_KEYS)


def test_the_manifest_tells_what_is_in_it(backup: Path, there: Rows) -> None:
    with tarfile.open(backup) as tar:
        member = tar.extractfile("manifest.json")
        assert member is not None
        manifest = json.load(member)
    assert {name: table["rows"] for name, table in manifest["tables"].items()} == {
        name: len(rows) for name, rows in there.items()
    }
    assert manifest["keys"].keys() == {"data", "lookup", "file"}
    assert manifest["migrations"]["people"][0] == "0001_initial"


def test_no_database_no_backup(tmp_path: Path) -> None:
    said = jineng("backup", tmp_path / "b.tar", var=new_var(), status=1)
    assert "还没有数据库" in said
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def site() -> Iterator[Demo]:
    """A site that runs, with nothing in it."""
    with running_demo(with_database(new_var())) as demo:
        yield demo


def test_while_the_site_runs(site: Demo, tmp_path: Path) -> None:
    out = tmp_path / "backup.tar"
    assert "已备份" in jineng("backup", out, var=site.var)
    assert "网站正在运行" in jineng("restore", out, "--replace", var=site.var, status=1)
    var = new_var()
    shutil.copytree(site.var / "keys", var / "keys")
    assert "逐一相符" in jineng("restore", out, var=var)
    with running_demo(var) as again, urlopen(f"{again.url}/accounts/login/") as page:
        assert page.status == 200


@pytest.fixture
def server(database_roles: Roles) -> Iterator[DatabaseUrl]:
    """A server of one's own with an empty database."""
    admin = database_roles.app.with_(options="", dbname="postgres")
    name = f"{database_roles.app.name}_served"
    with psycopg.connect(admin.text, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield admin.with_(dbname=name)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def test_from_the_embedded_to_a_server_and_back(
    server: DatabaseUrl, backup: Path, there: Rows, tmp_path: Path
) -> None:
    var, on_it = new_var(), {"DATABASE_URL": server.text}
    assert "逐一相符" in jineng("restore", backup, var=var, environment=on_it | WITH_KEYS)
    roles = prepare(server)
    assert contents(roles.owner) == there
    owned = {row for row in rights(roles.owner) if row[0] == "core_event"}
    assert owned >= {("core_event", "owner", "app", "SELECT")}
    assert ("core_event", "owner", "app", "UPDATE") not in owned
    out = tmp_path / "served.tar"
    assert "已备份" in jineng("backup", out, var=var, environment=on_it)
    assert "--replace" in jineng("restore", out, var=new_var(), status=1, environment=on_it)

    with psycopg.connect(roles.owner.text, autocommit=True) as owner:
        owner.execute("TRUNCATE people_person CASCADE")
        owner.execute("CREATE TABLE of_a_later_release (id int)")
        said = jineng("restore", out, "--replace", var=var, status=1, environment=on_it)
        assert "还有 1 个连接" in said
    assert "逐一相符" in jineng("restore", out, "--replace", var=var, environment=on_it)
    assert contents(roles.owner) == there
    shutil.copytree(var / "keys", (home := new_var()) / "keys")
    jineng("restore", out, var=home)
    with running(home) as embedded:
        assert contents(embedded.owner) == there


def test_what_fails_leaves_a_served_database_as_it_was(
    server: DatabaseUrl, backup: Path, there: Rows
) -> None:
    on_it = {"DATABASE_URL": server.text}
    jineng("restore", backup, var=new_var(), environment=on_it | WITH_KEYS)
    roles = prepare(server)
    with psycopg.connect(server.text, autocommit=True) as admin:
        # Not the owner's to drop.
        admin.execute("CREATE TABLE people_person_aside (id int)")
    said = jineng(
        "restore", backup, "--replace", var=new_var(), status=1, environment=on_it | WITH_KEYS
    )
    assert "must be owner" in said
    rows = contents(roles.owner.with_(options=""))
    assert rows.pop("people_person_aside") == []
    assert rows == there


@contextmanager
def logins(server: DatabaseUrl, *names: str) -> Iterator[list[DatabaseUrl]]:
    """Logins that may make no roles; the first owns the database."""
    made = [f"{name}_{server.name}" for name in names]

    def run(*statements: str, dbname: str = "postgres") -> None:
        with psycopg.connect(server.with_(dbname=dbname).text, autocommit=True) as admin:
            for statement in statements:
                admin.execute(statement.encode())

    run(*(f'CREATE ROLE "{name}" LOGIN' for name in made))
    run(f'ALTER DATABASE "{server.name}" OWNER TO "{made[0]}"')
    try:
        yield [server.with_(user=name) for name in made]
    finally:
        run(f'ALTER DATABASE "{server.name}" OWNER TO CURRENT_USER')
        run(*(f'DROP OWNED BY "{name}" CASCADE' for name in made), dbname=server.name)
        run(*(f'DROP ROLE "{name}"' for name in made))


def test_without_a_second_role(server: DatabaseUrl, backup: Path, there: Rows) -> None:
    """A login that owns its database and may make no roles does everything by itself."""
    with logins(server, "plain") as (plain,):
        var, on_it = new_var(), {"DATABASE_URL": plain.text}
        jineng("restore", backup, var=var, environment=on_it | WITH_KEYS)
        assert contents(plain) == there
        out = new_var() / "b.tar"
        jineng("backup", out, var=var, environment=on_it)
    home = new_var()
    jineng("restore", out, var=home)
    with running(home) as roles, psycopg.connect(roles.app.text) as app:
        assert app.execute("SELECT count(*) FROM people_person").fetchone() == (20,)


def test_two_logins_of_other_names(server: DatabaseUrl, backup: Path, there: Rows) -> None:
    with logins(server, "keeper", "worker") as (keeper, worker):
        on_it = {"DATABASE_URL": worker.text, "DATABASE_OWNER_URL": keeper.text}
        jineng("restore", backup, var=new_var(), environment=on_it | WITH_KEYS)
        assert contents(keeper) == there
        with psycopg.connect(worker.text, autocommit=True) as app:
            app.execute("UPDATE people_user SET username = 'x' WHERE username = 'later'")
            with pytest.raises(InsufficientPrivilege):
                app.execute("DELETE FROM core_event")


def test_uploads_open_with_the_restored_keys(restored: Path) -> None:
    from jineng.config import keys
    from jineng.core.crypto import DecryptingFile

    ring = KeyRing(keys.file_keys(restored / "keys"))
    with (restored / "uploads/batches/one/claims").open("rb") as file:
        assert DecryptingFile(file, ring).readall() == b"what was handed in"
