"""Encryption of files and of small values, so that a stolen disk tells nothing.

AES-256-GCM in chunks of a mebibyte (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015). Each file has
a key of its own, derived from a key of the ring and a random salt; each chunk's nonce holds its
place and whether it is the last, so that chunks swapped, repeated, dropped or cut off are noticed.

    magic "JNF1" · length of key id (1 byte) · key id · salt (32 bytes) · chunk · chunk · ...

A chunk is its ciphertext and a tag of 16 bytes. The head is authenticated with every chunk.
"""

import io
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

MAGIC = b"JNF1"
SALT = 32
TAG = 16
CHUNK = 1024 * 1024


class Unreadable(Exception):
    """The file or value was not written with a key of the ring, or has been changed or cut off."""


@dataclass(frozen=True)
class KeyRing:
    """Keys of 32 bytes by their id. The first encrypts; all decrypt, so a key can be replaced."""

    keys: dict[str, bytes]

    @classmethod
    def from_settings(cls) -> "KeyRing":
        """The ring in the setting FILE_KEYS."""
        return cls(settings.FILE_KEYS)

    def new_head(self) -> bytes:
        """The head of a new file: the id of the key in use, and a salt."""
        key_id = next(iter(self.keys)).encode()
        return MAGIC + bytes([len(key_id)]) + key_id + secrets.token_bytes(SALT)

    def cipher(self, head: bytes) -> AESGCM:
        """The cipher of the file with this head. Raises Unreadable for a key that is not known."""
        key_id = _key_id(head)
        if key_id not in self.keys:
            raise Unreadable(f"no key {key_id!r} in the ring")
        derive = HKDF(algorithm=SHA256(), length=32, salt=head[-SALT:], info=b"jineng file")
        return AESGCM(derive.derive(self.keys[key_id]))


def _key_id(head: bytes) -> str:
    return head[len(MAGIC) + 1 : -SALT].decode("ascii", "replace")


def key_of(path: Path) -> str | None:
    """The id of the key that encrypted a file; None for one that was not encrypted here."""
    with path.open("rb") as file:
        try:
            return _key_id(_read_head(file))
        except Unreadable:
            return None


def _read_head(file: BinaryIO) -> bytes:
    start = file.read(len(MAGIC) + 1)
    if start[:-1] != MAGIC:
        raise Unreadable("not a file that was encrypted here")
    rest = file.read(start[-1] + SALT)
    if len(rest) != start[-1] + SALT:
        raise Unreadable("the file is cut off")
    return start + rest


def _nonce(place: int, last: bool) -> bytes:
    return place.to_bytes(11, "big") + bytes([last])


class EncryptingFile(io.RawIOBase):
    """A file to write to; what is written reaches the disk encrypted. Nothing counts until closed.

    Used with `with`: after an exception the file is left without its last chunk, so unreadable.
    """

    def __init__(self, file: BinaryIO, ring: KeyRing | None = None) -> None:
        ring = ring or KeyRing.from_settings()
        self._file = file
        self._head = ring.new_head()
        self._cipher = ring.cipher(self._head)
        self._pending = bytearray()
        self._place = 0
        file.write(self._head)

    def writable(self) -> bool:
        """Always: this is a file to write to."""
        return True

    def write(self, data: "io.ReadableBuffer") -> int:  # type: ignore[name-defined]
        """Takes bytes; encrypts each chunk once something follows it."""
        self._pending += data
        while len(self._pending) > CHUNK:
            self._seal(bytes(self._pending[:CHUNK]), last=False)
            del self._pending[:CHUNK]
        return len(data)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._place, last), chunk, self._head))
        self._place += 1

    def close(self) -> None:
        """Writes the last chunk."""
        if not self.closed:
            self._seal(bytes(self._pending), last=True)
            self._pending.clear()
            self._file.close()
        super().close()

    def abandon(self) -> None:
        """Closes without the last chunk: what is on the disk stays unreadable."""
        self._file.close()
        super().close()

    def __exit__(self, kind: object, *rest: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()


class DecryptingFile(io.RawIOBase):
    """A file to read from, in any order. Raises Unreadable where a chunk was changed."""

    def __init__(self, file: BinaryIO, ring: KeyRing | None = None) -> None:
        ring = ring or KeyRing.from_settings()
        self._file = file
        self._head = _read_head(file)
        self._cipher = ring.cipher(self._head)
        self._at = 0
        self._chunk: tuple[int, bytes] = (-1, b"")
        sealed = file.seek(0, os.SEEK_END) - len(self._head)
        self._last = max(0, (sealed - 1) // (CHUNK + TAG))
        self.size = sealed - (self._last + 1) * TAG
        # The last chunk says of itself that it is: a file cut off is noticed before it is read.
        self._open(self._last)

    def _open(self, place: int) -> bytes:
        if self._chunk[0] != place:
            self._file.seek(len(self._head) + place * (CHUNK + TAG))
            sealed = self._file.read(CHUNK + TAG)
            try:
                nonce = _nonce(place, place == self._last)
                self._chunk = (place, self._cipher.decrypt(nonce, sealed, self._head))
            except InvalidTag:
                raise Unreadable(f"chunk {place} was changed, moved or cut off") from None
        return self._chunk[1]

    def readable(self) -> bool:
        """Always: this is a file to read from."""
        return True

    def seekable(self) -> bool:
        """Always: a chunk is found by its place."""
        return True

    def tell(self) -> int:
        """The place in the plain text."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Moves within the plain text."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: "io.WriteableBuffer", /) -> int:  # type: ignore[name-defined]
        """Fills the buffer up to the end of the chunk."""
        if self._at >= self.size:
            return 0
        place, offset = divmod(self._at, CHUNK)
        piece = self._open(place)[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        """Closes the file and forgets the chunk at hand."""
        self._chunk = (-1, b"")
        self._file.close()
        super().close()


def create_encrypted(path: Path) -> EncryptingFile:
    """A new file, readable by its owner alone, to write plain bytes to; it must not exist yet."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return EncryptingFile(os.fdopen(descriptor, "wb"))


def open_encrypted(path: Path) -> io.BufferedReader:
    """An encrypted file to read plain bytes from, with `seek`. Raises Unreadable."""
    file = path.open("rb")
    try:
        return io.BufferedReader(DecryptingFile(file), buffer_size=64 * 1024)
    except Unreadable:
        file.close()
        raise


def encrypt_file(source: Path, target: Path) -> None:
    """Writes `source` encrypted to the new file `target`."""
    with source.open("rb") as plain, create_encrypted(target) as sealed:
        shutil.copyfileobj(plain, sealed, CHUNK)


class _Bytes(io.BytesIO):
    """Keeps what was written after it is closed."""

    written = b""

    def close(self) -> None:
        self.written = self.getvalue()
        super().close()


def encrypt_bytes(plain: bytes) -> bytes:
    """A small value encrypted, in the form of a file."""
    sealed = _Bytes()
    with EncryptingFile(sealed) as file:
        file.write(plain)
    return sealed.written


def decrypt_bytes(sealed: bytes) -> bytes:
    """The value that `encrypt_bytes` was given. Raises Unreadable."""
    with DecryptingFile(io.BytesIO(sealed)) as file:
        return file.readall()
