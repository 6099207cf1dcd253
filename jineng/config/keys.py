"""Secret keys: from the environment, or made once and kept in `var/keys`, readable by their owner.

`JINENG_SECRET_KEY` is Django's. The others are rings, as `id:base64,id:base64` with 32 bytes each:
`JINENG_FILE_KEYS` encrypts files, `JINENG_DATA_KEYS` wraps the keys that seal fields in the
database, `JINENG_LOOKUP_KEYS` makes the hashes by which sealed values are found. The first key of a
ring is in use; all of them open what was written before. `JINENG_SEAL_KEY` is one Ed25519 key, 32
bytes in base64, that signs the roots of the event log.
"""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

LENGTH = 32


def secret_key(folder: Path) -> str:
    """Django's signing key."""
    return os.environ.get("JINENG_SECRET_KEY") or _kept(
        folder / "secret_key", lambda: secrets.token_urlsafe(50)
    )


def file_keys(folder: Path) -> dict[str, bytes]:
    """The ring that encrypts files, by id. Raises ValueError, naming a key that can't be used."""
    return _ring("JINENG_FILE_KEYS", folder / "file_keys")


def data_keys(folder: Path) -> dict[str, bytes]:
    """The ring of master keys, by id. Raises ValueError, naming a key that can't be used."""
    return _ring("JINENG_DATA_KEYS", folder / "data_keys")


def lookup_keys(folder: Path) -> dict[str, bytes]:
    """The ring of look-up keys, by id. Raises ValueError, naming a key that can't be used."""
    return _ring("JINENG_LOOKUP_KEYS", folder / "lookup_keys")


def seal_key(folder: Path) -> bytes:
    """The key that signs roots. Raises ValueError where it can't be used."""
    written = os.environ.get("JINENG_SEAL_KEY") or _kept(folder / "seal_key", _new_secret)
    key = _decoded(written)
    if len(key) != LENGTH:
        raise ValueError("JINENG_SEAL_KEY is not 32 bytes in base64")
    return key


def make_all(folder: Path) -> None:
    """Makes what is neither in the environment nor kept yet. Raises ValueError."""
    for make in (secret_key, file_keys, data_keys, lookup_keys, seal_key):
        make(folder)


def _ring(variable: str, path: Path) -> dict[str, bytes]:
    written = os.environ.get(variable) or _kept(path, _new_key)
    ring: dict[str, bytes] = {}
    for part in written.split(","):
        key_id, _, encoded = part.strip().partition(":")
        key = _decoded(encoded)
        if not key_id or len(key) != LENGTH:
            raise ValueError(f"{variable}: key {key_id!r} is not 32 bytes in base64")
        ring[key_id] = key
    return ring


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return b""


def _new_secret() -> str:
    return base64.b64encode(secrets.token_bytes(LENGTH)).decode()


def _new_key() -> str:
    return f"k1:{_new_secret()}"


def _kept(path: Path, make: Callable[[], str]) -> str:
    """What the file holds; where it doesn't exist, a new value is written to it first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # Written aside and linked into place: of two processes that start at once one wins,
        # and neither ever reads half a key.
        aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text().strip()
