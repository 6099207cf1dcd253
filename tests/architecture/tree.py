"""The files of the project, and the line that its packages stand in."""

import subprocess
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PICTURES = {".png", ".jpg", ".ico", ".xlsx", ".parquet", ".zip", ".pdf"}
# Names, versions and hashes; no prose and no code.
LOCKS = {"requirements/run.txt", "requirements/test.txt", "package-lock.json"}


@cache
def files() -> list[Path]:
    """Every file of ours: what git tracks and what it would."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        # Not a git checkout, but an archive of one.
        made = {".venv", "var", "build", "node_modules", "__pycache__", "dist"}
        return [
            path
            for path in sorted(ROOT.rglob("*"))
            if path.is_file() and not made & set(path.relative_to(ROOT).parts)
        ]
    return [ROOT / name for name in sorted(done.stdout.split("\0")) if (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    """The text of every file but pictures and locks, by its path in the project."""
    return {
        name(path): path.read_text("utf-8", errors="replace")
        for path in files()
        if path.suffix not in PICTURES and name(path) not in LOCKS
    }


def modules() -> list[Path]:
    """Our Python files."""
    return [path for path in files() if path.suffix == ".py"]


def name(path: Path) -> str:
    """The path as it is written in the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def project() -> dict[str, object]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def line() -> list[set[str]]:
    """The packages in the order of the import line, upstream first; siblings together."""
    tool = project()["tool"]
    assert isinstance(tool, dict)
    layers = tool["importlinter"]["contracts"][0]["layers"]
    return [{one.strip(" ()") for one in layer.split("|")} for layer in reversed(layers)]
