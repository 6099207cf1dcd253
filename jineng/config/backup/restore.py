"""Brings a backup back: aside first, compared with its manifest, then into place."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from jineng.config.backup import Refused, keysafe, servers, tables
from jineng.config.backup.archive import DUMP, KEYS, Reader
from jineng.config.backup.servers import Place, to_restore
from jineng.config.backup.tools import Tools
from jineng.config.embedded import EmbeddedPostgres
from jineng.config.folders import Folders

Progress = Callable[[str, int, int], None]
ASIDE = "restoring"


@dataclass
class Restored:
    """What was restored.

    ``lacking``: keys that were in use and are not here (ring, id); ``replaced``: the folder in
    which lies what was here before.
    """

    tables: int
    rows: int
    files: int
    lacking: list[tuple[str, str]] = field(default_factory=list)
    replaced: Path | None = None


def restore(
    folders: Folders,
    source: Path,
    *,
    passphrase: str | None,
    replace: bool,
    progress: Progress,
) -> Restored:
    """Restores a backup into an empty place, or, with `replace`, in place of what is there.

    What is there is moved aside, not deleted; only a served database's tables are. Raises Refused,
    with nothing changed but in that last case, where the database is changed as a whole or not.
    """
    with servers.alone(folders), Reader(source) as reader:
        if not replace:
            _require_empty(folders)
        with _aside(folders) as aside:
            progress("extract", 0, 0)
            reader.extract(aside.var)
            opened = _open_keys(aside.var / KEYS, passphrase)
            if opened and not replace:
                _require_same_keys(opened, folders)
            with to_restore(aside) as place:
                _require_free(place, replace=replace)
                _database(reader.manifest, aside.var / DUMP, place, replace, progress)
            for name, text in opened.items():
                _write_key(aside.keys / name, text)
            replaced = _into_place(aside, folders)
    told = reader.manifest["tables"].values()
    return Restored(
        tables=len(told),
        rows=sum(table["rows"] for table in told),
        files=sum(name.startswith("uploads/") for name in reader.manifest["files"]),
        lacking=_lacking(reader.manifest["keys"], keysafe.marks(folders.keys)),
        replaced=replaced,
    )


def _require_empty(folders: Folders) -> None:
    places = {"上传的文件": folders.uploads}
    if not servers.served():
        places["数据库"] = folders.postgres
    for what, path in places.items():
        if any(one.is_file() for one in path.rglob("*")):
            raise Refused(f"{folders.var} 里已有{what}。确要换成备份，请加 --replace。")
    if (folders.seals / "roots").exists():
        raise Refused(f"{folders.seals} 里已有封存的根。确要换成备份，请加 --replace。")


@contextmanager
def _aside(folders: Folders) -> Iterator[Folders]:
    """New folders on the same disk; what a killed restore left goes first."""
    var = folders.var / ASIDE
    aside = Folders(var, var / "seals")
    EmbeddedPostgres(aside.postgres).stop()
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(mode=0o700, parents=True)
    try:
        yield aside
    finally:
        shutil.rmtree(var, ignore_errors=True)


def _open_keys(path: Path, passphrase: str | None) -> dict[str, str]:
    if not path.exists() or passphrase is None:
        return {}
    try:
        return keysafe.unseal(path.read_bytes(), passphrase)
    except keysafe.WrongPassphrase:
        raise Refused("口令不对，没有恢复。") from None


def _require_same_keys(opened: dict[str, str], folders: Folders) -> None:
    held = keysafe.held(folders.keys)
    other = [name for name, text in opened.items() if held.get(name, text) != text]
    if other:
        names = "、".join(other)
        raise Refused(
            f"{folders.keys} 里已有另外的密钥（{names}）。确要换成备份里的，请加 --replace。"
        )


def _write_key(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def _require_free(place: Place, *, replace: bool) -> None:
    with psycopg.connect(place.roles.owner.text) as connection:
        if others := tables.others_connected(connection):
            raise Refused(f"还有 {others} 个连接在使用数据库，请先停止网站。")
        if not replace and not tables.is_empty(connection):
            raise Refused("数据库里已有数据。确要换成备份，请加 --replace。")


def _database(
    manifest: dict[str, Any], dump: Path, place: Place, replace: bool, progress: Progress
) -> None:
    """Restores, gives rights anew, and compares with what was dumped."""
    with psycopg.connect(place.roles.owner.text) as connection:
        release = tables.server_release(connection)
    if release < manifest["server"]:
        raise Refused(
            f"备份来自 PostgreSQL {manifest['server']}，不能恢复到较旧的 PostgreSQL {release}。"
        )
    progress("restore", 0, 0)
    Tools.for_server(release).restore(dump, place.roles.owner, replace=replace)
    with psycopg.connect(place.roles.owner.text) as connection:
        if place.app and manifest["rights"] is not None:
            tables.give_rights(connection, place.app, manifest["rights"])
        elif place.app:
            tables.give_all(connection, place.app)
        wrong = _differences(manifest, connection, place, progress)
    if wrong:
        raise Refused(f"恢复的内容与备份不符：{'、'.join(wrong)}")


def _differences(
    manifest: dict[str, Any], connection: tables.Connection, place: Place, progress: Progress
) -> list[str]:
    there = tables.tables(connection, progress)
    names = sorted(there.keys() | manifest["tables"].keys())
    wrong = [name for name in names if there.get(name) != manifest["tables"].get(name)]
    wrong += tables.overtaken(connection)
    if place.app and manifest["rights"] is not None:
        rights = tables.rights(connection, place.app)
        wrong += [" ".join(right) for right in manifest["rights"] if right not in rights]
        wrong += [" ".join(right) for right in rights if right not in manifest["rights"]]
    return wrong


def _into_place(aside: Folders, folders: Folders) -> Path | None:
    """Moves what was restored to where it belongs, and what is there to a folder beside."""
    at = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    replaced = folders.var / f"replaced-{at}"
    for new, place in (
        (aside.postgres, folders.postgres),
        (aside.uploads, folders.uploads),
        (aside.seals, folders.seals),
        (aside.keys, folders.keys),
    ):
        if new == aside.keys and not new.exists():
            continue
        if new == aside.postgres and servers.served():
            continue
        if place.exists() and any(place.iterdir()):
            replaced.mkdir(mode=0o700, exist_ok=True)
            shutil.move(place, replaced / new.name)
        elif place.exists():
            place.rmdir()
        if new.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(new, place)
    return replaced if replaced.exists() else None


def _lacking(
    needed: dict[str, dict[str, str]], held: dict[str, dict[str, str]]
) -> list[tuple[str, str]]:
    return [
        (ring, name)
        for ring, keys in needed.items()
        for name, mark in keys.items()
        if held.get(ring, {}).get(name) != mark
    ]
