"""Writes a backup of the whole site."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from jineng import __version__
from jineng.claims.files import PLAIN
from jineng.config.backup import Refused, keysafe, tables
from jineng.config.backup.archive import DUMP, KEYS, Writer, writing
from jineng.config.backup.servers import Place, to_back_up
from jineng.config.backup.tools import Tools
from jineng.config.folders import Folders
from jineng.core.locks import SEALING
from jineng.core.uploads import RECEIVING

Progress = Callable[[str, int, int], None]


def backup(
    folders: Folders, out: Path, *, passphrase: str | None, progress: Progress
) -> dict[str, Any]:
    """Writes the new file `out`; what its manifest says. Raises Refused.

    With a passphrase, the keys are in it too, sealed. The site may run meanwhile.
    """
    if out.exists():
        raise Refused(f"{out} 已存在，请换一个文件名。")
    with to_back_up(folders) as place, writing(out) as writer:
        manifest = _database(place, folders, writer, progress)
        for path in _uploads(folders):
            writer.add(f"uploads/{path.relative_to(folders.uploads).as_posix()}", path)
        manifest["keys"] = keysafe.marks(folders.keys)
        if passphrase is not None:
            writer.add_bytes(KEYS, keysafe.seal(keysafe.held(folders.keys), passphrase))
        writer.close(manifest)
    return manifest


def _database(place: Place, folders: Folders, writer: Writer, progress: Progress) -> dict[str, Any]:
    """Dump and manifest of one snapshot, and the seals as they stood in it."""
    with (
        TemporaryDirectory(dir=writer.folder, prefix=".backup-") as room,
        psycopg.connect(place.roles.owner.text, autocommit=True) as connection,
    ):
        tools = Tools.for_server(tables.server_release(connection))
        with ExitStack() as between_sealings:
            connection.execute("SELECT pg_advisory_lock(%s)", [SEALING])
            between_sealings.callback(
                connection.execute, "SELECT pg_advisory_unlock(%s)", [SEALING]
            )
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
            for path in sorted(folders.seals.glob("*")):
                writer.add(f"seals/{path.name}", path)
        assert snapshot is not None
        progress("dump", 0, 0)
        tools.dump(place.roles.owner, Path(room) / DUMP, str(snapshot[0]))
        manifest = {
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "version": __version__,
            "server": tables.server_release(connection),
            "migrations": tables.migrations(connection),
            "tables": tables.tables(connection, progress),
            "rights": tables.rights(connection, place.app) if place.app else None,
        }
        connection.execute("ROLLBACK")
        writer.add(DUMP, Path(room) / DUMP)
    return manifest


def _uploads(folders: Folders) -> list[Path]:
    """Files that are kept: none that is still being received, or lies in plain for a moment."""
    passing = {RECEIVING, PLAIN}
    return [
        path
        for path in sorted(folders.uploads.rglob("*"))
        if path.is_file()
        and not path.name.startswith(".")
        and path.relative_to(folders.uploads).parts[0] not in passing
    ]
