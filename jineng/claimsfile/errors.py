"""What is wrong with a file as a whole."""

from __future__ import annotations

import errno
from pathlib import Path

_REASONS = {
    errno.ENOSPC: ("磁盘空间不足", "请清理磁盘后重试，或换一个位置"),
    errno.EDQUOT: ("磁盘配额已用完", "请清理磁盘后重试，或换一个位置"),
    errno.EFBIG: ("文件超过了系统允许的大小", "请换一个位置，或把数据分成几份"),
    errno.EACCES: ("没有权限", "请检查文件和文件夹的权限，或关闭正打开它的程序"),
    errno.EPERM: ("没有权限", "请检查文件和文件夹的权限，或关闭正打开它的程序"),
    errno.EROFS: ("该位置只能读取", "请换一个位置"),
    errno.ENOENT: ("没有这个文件或文件夹", "请核对路径"),
    errno.ENOTDIR: ("路径中有一段不是文件夹", "请核对路径"),
    errno.EISDIR: ("这是一个文件夹", "请写明文件名"),
    errno.ENAMETOOLONG: ("文件名太长", "请换一个短些的文件名"),
}


class FileError(ValueError):
    """A file that can't be read or written as a whole.

    ``message``: what is wrong; ``advice``: what to do; both Chinese, for the user.
    """

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(f"{message}。{advice}。")
        self.message = message
        self.advice = advice


def of_system(error: OSError, path: Path, doing: str) -> FileError:
    """What the system refused, in the user's words. ``doing``: 读取 or 写入."""
    reason, advice = _REASONS.get(error.errno or 0, (f"系统错误 {error.errno}", "请稍后重试"))
    return FileError(f"{doing} {path.name} 失败：{reason}", advice)
