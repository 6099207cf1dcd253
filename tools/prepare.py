"""Prepares a checkout: environment, locked packages, front-end bundle, messages, static files.

Asks for nothing but Python 3.11 with its venv module. What has not changed since the last time is
not done again. Usage: tools/prepare run|test
"""

import errno
import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DONE = VENV / "prepared.json"
LOG = ROOT / "var" / "log" / "setup.log"
BYTES_NEEDED = {"run": 1500 * 2**20, "test": 3600 * 2**20}


class Refused(Exception):
    """Why the checkout can't be prepared, as one line."""


def digest(*paths: Path) -> str:
    """One hash over files and everything in folders."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(_files(path)):
            total.update(f"{file.relative_to(ROOT)}\0".encode())
            total.update(file.read_bytes())
    return total.hexdigest()


def _files(path: Path) -> Iterable[Path]:
    return (file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


class Steps:
    """The steps of preparing and what was last done in each."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        try:
            self.done: dict[str, str] = json.loads(DONE.read_text())
        except (OSError, ValueError):
            self.done = {}

    def is_done(self, step: str, state: str) -> bool:
        """Whether the step was last done with this state of its inputs."""
        return self.done.get(step) == state

    def now_done(self, **states: str) -> None:
        """Remembers."""
        self.done |= states
        DONE.write_text(json.dumps(self.done, indent=1))

    def environment(self) -> None:
        """The virtual environment, made anew where its Python is gone or another."""
        version = sys.version.split()[0]
        if self.is_done("python", version) and _runs(PYTHON):
            return
        for module in ("venv", "ensurepip"):
            if importlib.util.find_spec(module) is None:
                package = f"python3.{sys.version_info.minor}-venv"
                raise Refused(
                    f"这个 Python 缺少 venv 模块，请先安装 / this Python has no venv module; on"
                    f" Debian or Ubuntu type: sudo apt-get install {package}"
                )
        self._require_room()
        _say("建立虚拟环境 / making the virtual environment")
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        self.done = {}
        self.now_done(python=version)

    def _require_room(self) -> None:
        free = shutil.disk_usage(ROOT).free
        needed = BYTES_NEEDED[self.kind]
        if free < needed:
            raise Refused(
                f"磁盘空间不足：{ROOT} 只剩 {free // 2**20} MB，至少需要 {needed // 2**20} MB"
                " / disk full: not enough room to install"
            )

    def packages(self) -> None:
        """The locked packages. The test lock holds all that the run lock does."""
        locks = {kind: digest(ROOT / "requirements" / f"{kind}.txt") for kind in ("run", "test")}
        if not self.is_done(self.kind, locks[self.kind]):
            self._require_room()
            _say("安装依赖 / installing packages")
            lock = ROOT / "requirements" / f"{self.kind}.txt"
            _pip("--require-hashes", "--no-deps", "-r", str(lock))
            self.now_done(**({"run": locks["run"]} | {self.kind: locks[self.kind]}))
        project = digest(ROOT / "pyproject.toml")
        if not self.is_done("project", project):
            _pip("--no-deps", "--no-build-isolation", "-e", str(ROOT))
            self.now_done(project=project)

    def front_end(self) -> None:
        """Scripts and styles, bundled with the Node that came as a Python package."""
        lock = f"{self.kind} {digest(ROOT / 'package.json', ROOT / 'package-lock.json')}"
        if self.kind == "run" and self.is_done("node", lock.replace("run", "test", 1)):
            lock = lock.replace("run", "test", 1)
        if not (self.is_done("node", lock) and (ROOT / "node_modules").is_dir()):
            _say("安装前端依赖 / installing front-end packages")
            omit = ["--omit=dev"] if self.kind == "run" else []
            _node("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", *omit)
            self.now_done(node=lock)
        # What names a class keeps it in the style sheet.
        named = [path for end in ("html", "py") for path in (ROOT / "jineng").rglob(f"*.{end}")]
        sources = digest(ROOT / "frontend", ROOT / "package-lock.json", *sorted(named))
        bundle = ROOT / "jineng" / "portal" / "static" / "dist"
        if not (self.is_done("bundle", sources) and bundle.is_dir()):
            _say("打包前端 / bundling the front end")
            _node(str(ROOT / "frontend" / "build.mjs"))
            self.now_done(bundle=sources)

    def messages(self) -> None:
        """The English of the pages, as Django reads it."""
        catalogues = sorted((ROOT / "jineng" / "locale").rglob("*.po"))
        state = digest(*catalogues)
        compiled = all(one.with_suffix(".mo").exists() for one in catalogues)
        if not (self.is_done("messages", state) and compiled):
            _run([str(PYTHON), "-m", "tools.messages", "compile"])
            self.now_done(messages=state)

    def static_files(self) -> None:
        """Everything that pages link to, under names that carry its hash."""
        state = digest(*sorted((ROOT / "jineng").glob("*/static"))) + self.done["run"]
        if not (self.is_done("static", state) and (ROOT / "build" / "static").is_dir()):
            _run([str(PYTHON), "manage.py", "collectstatic", "--clear", "--no-input"])
            self.now_done(static=state)


def _runs(python: Path) -> bool:
    try:
        command = [str(python), "-c", "import pip"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _pip(*words: str) -> None:
    _run([str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-q", *words])


def _node(*words: str) -> None:
    _run([str(PYTHON), str(ROOT / "tools" / "node.py"), *words])


def _run(command: list[str]) -> None:
    """Runs a command with its output in the log; where it fails, raises Refused with its reason."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("a+") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        log.flush()
        start = log.tell()
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            log.seek(start)
            raise Refused(f"{_reason(log.read())} ({LOG})")


def _reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any("No space left on device" in line for line in lines):
        return "磁盘已满 / disk full"
    errors = [line for line in lines if "error" in line.lower() and "notice" not in line.lower()]
    return (errors or lines or ["?"])[-1]


def _say(line: str) -> None:
    sys.stdout.write(f"{line} …\n")
    sys.stdout.flush()


def main() -> int:
    """Prepares for `run` or `test`; the exit status."""
    kind = sys.argv[1]
    try:
        steps = Steps(kind)
        steps.environment()
        steps.packages()
        steps.front_end()
        steps.messages()
        steps.static_files()
    except Refused as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as problem:
        full = problem.errno == errno.ENOSPC
        what = "磁盘已满 / disk full" if full else str(problem.strerror)
        sys.stderr.write(f"{what}: {problem.filename or ROOT}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
