"""What a file really is, whatever its name says; and whether a workbook is safe to open."""

from __future__ import annotations

import mmap
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from jineng.claimsfile.errors import FileError, of_system

ENDINGS = (".csv", ".xlsx", ".parquet")

MAX_ENTRIES = 2_000
MAX_UNPACKED = 4 << 30
#: Parts smaller than this may be packed as tightly as they like.
SMALL_PART = 64 << 20
MAX_RATIO = 150
_BLOCK = 4 << 20

_ZIP, _CFB, _PARQUET, _SEALED_PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"PARE"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”"


def damaged() -> FileError:
    """The error for a workbook that can't be unpacked."""
    return FileError("工作簿已损坏，打不开", "请重新导出或重新上传；若能用 Excel 打开，请另存一份")


def ending_of(path: Path) -> str:
    """The ending of a file that is one of ours.

    Errors: FileError where it is not.
    """
    ending = path.suffix.lower()
    if ending in ENDINGS:
        return ending
    if ending in (".xls", ".xlsm", ".xlsb", ".ods", ".et"):
        raise FileError(f"不支持 {ending} 文件", _SAVE_AS)
    shown = ending or "没有后缀的"
    raise FileError(f"不支持{shown}文件", "请使用 .csv、.xlsx 或 .parquet 文件")


def check_content(path: Path, ending: str) -> None:
    """Compare a file's first bytes with its ending.

    Errors: FileError that says what the file really is.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise of_system(error, path, "读取") from None
    if not head:
        raise FileError("文件是空的（0 字节）", "请重新导出或重新上传")
    if head.startswith(_CFB):
        raise _old_or_sealed(path)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<html", b"<!doctype", b"<table")):
        raise FileError("这其实是网页（HTML），不是表格文件", _SAVE_AS)
    if head.startswith(_SEALED_PARQUET):
        raise FileError("Parquet 文件加了密", "请提供未加密的文件")
    real = ".xlsx" if head.startswith(_ZIP) else ".parquet" if head.startswith(_PARQUET) else ""
    if real == ".xlsx" and ending != ".xlsx":
        advice = "若是工作簿，请把后缀改为 .xlsx"
        raise FileError(f"文件后缀是 {ending}，内容却是 ZIP 或 Excel 工作簿", advice)
    if real == ".parquet" and ending != ".parquet":
        raise FileError(f"文件后缀是 {ending}，内容却是 Parquet", "请把后缀改为 .parquet")
    if real != ending and ending == ".parquet":
        raise FileError("这不是 Parquet 文件，或已损坏", "请重新导出")
    if real != ending and ending == ".xlsx":
        if head.startswith(b"PK") or (b"\0" in head and not head.startswith(_UTF16)):
            raise damaged()
        raise FileError("文件后缀是 .xlsx，内容却是文本", "若是 CSV，请把后缀改为 .csv")


def _old_or_sealed(path: Path) -> FileError:
    """A compound file is a workbook with a password, or one of before 2007."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            return FileError("工作簿有打开密码，读不了", "请在 Excel 中去掉密码后重新保存")
    return FileError("这是旧版 Excel（.xls）文件，只是后缀不同", _SAVE_AS)


class Workbook:
    """The ZIP of an XLSX workbook, its directory found to be in order.

    Errors: FileError where it is damaged, protected, no workbook, or unpacks to too much.
    """

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("rb")
        try:
            self._parts = {part.filename.lstrip("/"): part for part in self._directory()}
            self._check_kind()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _directory(self) -> list[zipfile.ZipInfo]:
        try:
            with zipfile.ZipFile(self._file) as archive:
                parts = archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise damaged() from None
        too_much = FileError(
            "工作簿解开后过大，可能是恶意文件，未打开", "请另存一份只含申请数据的工作簿，或改用 CSV"
        )
        if len(parts) > MAX_ENTRIES or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise too_much
        for part in parts:
            if part.flag_bits & 1:
                raise FileError("压缩包有密码，读不了", "请去掉密码后重新保存")
            if part.file_size > SMALL_PART and part.file_size > MAX_RATIO * part.compress_size:
                raise too_much
        return parts

    def _check_kind(self) -> None:
        names = self._parts.keys()
        if "xl/workbook.xml" in names:
            return
        if "xl/workbook.bin" in names:
            raise FileError("这是二进制工作簿（.xlsb），只是后缀不同", _SAVE_AS)
        if "mimetype" in names or "content.xml" in names:
            raise FileError("这是 OpenDocument 表格（.ods），只是后缀不同", _SAVE_AS)
        if "word/document.xml" in names or "ppt/presentation.xml" in names:
            raise FileError("这是 Word 或 PowerPoint 文件，不是工作簿", _SAVE_AS)
        if any(name.lower().endswith(ENDINGS) for name in names):
            raise FileError("这是压缩包，里面装着文件", "请先解压，再使用里面的文件")
        if "[Content_Types].xml" in names:
            raise damaged()
        raise FileError("这是压缩包，不是工作簿", _SAVE_AS)

    def check_parts(self) -> None:
        """Unpack every part but the sheets to see that it is as large as the directory says."""
        for name in self._parts:
            if name.endswith((".xml", ".rels")) and not name.startswith("xl/worksheets/"):
                for _ in self.blocks(name):
                    pass

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def size(self, name: str) -> int:
        """The bytes of a part when it is unpacked."""
        return self._parts[name].file_size

    def text(self, name: str) -> bytes:
        """A small part whole.

        Errors: FileError where it is missing or over 16 MB.
        """
        if name not in self._parts or self._parts[name].file_size > 16 << 20:
            raise damaged()
        return b"".join(self.blocks(name))

    def blocks(self, name: str) -> Iterator[bytes]:
        """A part unpacked, in blocks of some megabytes; never more than the directory says."""
        part = self._parts[name]
        left, packed_left = part.file_size, part.compress_size
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged()
        self._file.seek(part.header_offset)
        header = self._file.read(30)
        if len(header) < 30 or header[:4] != _ZIP:
            raise damaged()
        skip = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        self._file.seek(skip, 1)
        inflate = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
        while packed_left:
            packed = self._file.read(min(packed_left, 1 << 18))
            if not packed:
                raise damaged()
            packed_left -= len(packed)
            while packed:
                try:
                    block = inflate.decompress(packed, _BLOCK) if inflate else packed
                except zlib.error:
                    raise damaged() from None
                packed = inflate.unconsumed_tail if inflate else b""
                left -= len(block)
                if left < 0:
                    raise damaged()
                yield block
        rest = inflate.flush() if inflate else b""
        if left != len(rest) or (inflate and not inflate.eof):
            raise damaged()
        yield rest
