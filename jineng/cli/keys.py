"""``jineng keys``: which keys there are, and how a new one takes the place of an old."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from jineng.cli.site import on_site
from jineng.cli.telling import Telling
from jineng.cli.wrong import BadInput

if TYPE_CHECKING:
    from collections import Counter

_RINGS = {"data": "主密钥", "lookup": "查询密钥", "file": "文件密钥"}
_USED = {"data": "把数据密钥", "lookup": "条查询散列", "file": "个文件"}
_RING = click.argument("ring", type=click.Choice(list(_RINGS)), metavar="data|lookup|file")


@click.group("keys")
def keys_group() -> None:
    """密钥：列出、增加、轮换、停用。

    data 是主密钥，封装证件号、电话、银行账号所用的数据密钥；lookup 用来按号码查人；
    file 加密上传的文件。
    """


@keys_group.command("list")
def list_keys() -> None:
    """列出各类密钥，以及还有多少数据在用。"""
    with on_site("keys list"):
        for ring, name in _RINGS.items():
            used = _used(ring)
            held = _held(ring)
            click.echo(f"{name} {ring}")
            for at, key in enumerate([*held, *sorted(used.keys() - held.keys())]):
                state = "使用中" if at == 0 else "备查" if key in held else "缺失！"
                click.echo(f"  {key:<8}{state}　{used[key]:,} {_USED[ring]}")


@keys_group.command("add")
@_RING
def add(ring: str) -> None:
    """增加一把新密钥并启用。先停止网站，加好再启动，然后运行 jineng keys rotate。"""
    from jineng.config import keys, settings

    if _site_runs():
        raise BadInput("网站正在运行：它还不认识新密钥。请先停止网站，再增加密钥。")
    try:
        made = keys.add_key(settings.VAR / "keys", ring)
    except ValueError as wrong:
        raise BadInput(_not_changed(wrong)) from None
    click.echo(f"已启用新的{_RINGS[ring]} {made}。请备份 {settings.VAR / 'keys'}，再启动网站，")
    click.echo(f"然后运行 jineng keys rotate {ring}。")


@keys_group.command("rotate")
@click.argument("rings", type=click.Choice(list(_RINGS)), metavar="[data|lookup|file]…", nargs=-1)
def rotate(rings: tuple[str, ...]) -> None:
    """把用旧密钥封存的都改用新密钥。可以随时中断，重新运行会接着做。"""
    with on_site("keys rotate"):
        from jineng.core.locks import ROTATION
        from jineng.core.seal import alone

        with alone(ROTATION):
            left = [ring for ring in rings or _RINGS if not _ROTATE[ring]()]
    if left:
        raise BadInput("有的还要用旧密钥，旧密钥不能停用。")


@keys_group.command("retire")
@_RING
@click.argument("key", metavar="KEY")
@click.option("--yes", is_flag=True, help="不再询问。")
def retire(ring: str, key: str, yes: bool) -> None:
    """停用一把旧密钥：从密钥文件中去掉。还有数据在用时拒绝。"""
    with on_site("keys retire"):
        from jineng.config import keys, settings

        if used := _used(ring)[key]:
            raise BadInput(
                f"还有 {used:,} {_USED[ring]}在用 {key}，请先运行 jineng keys rotate {ring}。"
            )
        if not yes:
            click.confirm(f"去掉{_RINGS[ring]} {key}？此前的备份要用它才能读", abort=True)
        try:
            keys.drop_key(settings.VAR / "keys", ring, key)
        except ValueError as wrong:
            raise BadInput(_not_changed(wrong)) from None
    click.echo(f"{_RINGS[ring]} {key} 已停用。网站重启后不再使用。")


def _not_changed(wrong: ValueError) -> str:
    return f"密钥没有改动：{wrong}"


def _site_runs() -> bool:
    """Whether a launcher, site or worker of this `var` runs."""
    import psutil

    from jineng.config import settings
    from jineng.config.processes import MARK

    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == str(settings.VAR):
                return True
        except psutil.Error:
            continue
    return False


def _held(ring: str) -> dict[str, bytes]:
    from django.conf import settings

    held: dict[str, bytes] = getattr(settings, f"{ring.upper()}_KEYS")
    return held


def _used(ring: str) -> Counter[str]:
    from jineng.core.rotation import file_keys_used, master_keys_used
    from jineng.people.commands.lookup_keys import lookup_keys_used

    counts: dict[str, Callable[[], Counter[str]]] = {
        "data": master_keys_used,
        "lookup": lookup_keys_used,
        "file": file_keys_used,
    }
    return counts[ring]()


def _told(run: Callable[[Any], Any]) -> Any:
    with Telling() as progress:
        return run(lambda ring, done, total: progress(f"轮换{_RINGS[ring]}", done, total))


def _rotate_data() -> bool:
    from jineng.core.crypto import Unreadable
    from jineng.core.rotation import rewrap_data_keys

    try:
        done = _told(rewrap_data_keys)
    except Unreadable as wrong:
        click.echo(f"主密钥：有数据密钥打不开（{wrong}），请把缺少的主密钥放回。", err=True)
        return False
    click.echo(f"主密钥：{done:,} 把数据密钥改由 {next(iter(_held('data')))} 封装。")
    return True


def _rotate_lookup() -> bool:
    from jineng.people.commands.lookup_keys import rehash_persons

    result = _told(rehash_persons)
    click.echo(f"查询密钥：{result.done:,} 条散列改用 {next(iter(_held('lookup')))}。")
    if result.left:
        some = "、".join(map(str, sorted(result.left)[:20]))
        click.echo(
            f"查询密钥：{len(result.left):,} 人的散列没有改成：原来的号码已不在档案中，"
            f"或另有一人用同一号码。档案编号：{some}",
            err=True,
        )
    return not result.left


def _rotate_file() -> bool:
    from jineng.core.rotation import reencrypt_files

    done, unreadable = _told(reencrypt_files)
    click.echo(f"文件密钥：{done:,} 个文件改用 {next(iter(_held('file')))} 加密。")
    for path in unreadable[:20]:
        click.echo(f"文件密钥：打不开 {path}", err=True)
    return not unreadable


_ROTATE = {"data": _rotate_data, "lookup": _rotate_lookup, "file": _rotate_file}
