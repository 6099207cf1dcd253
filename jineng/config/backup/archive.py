"""The one file of a backup: written whole or not at all, and read with suspicion."""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any

from jineng.config.backup import Refused

DUMP = "database.dump"
KEYS = "keys.sealed"
MANIFEST = "manifest.json"
CHECKSUM = "manifest.sha256"
FORMAT = 1
PIECE = 1024 * 1024


class Writer:
    """Adds files to a tar and keeps what the manifest is to say of them."""

    def __init__(self, tar: tarfile.TarFile, folder: Path) -> None:
        self.tar = tar
        #: Where there is room for what goes in.
        self.folder = folder
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, path: Path) -> None:
        """A file of the disk; one that was deleted meanwhile is left out."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return
        with file:
            self._add(name, file, os.fstat(file.fileno()).st_size)

    def add_bytes(self, name: str, content: bytes) -> None:
        """A file of these bytes."""
        self._add(name, BytesIO(content), len(content))

    def _add(self, name: str, file: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        passing = _Hashed(file)
        self.tar.addfile(member, passing)
        self.files[name] = {"bytes": size, "sha256": passing.total.hexdigest()}

    def close(self, manifest: dict[str, Any]) -> None:
        """Adds the manifest, which comes last."""
        whole = manifest | {"format": FORMAT, "files": dict(self.files)}
        text = json.dumps(whole, ensure_ascii=False, indent=1).encode()
        self.add_bytes(MANIFEST, text)
        self.add_bytes(CHECKSUM, f"{hashlib.sha256(text).hexdigest()}\n".encode())


class _Hashed:
    """A file that is hashed as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.total = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.total.update(piece)
        return piece


@contextmanager
def writing(out: Path) -> Iterator[Writer]:
    """A new backup, which appears as `out` once it is whole. Raises Refused."""
    part = out.with_name(f".{out.name}.part")
    part.unlink(missing_ok=True)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield Writer(tar, out.parent)
            file.flush()
            os.fsync(file.fileno())
        # Never in place of another.
        os.link(part, out)
    except FileExistsError:
        raise Refused(f"{out} 已存在，请换一个文件名。") from None
    finally:
        part.unlink(missing_ok=True)


class Reader:
    """A backup that was found whole: every file as the manifest says, and none beside."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.tar = tarfile.open(path)  # noqa: SIM115
            self.members = {member.name: member for member in self.tar.getmembers()}
        except (tarfile.TarError, EOFError) as wrong:
            raise Refused(f"{path} 不是备份文件，或者不完整：{wrong}") from None
        self.manifest = self._manifest()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.tar.close()

    def _manifest(self) -> dict[str, Any]:
        text, checksum = self.read(MANIFEST), self.read(CHECKSUM)
        if text is None or checksum is None:
            raise Refused(f"{self.path} 不是备份文件，或者不完整：没有清单。")
        if hashlib.sha256(text).hexdigest() != checksum.decode(errors="replace").strip():
            raise Refused(f"{self.path} 的清单已损坏。")
        manifest: dict[str, Any] = json.loads(text)
        if manifest.get("format") != FORMAT:
            raise Refused(f"{self.path} 是另一种格式的备份（{manifest.get('format')}）。")
        return manifest

    def read(self, name: str) -> bytes | None:
        """A small file."""
        member = self.members.get(name)
        file = self.tar.extractfile(member) if member and member.isreg() else None
        return file.read() if file else None

    def extract(self, into: Path) -> None:
        """Writes all files but the manifest. Raises Refused, naming one that is not as it was."""
        listed = self.manifest["files"]
        for name in self.members.keys() ^ {*listed, MANIFEST, CHECKSUM}:
            raise Refused(f"备份已损坏：文件 {name} 与清单不符。")
        for name, told in listed.items():
            self._extract(name, told, into)

    def _extract(self, name: str, told: dict[str, Any], into: Path) -> None:
        member, place = self.members[name], PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts or not member.isreg():
            raise Refused(f"备份已损坏：不能接受的文件 {name}。")
        target = into / place
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        total, source = hashlib.sha256(), self.tar.extractfile(member)
        assert source is not None
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with source, os.fdopen(descriptor, "wb") as file:
            while piece := source.read(PIECE):
                total.update(piece)
                file.write(piece)
        if total.hexdigest() != told["sha256"]:
            raise Refused(f"备份已损坏：文件 {name} 与清单不符。")
