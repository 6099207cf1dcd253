"""New master and file keys take the place of old ones; each step is whole or was never begun.

A key that is put in front of its ring seals whatever is new at once. What was sealed before stays
readable as long as its key is in the ring; this brings it under the new one, so that the old can
go. Both may be killed at any point and run again: what is done is not done twice.
"""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models.functions import Coalesce, Now

from jineng.core.crypto import CHUNK, Unreadable, create_encrypted, key_of, open_encrypted
from jineng.core.events import acting, noted
from jineng.core.models import DataKey
from jineng.core.seal import Progress
from jineng.core.sealed import unwrap, wrap
from jineng.core.uploads import RECEIVING

ASIDE = ".rekeyed"


def rewrap_data_keys(progress: Progress) -> int:
    """Wraps each data key by the first master key; how many were not. Raises Unreadable.

    They seal nothing new from then on: whoever got hold of the old master key may know them.
    """
    first = next(iter(settings.DATA_KEYS))
    others = DataKey.objects.exclude(master=first)
    numbers = list(others.order_by("pk").values_list("pk", flat=True))
    for done, number in enumerate(numbers, 1):
        with acting(by=None, why=f"master key {first}"):
            row = others.select_for_update().filter(pk=number).first()
            if row is not None:
                noted("rewrapped", row, master=[row.master, first])
                row.master, row.wrapped = wrap(unwrap(row.master, bytes(row.wrapped)))
                DataKey.objects.filter(pk=number).update(
                    master=row.master,
                    wrapped=row.wrapped,
                    retired_at=Coalesce("retired_at", Now()),
                )
        progress("data", done, len(numbers))
    return len(numbers)


def master_keys_used() -> Counter[str]:
    """How many data keys each master key wraps."""
    return Counter(DataKey.objects.values_list("master", flat=True).iterator())


def reencrypt_files(progress: Progress) -> tuple[int, list[Path]]:
    """Encrypts each kept file anew by the first file key; how many were not, and which can't be.

    A file changes from one to the other in one step; who reads it meanwhile reads on.
    """
    first = next(iter(settings.FILE_KEYS))
    for left in settings.UPLOADS_ROOT.rglob(f".*{ASIDE}"):
        left.unlink(missing_ok=True)
    files = [path for path, key in _files() if key != first]
    unreadable = []
    for done, path in enumerate(files, 1):
        try:
            _reencrypt(path)
        except Unreadable:
            unreadable.append(path)
        progress("file", done, len(files))
    return len(files) - len(unreadable), unreadable


def file_keys_used() -> Counter[str]:
    """How many files each file key encrypts."""
    return Counter(key for _, key in _files())


def _files() -> Iterator[tuple[Path, str]]:
    """Files that are kept encrypted, with their keys; those still being written left out."""
    for path in sorted(settings.UPLOADS_ROOT.rglob("*")):
        parts = path.relative_to(settings.UPLOADS_ROOT).parts
        if RECEIVING not in parts and not path.name.startswith("."):
            try:
                key = key_of(path)
            except (FileNotFoundError, IsADirectoryError):
                continue
            if key is not None:
                yield path, key


def _reencrypt(path: Path) -> None:
    aside = path.with_name(f".{path.name}{ASIDE}")
    try:
        before = path.stat()
        with open_encrypted(path) as old, create_encrypted(aside) as new:
            shutil.copyfileobj(old, new, CHUNK)
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        os.utime(aside, ns=(before.st_atime_ns, before.st_mtime_ns))
        now = path.stat()
        # Whoever replaced it meanwhile did so by the new key.
        if (now.st_ino, now.st_mtime_ns) == (before.st_ino, before.st_mtime_ns):
            aside.replace(path)
    except FileNotFoundError:
        # Deleted meanwhile.
        pass
    finally:
        aside.unlink(missing_ok=True)
