"""The files of a batch: encrypted in a folder of their own, plain only in rooms that are swept.

A file appears whole or not at all, so a worker may be killed anywhere and begin again.
"""

import fcntl
import os
import secrets
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.conf import settings

from jineng.core.crypto import CHUNK, create_encrypted, encrypt_file, open_encrypted
from jineng.core.uploads import RECEIVING

if TYPE_CHECKING:  # Arrow takes long to import, and the site is to answer before
    import numpy as np
    import pyarrow as pa

BATCHES = "batches"
PLAIN = "plain"
HANDED_IN = ("claims", "history")
#: An explanation reads the groups of lines in which its person stands, not the whole file.
ROWS_IN_A_GROUP = 20_000
#: So many are written before it is told how far that is.
GROUPS_AT_ONCE = 8
#: No request or job lasts longer: what is older and belongs to nothing was left behind.
LEFT_BEHIND_SECONDS = 3600


@dataclass(frozen=True)
class BatchFiles:
    """The encrypted files of one batch, by what they hold.

    ``claims``, ``history``: as handed in; ``facts``, ``past``: read and typed, with each line's
    row in the file; ``problems``: what is wrong and where; ``marked``, ``marked_history``: copies
    with the errors marked; ``decisions``: the columns of ``policy.OUT``, and what the list shows
    beside them; ``list``, ``names``: what `listing` makes of these; ``run-…``: what a run made.
    """

    batch_id: uuid.UUID

    @property
    def folder(self) -> Path:
        """The folder of the batch."""
        return _batches() / str(self.batch_id)

    def path(self, name: str) -> Path:
        """Where a file of this name lies."""
        return self.folder / name

    def make_folder(self) -> None:
        """Makes the folder, readable by its owner alone."""
        self.folder.mkdir(mode=0o700, parents=True)

    def delete(self) -> None:
        """Deletes all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def delete_made(self) -> None:
        """Deletes all but what was handed in."""
        with suppress(FileNotFoundError):
            for path in self.folder.iterdir():
                if path.name not in HANDED_IN:
                    path.unlink(missing_ok=True)

    def delete_runs(self) -> None:
        """Deletes what runs made."""
        for path in self.folder.glob("run-*"):
            path.unlink(missing_ok=True)

    @contextmanager
    def _aside(self, name: str) -> Iterator[Path]:
        """A path that takes the name's place once it is written to the end."""
        aside = self.folder / f".{name}-{secrets.token_hex(8)}"
        try:
            yield aside
            with aside.open("rb") as file:
                os.fsync(file.fileno())
            aside.replace(self.path(name))
        finally:
            aside.unlink(missing_ok=True)

    def seal(self, name: str, plain: Path) -> None:
        """Keeps a plain file, encrypted."""
        with self._aside(name) as aside:
            encrypt_file(plain, aside)

    def unseal(self, name: str, target: Path) -> Path:
        """Writes a file in plain; only into a plain room."""
        with open_encrypted(self.path(name)) as sealed, target.open("xb") as plain:
            shutil.copyfileobj(sealed, plain, CHUNK)
        return target

    def write_table(
        self,
        name: str,
        table: "pa.Table",
        *,
        lines_in_a_group: int = ROWS_IN_A_GROUP,
        told: Callable[[int, int], None] | None = None,
        repeating: bool = True,
    ) -> None:
        """Keeps a table, encrypted. ``told``: is told of lines written, and of how many.

        ``repeating``: whether its values do, so that they are better written once.
        """
        import pyarrow.parquet as pq

        step, count = lines_in_a_group * GROUPS_AT_ONCE, table.num_rows
        with (
            self._aside(name) as aside,
            create_encrypted(aside) as sealed,
            pq.ParquetWriter(
                sealed, table.schema, compression="zstd", use_dictionary=repeating
            ) as file,
        ):
            for start in range(0, max(count, 1), step):
                file.write_table(table.slice(start, step), row_group_size=lines_in_a_group)
                if told:
                    told(min(start + step, count), count)

    def write_arrow(self, name: str, table: "pa.Table") -> None:
        """Keeps a table that is always read whole, in the form that it has in memory."""
        import pyarrow as pa

        with (
            self._aside(name) as aside,
            create_encrypted(aside) as sealed,
            pa.ipc.new_file(sealed, table.schema) as file,
        ):
            file.write_table(table.combine_chunks())

    def read_arrow(self, name: str) -> "pa.Table":
        """A table that `write_arrow` kept. Raises as `read_table` does."""
        import pyarrow as pa

        with open_encrypted(self.path(name)) as sealed:
            return pa.ipc.open_file(pa.py_buffer(sealed.read())).read_all()

    def take(self, name: str, places: "np.ndarray", columns: Iterable[str]) -> "pa.Table":
        """Lines of a kept table by their places, in the order of these; few groups are read."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        with open_encrypted(self.path(name)) as sealed, pq.ParquetFile(sealed) as file:
            head, names = file.metadata, list(columns)
            sizes = [head.row_group(group).num_rows for group in range(head.num_row_groups)]
            ends = np.cumsum(sizes)
            groups = np.searchsorted(ends, places, side="right")
            parts = []
            for group in np.unique(groups).tolist():
                inside = places[groups == group] - (ends[group] - sizes[group])
                part = file.read_row_group(group, columns=names)
                parts.append(part.take(pa.array(inside)))
            if not parts:
                return file.schema_arrow.empty_table().select(names)
            # Group by group they were read; as they were asked for they are given.
            back = np.empty(len(places), dtype=np.int64)
            back[np.argsort(groups, kind="stable")] = np.arange(len(places))
            return pa.concat_tables(parts).take(pa.array(back))

    def read_table(self, name: str, columns: list[str] | None = None) -> "pa.Table":
        """A table that was kept, or some of its columns.

        Raises FileNotFoundError, or Unreadable where it isn't as it was written.
        """
        import pyarrow.parquet as pq

        with open_encrypted(self.path(name)) as sealed, pq.ParquetFile(sealed) as file:
            return file.read(columns=columns)

    def lines_of_person(self, name: str, person_id: str) -> "pa.Table":
        """The lines of a kept table that are one person's, found a group of lines at a time."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        with open_encrypted(self.path(name)) as sealed, pq.ParquetFile(sealed) as file:
            parts = []
            for group in range(file.num_row_groups):
                persons = file.read_row_group(group, columns=["person_id"])["person_id"]
                mine = pc.equal(persons, person_id)
                if pc.any(mine).as_py():
                    parts.append(file.read_row_group(group).filter(mine))
            return pa.concat_tables(parts) if parts else file.schema_arrow.empty_table()


def _batches() -> Path:
    folder: Path = settings.UPLOADS_ROOT / BATCHES
    return folder


def leftover_batches(known: set[uuid.UUID]) -> list[BatchFiles]:
    """Folders of batches that nobody knows any more, an hour after they were last changed."""
    left = []
    with suppress(FileNotFoundError):
        for folder in _batches().iterdir():
            with suppress(ValueError):
                batch_id = uuid.UUID(folder.name)
                if batch_id not in known and _is_old(folder):
                    left.append(BatchFiles(batch_id))
    return left


def sweep_receiving() -> None:
    """Deletes what was left of uploads whose request was killed."""
    for path in (settings.UPLOADS_ROOT / RECEIVING).glob("*"):
        if _is_old(path):
            path.unlink(missing_ok=True)


def _is_old(path: Path) -> bool:
    try:
        return path.stat().st_mtime < time.time() - LEFT_BEHIND_SECONDS
    except FileNotFoundError:
        return False


@contextmanager
def plain_room() -> Iterator[Path]:
    """A private folder for plain copies, which libraries want to see as files; gone at the end.

    Its lock ends with the process, however that ends; `sweep_plain_rooms` deletes unlocked rooms.
    """
    root = settings.UPLOADS_ROOT / PLAIN
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    room = root / secrets.token_hex(16)
    with room.with_suffix(".lock").open("w") as lock:
        # Before there is a room, so that nobody ever sees one without its lock.
        fcntl.flock(lock, fcntl.LOCK_EX)
        room.mkdir(mode=0o700)
        try:
            yield room
        finally:
            _delete_room(room)


def sweep_plain_rooms() -> None:
    """Deletes the rooms of processes that were killed."""
    for room in (settings.UPLOADS_ROOT / PLAIN).glob("*"):
        if room.suffix == ".lock":
            if not room.with_suffix("").exists() and _is_old(room):
                room.unlink(missing_ok=True)
            continue
        try:
            with room.with_suffix(".lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _delete_room(room)
        except BlockingIOError:
            continue


def _delete_room(room: Path) -> None:
    shutil.rmtree(room, ignore_errors=True)
    if not room.exists():
        room.with_suffix(".lock").unlink(missing_ok=True)


def opened_and_gone(path: Path) -> IO[bytes]:
    """A plain file opened for reading, its name already deleted: it goes with its last reader."""
    file = path.open("rb")
    path.unlink()
    return file
