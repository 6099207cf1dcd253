"""Sees that the tests have Java 17 or later for Spark, and installs it where it may."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

COMMANDS = {
    "apt-get": ["apt-get", "install", "-y", "--no-install-recommends", "default-jre-headless"],
    "dnf": ["dnf", "install", "-y", "java-latest-openjdk-headless"],
    "zypper": ["zypper", "--non-interactive", "install", "java-21-openjdk-headless"],
    "pacman": ["pacman", "-S", "--noconfirm", "jre-openjdk-headless"],
}
OLDEST = 17


def java() -> str | None:
    """Where a Java is that is new enough."""
    home = os.environ.get("JAVA_HOME")
    names = ([str(Path(home) / "bin" / "java")] if home else []) + ["java"]
    for path in filter(None, map(shutil.which, names)):
        said = subprocess.run([path, "-version"], capture_output=True, text=True, check=False)
        version = re.search(r'version "(\d+)', said.stderr)
        if version and int(version[1]) >= OLDEST:
            return path
    return None


def main() -> int:
    """Installs Java if it is missing; the exit status."""
    if java():
        return 0
    manager = next((name for name in COMMANDS if shutil.which(name)), None)
    if manager is None:
        sys.stderr.write(f"请安装 Java {OLDEST} 或更高版本 / install Java {OLDEST} or later\n")
        return 1
    command = COMMANDS[manager]
    line = f"sudo {' '.join(command)}"
    if os.geteuid() != 0:
        command = ["sudo", "-n", *command]
        if (
            shutil.which("sudo") is None
            or subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
        ):
            sys.stderr.write(f"测试 Spark 需要 Java，请输入 / Spark needs Java; type: {line}\n")
            return 1
    if manager == "apt-get":
        subprocess.run([*command[: command.index("install")], "update", "-q"], check=False)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run(command, env=environment, check=False).returncode or not java():
        sys.stderr.write(f"没有装上，请输入 / could not install it; type: {line}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
