"""Paths on the command line, checked before anything long begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

STANDARDS = click.option(
    "--standards",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="地区标准（YAML），叠加在政策包上。",
)
ENDINGS = (".csv", ".xlsx", ".parquet")


def check_inputs(*paths: Path | None) -> None:
    """Refuse input files that aren't there."""
    for path in paths:
        if path is not None and not path.exists():
            raise click.UsageError(f"没有文件 {path}，请核对路径。")
        if path is not None and path.is_dir():
            raise click.UsageError(f"{path} 是文件夹，请写明文件。")


def check_outputs(
    outputs: Mapping[str, Path | None],
    *,
    keep: Sequence[Path | None] = (),
    endings: Sequence[str] = ENDINGS,
) -> None:
    """Refuse outputs with an unknown ending, in no folder, or in the place of another file.

    ``outputs``: by the option that names them. ``keep``: inputs, which are never written over.
    """
    taken = [path.resolve() for path in keep if path is not None]
    for option, path in outputs.items():
        if path is None:
            continue
        allowed = [e for e in endings if option != "--errors" or e != ".parquet"]
        if path.suffix.lower() not in allowed:
            raise click.UsageError(f"{option} {path}：文件名应以 {'、'.join(allowed)} 结尾。")
        if path.resolve() in taken or any(_same(path, other) for other in taken):
            raise click.UsageError(f"{option} {path}：会覆盖输入文件或另一个输出，请换一个文件名。")
        if path.is_dir():
            raise click.UsageError(f"{option} {path} 是文件夹，请写明文件名。")
        if not path.parent.is_dir():
            raise click.UsageError(f"{option} {path}：没有文件夹 {path.parent}。")
        taken.append(path.resolve())


def _same(path: Path, other: Path) -> bool:
    return path.exists() and other.exists() and path.samefile(other)
