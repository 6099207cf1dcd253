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


#: The rings, by the names that operators use, with what each is for.
RINGS = {"data": "JINENG_DATA_KEYS", "lookup": "JINENG_LOOKUP_KEYS", "file": "JINENG_FILE_KEYS"}


def add_key(folder: Path, ring: str) -> str:
    """Puts a new key in front of a ring that is kept in a file; its id. Raises ValueError."""
    held = _changeable(folder, ring)
    numbers = [int(name[1:]) for name in held if name[:1] == "k" and name[1:].isdecimal()]
    made = f"k{max(numbers, default=0) + 1}"
    _replace(folder / f"{ring}_keys", {made: secrets.token_bytes(LENGTH)} | held)
    return made


def drop_key(folder: Path, ring: str, key_id: str) -> None:
    """Takes a key that is not in use out of a ring that is kept in a file. Raises ValueError."""
    held = _changeable(folder, ring)
    if next(iter(held)) == key_id:
        raise ValueError(f"{RINGS[ring]}: key {key_id!r} is in use")
    if held.pop(key_id, None) is None:
        raise ValueError(f"{RINGS[ring]}: there is no key {key_id!r}")
    _replace(folder / f"{ring}_keys", held)


def _changeable(folder: Path, ring: str) -> dict[str, bytes]:
    if os.environ.get(RINGS[ring]):
        raise ValueError(f"{RINGS[ring]} is set in the environment")
    return _ring(RINGS[ring], folder / f"{ring}_keys")


def _replace(path: Path, ring: dict[str, bytes]) -> None:
    """Whole or not at all: a ring that is lost is all that was sealed with it."""
    text = ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in ring.items())
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    _write(aside, text)
    aside.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


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
        _write(aside, make())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text().strip()
