"""Secret keys: made once, read by their owner alone, replaced from the environment."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jineng.config import keys


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JINENG_SECRET_KEY", raising=False)
    monkeypatch.delenv("JINENG_SEAL_KEY", raising=False)
    for ring in ("FILE", "DATA", "LOOKUP"):
        monkeypatch.delenv(f"JINENG_{ring}_KEYS", raising=False)


def test_a_key_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    assert keys.secret_key(folder) == keys.secret_key(folder)
    assert keys.file_keys(folder) == keys.file_keys(folder)
    assert len(keys.secret_key(folder)) >= 50
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {path.name for path in folder.iterdir()} == {"secret_key", "file_keys"}


def test_of_many_that_start_at_once_all_have_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(keys.secret_key, [tmp_path / "keys"] * 64))
    assert len(set(made)) == 1


def test_each_place_has_its_own(tmp_path: Path) -> None:
    assert keys.secret_key(tmp_path / "a") != keys.secret_key(tmp_path / "b")


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINENG_SECRET_KEY", "from outside")
    new, old = (base64.b64encode(letter * 32).decode() for letter in (b"n", b"o"))
    monkeypatch.setenv("JINENG_FILE_KEYS", f"new:{new}, old:{old}")
    assert keys.secret_key(tmp_path) == "from outside"
    assert list(keys.file_keys(tmp_path).items()) == [("new", b"n" * 32), ("old", b"o" * 32)]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ring", ["k1", "k1:", "k1:c2hvcnQ=", ":" + "A" * 44, "k1:not base64!"])
def test_a_key_that_is_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ring: str
) -> None:
    monkeypatch.setenv("JINENG_FILE_KEYS", ring)
    with pytest.raises(ValueError, match=repr(ring.partition(":")[0])):
        keys.file_keys(tmp_path)


def test_the_key_that_signs_roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = keys.seal_key(tmp_path)
    assert len(made) == 32
    assert keys.seal_key(tmp_path) == made
    monkeypatch.setenv("JINENG_SEAL_KEY", base64.b64encode(b"s" * 32).decode())
    assert keys.seal_key(tmp_path) == b"s" * 32
    monkeypatch.setenv("JINENG_SEAL_KEY", "c2hvcnQ=")
    with pytest.raises(ValueError, match="JINENG_SEAL_KEY"):
        keys.seal_key(tmp_path)
