"""``jineng demo``: the made-up province, loaded into an empty database."""

from __future__ import annotations

import getpass
import os
import shutil
import sys
import time
from contextlib import suppress

import click

from jineng import demo as province
from jineng.cli.site import on_site
from jineng.cli.wrong import BadInput

#: The exit status that tells the launcher of data that are not the demo's.
NOT_EMPTY = 3
SCALES = {"demo": province.PERSONS, "province": province.PROVINCE}


@click.command("demo")
@click.option(
    "--scale",
    type=click.Choice(list(SCALES)),
    default="demo",
    help="demo：2 万人（默认）；province：200 万人，供压力测试。",
)
@click.option("--persons", type=click.IntRange(min=1), help="另定人数。")
@click.option("--seed", type=int, default=province.SEED, help="另一个种子编出另一个省。")
@click.option("--reset", is_flag=True, help="删去内置数据库和上传的文件，下次 make demo 重新装入。")
@click.option("--yes", is_flag=True, help="不再询问。")
@click.option("--first-start", is_flag=True, hidden=True)
def demo(
    scale: str, persons: int | None, seed: int, reset: bool, yes: bool, first_start: bool
) -> None:
    """把虚构的演示省装入空的数据库：2020 年 9 月 15 日的湖北。

    同一个种子编出的省完全一样。全部装入或什么都不装；库里已有数据的，不会改动。
    """
    if reset:
        _reset(yes)
        return
    count = persons or SCALES[scale]
    if first_start:
        sys.exit(_at_first_start(count, seed))
    if not yes:
        click.confirm(f"将虚构的 {count:,} 人装入数据库，继续吗？", abort=True)
    began = time.monotonic()
    with on_site(f"demo（{getpass.getuser()}）"):
        from jineng.demo.loading import NotEmpty, load

        try:
            load(count, seed, lambda line: _tell(f"{time.monotonic() - began:6.1f} 秒  {line}"))
        except NotEmpty:
            raise BadInput(
                "数据库里已有数据，没有改动。演示省只装入空的数据库：\n"
                "内置数据库先停止网站，再用 jineng demo --reset 清空；自己的服务器请另建一个库。"
            ) from None
        except ValueError as wrong:
            raise BadInput(f"人数不合适：{wrong}") from None
    _tell(f"装入 {count:,} 人，用时 {time.monotonic() - began:.1f} 秒。")


def _at_first_start(count: int, seed: int) -> int:
    """For the launcher: nothing to be said where the demo is there already."""
    with on_site("demo"):
        from jineng.config import numbers
        from jineng.demo.loading import NotEmpty, is_empty, is_there, load

        count = numbers.demo_persons(count)
        began = time.monotonic()
        with suppress(NotEmpty):
            if is_empty():
                _tell(f"首次启动，装入演示省 / loading the demo province ({count:,} persons)")
                load(count, seed, lambda line: _tell(f"  {line}"))
                _tell(f"  用时 {time.monotonic() - began:.0f} 秒")
        return 0 if is_there() else NOT_EMPTY


def _tell(line: str) -> None:
    """Prints a line at once; a terminal that is gone is no reason to stop."""
    with suppress(OSError):
        os.write(1, f"{line}\n".encode())


def _reset(yes: bool) -> None:
    """Deletes what the embedded database and the uploads hold. Keys and logs stay."""
    from jineng.config import launcher
    from jineng.config.folders import Folders

    if os.environ.get("DATABASE_URL"):
        raise BadInput("DATABASE_URL 指向自己的服务器，请在那里另建一个空的库。")
    folders = Folders.from_environment()
    if not yes:
        click.confirm(f"将删除 {folders.var} 中的数据库和上传的文件，继续吗？", abort=True)
    try:
        with launcher.only_one(folders.var, 0):
            for folder in (folders.var / "postgres", folders.uploads, folders.seals):
                shutil.rmtree(folder, ignore_errors=True)
    except launcher.Refused as running:
        raise BadInput(f"{running}\n请先停止网站。") from None
    click.echo("已清空；下次 make demo 重新装入。")
