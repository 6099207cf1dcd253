"""``jineng backup`` and ``jineng restore``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from jineng.cli.telling import Telling
from jineng.cli.wrong import BadInput

_STAGES = {
    "dump": "导出数据库",
    "tables": "核对各表",
    "extract": "核对备份文件",
    "restore": "恢复数据库",
}
_RINGS = {"data": "主密钥", "lookup": "查询密钥", "file": "文件密钥"}
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
PASSPHRASE = "JINENG_BACKUP_PASSPHRASE"  # noqa: S105


@click.command()
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--with-keys", is_flag=True, help="把密钥也放进去，用口令加密。")
def backup(out: Path, with_keys: bool) -> None:
    """把数据库、上传的文件和封存的根备份到一个文件 OUT（tar）。网站可以照常运行。

    不加 --with-keys 时不含密钥：请另行保存 var/keys，没有它读不出身份证号等内容。
    口令从终端输入，也可以用环境变量 JINENG_BACKUP_PASSPHRASE 给出。
    """
    from jineng.config.backup import Refused, keysafe

    if not out.parent.is_dir():
        raise click.UsageError(f"没有文件夹 {out.parent}。")
    passphrase = _new_passphrase(keysafe.SHORTEST) if with_keys else None
    try:
        from jineng.config.backup.write import backup as write
        from jineng.config.folders import Folders

        with Telling() as progress:
            manifest = write(
                Folders.from_environment(),
                out,
                passphrase=passphrase,
                progress=lambda stage, done, total: progress(_STAGES[stage], done, total),
            )
    except Refused as problem:
        raise BadInput(str(problem)) from None
    except OSError as problem:
        raise BadInput(f"没有备份：{problem.strerror}：{problem.filename or out}") from None
    tables = manifest["tables"]
    rows = sum(table["rows"] for table in tables.values())
    click.echo(
        f"已备份 {len(tables)} 张表 {rows:,} 行，写入 {out}（{out.stat().st_size:,} 字节）。"
    )
    if not with_keys:
        click.echo("其中没有密钥，请另行保存密钥。")


@click.command()
@click.argument(
    "source", metavar="IN", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--replace", is_flag=True, help="换下现有的数据；换下的文件夹留存，不删除。")
def restore(source: Path, replace: bool) -> None:
    """从备份文件 IN 恢复。先停止网站；恢复后逐表与备份核对。

    现有数据不为空时拒绝，除非加 --replace。用 DATABASE_URL 时，--replace 会删除库中现有的表。
    """
    from jineng.config.backup import Refused
    from jineng.config.backup.archive import KEYS, Reader
    from jineng.config.folders import Folders

    try:
        from jineng.config.backup.restore import restore as bring_back

        with Reader(source) as reader:
            sealed = KEYS in reader.members
        passphrase = _passphrase() if sealed else None
        with Telling() as progress:
            restored = bring_back(
                Folders.from_environment(),
                source,
                passphrase=passphrase,
                replace=replace,
                progress=lambda stage, done, total: progress(_STAGES[stage], done, total),
            )
    except Refused as problem:
        raise BadInput(str(problem)) from None
    except OSError as problem:
        raise BadInput(f"没有恢复：{problem.strerror}：{problem.filename or source}") from None
    click.echo(
        f"已恢复 {restored.tables} 张表 {restored.rows:,} 行、{restored.files} 个上传的文件，"
        "与备份逐一相符。"
    )
    if restored.replaced:
        click.echo(f"换下的内容在 {restored.replaced}，确认无误后可以删除。")
    for ring, key in restored.lacking:
        click.echo(f"缺少{_RINGS[ring]} {key}：用它封存的内容读不出来，请放回密钥。", err=True)


def _new_passphrase(shortest: int) -> str:
    given = os.environ.get(PASSPHRASE) or click.prompt(
        f"口令（至少 {shortest} 个字符）", hide_input=True, confirmation_prompt="再输一次"
    )
    if len(given) < shortest:
        raise click.UsageError(f"口令至少要 {shortest} 个字符。")
    return str(given)


def _passphrase() -> str:
    return str(os.environ.get(PASSPHRASE) or click.prompt("备份的口令", hide_input=True))
