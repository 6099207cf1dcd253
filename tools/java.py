"""Sees that the tests have Java 17 or later for Spark, and installs it where it may."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.packages import Needed, install

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


NEEDED = Needed(
    there=lambda: java() is not None,
    what=f"请安装 Java {OLDEST} 或更高版本 / install Java {OLDEST} or later",
    why="测试 Spark 需要 Java，请输入 / Spark needs Java",
    packages={
        "apt-get": ("default-jre-headless",),
        "dnf": ("java-latest-openjdk-headless",),
        "zypper": ("java-21-openjdk-headless",),
        "pacman": ("jre-openjdk-headless",),
    },
)

if __name__ == "__main__":
    sys.exit(install(NEEDED))
