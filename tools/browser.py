"""Sees that the tests have Chromium and a Chinese font, and installs them where it may."""

import os
import shutil
import subprocess
import sys

from tools.packages import Needed, install


def chromium() -> str | None:
    """Where Chromium is."""
    names = (os.environ.get("JINENG_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


def has_chinese_font() -> bool:
    """Whether pages in Chinese are shown in letters and not in boxes."""
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout)


NEEDED = Needed(
    there=lambda: chromium() is not None and has_chinese_font(),
    what="请安装 Chromium 和中文字体 / install Chromium and a Chinese font",
    why="测试需要浏览器，请输入 / the tests need a browser",
    packages={
        "apt-get": ("chromium", "fonts-noto-cjk"),
        "dnf": ("chromium", "google-noto-sans-cjk-fonts"),
        "zypper": ("chromium", "noto-sans-sc-fonts"),
        "pacman": ("chromium", "noto-fonts-cjk"),
    },
)

if __name__ == "__main__":
    sys.exit(install(NEEDED))
