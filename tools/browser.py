"""Sees that the tests have Chromium and a Chinese font, and installs them where it may."""

import os
import shutil
import subprocess
import sys

COMMANDS = {
    "apt-get": [
        "apt-get",
        "install",
        "-y",
        "--no-install-recommends",
        "chromium",
        "fonts-noto-cjk",
    ],
    "dnf": ["dnf", "install", "-y", "chromium", "google-noto-sans-cjk-fonts"],
    "zypper": ["zypper", "--non-interactive", "install", "chromium", "noto-sans-sc-fonts"],
    "pacman": ["pacman", "-S", "--noconfirm", "chromium", "noto-fonts-cjk"],
}


def chromium() -> str | None:
    """Where Chromium is."""
    names = (os.environ.get("JINENG_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


def has_chinese_font() -> bool:
    """Whether pages in Chinese are shown in letters and not in boxes."""
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout)


def main() -> int:
    """Installs what is missing; the exit status."""
    if chromium() and has_chinese_font():
        return 0
    manager = next((name for name in COMMANDS if shutil.which(name)), None)
    if manager is None:
        sys.stderr.write("请安装 Chromium 和中文字体 / install Chromium and a Chinese font\n")
        return 1
    command = COMMANDS[manager]
    line = f"sudo {' '.join(command)}"
    if os.geteuid() != 0:
        command = ["sudo", "-n", *command]
        if (
            shutil.which("sudo") is None
            or subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
        ):
            sys.stderr.write(f"测试需要浏览器，请输入 / the tests need a browser; type: {line}\n")
            return 1
    if manager == "apt-get":
        subprocess.run([*command[: command.index("install")], "update", "-q"], check=False)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run(command, env=environment, check=False).returncode or not chromium():
        sys.stderr.write(f"没有装上，请输入 / could not install it; type: {line}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
