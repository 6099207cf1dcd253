"""Encrypted files: what comes out is what went in, or nothing at all."""

import contextlib
import io
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jineng.core.crypto import (
    CHUNK,
    TAG,
    DecryptingFile,
    EncryptingFile,
    KeyRing,
    Unreadable,
    create_encrypted,
    decrypt_bytes,
    encrypt_bytes,
    encrypt_file,
    open_encrypted,
)

OLD = KeyRing({"old": b"o" * 32})
NEW = KeyRing({"new": b"n" * 32, "old": b"o" * 32})
HEAD = len(OLD.new_head())
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7]


def sealed(tmp_path: Path, plain: bytes) -> Path:
    path = tmp_path / "sealed"
    with create_encrypted(path) as file:
        file.write(plain)
    return path


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_back(tmp_path: Path, size: int) -> None:
    plain = os.urandom(size)
    source = tmp_path / "plain"
    source.write_bytes(plain)
    encrypt_file(source, tmp_path / "sealed")
    with open_encrypted(tmp_path / "sealed") as file:
        assert file.read() == plain
    written = (tmp_path / "sealed").read_bytes()
    assert size < 16 or plain[:16] not in written
    assert (tmp_path / "sealed").stat().st_mode & 0o777 == 0o600


@given(plain=st.binary(max_size=300))
def test_a_value_comes_back(plain: bytes) -> None:
    assert decrypt_bytes(encrypt_bytes(plain)) == plain


def test_the_same_value_never_looks_the_same() -> None:
    assert encrypt_bytes(b"value") != encrypt_bytes(b"value")


@given(
    moves=st.lists(
        st.tuples(st.integers(0, 2 * CHUNK + 50), st.sampled_from([1, 100, CHUNK, CHUNK + 9]))
    )
)
def test_any_place_can_be_read_in_any_order(moves: list[tuple[int, int]]) -> None:
    plain = bytes(range(256)) * (2 * CHUNK // 256) + b"the end"
    written = Kept()
    with EncryptingFile(written, OLD) as file:
        file.write(plain)
    with io.BufferedReader(DecryptingFile(io.BytesIO(written.kept), OLD)) as opened:
        for place, length in moves:
            opened.seek(place)
            assert opened.read(length) == plain[place : place + length]


class Kept(io.BytesIO):
    """Remembers what was written after it is closed."""

    kept = b""

    def close(self) -> None:
        self.kept = self.getvalue()
        super().close()


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


CHANGES: dict[str, Any] = {
    "a bit of the salt": lambda data: flipped(data, HEAD - 1),
    "a bit of the first chunk": lambda data: flipped(data, HEAD),
    "a bit of the last tag": lambda data: flipped(data, len(data) - 1),
    "the last byte cut off": lambda data: data[:-1],
    "the last chunk cut off": lambda data: data[: HEAD + 2 * (CHUNK + TAG)],
    "all chunks cut off": lambda data: data[:HEAD],
    "half of the head": lambda data: data[: HEAD // 2],
    "nothing left": lambda data: b"",
    "something added": lambda data: data + b"\0" * 100,
    "two chunks swapped": lambda data: (
        data[:HEAD]
        + data[HEAD + CHUNK + TAG : HEAD + 2 * (CHUNK + TAG)]
        + data[HEAD : HEAD + CHUNK + TAG]
        + data[HEAD + 2 * (CHUNK + TAG) :]
    ),
    "a chunk repeated": lambda data: data[: HEAD + CHUNK + TAG] + data[HEAD:],
    "not one of ours": lambda data: b"PK\3\4" + data[4:],
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_noticed(tmp_path: Path, what: str) -> None:
    path = sealed(tmp_path, os.urandom(2 * CHUNK + 5))
    path.write_bytes(CHANGES[what](path.read_bytes()))
    with pytest.raises(Unreadable), open_encrypted(path) as file:
        file.read()


def test_what_was_broken_off_stays_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "sealed"
    with contextlib.suppress(RuntimeError), create_encrypted(path) as file:
        file.write(os.urandom(3 * CHUNK))
        raise RuntimeError
    with pytest.raises(Unreadable):
        open_encrypted(path)


def test_a_key_can_be_replaced() -> None:
    written = Kept()
    with EncryptingFile(written, OLD) as file:
        file.write(b"of old")
    assert DecryptingFile(io.BytesIO(written.kept), NEW).readall() == b"of old"
    with EncryptingFile(again := Kept(), NEW) as file:
        file.write(b"of now")
    with pytest.raises(Unreadable, match="new"):
        DecryptingFile(io.BytesIO(again.kept), OLD)
