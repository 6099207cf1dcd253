"""``jineng audit``: the event log, sealed and verified."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jineng.cli.site import on_site
from jineng.cli.telling import Telling
from jineng.cli.wrong import BadInput

if TYPE_CHECKING:
    from jineng.audit.findings import Audit

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_STAGES = {"seal": "封存", "verify": "核对"}
_MORE = {
    "changed": "被改动",
    "removed": "被删除",
    "inserted": "没有封存记录",
    "backdated": "时间不符",
    "link_changed": "封存记录被改动",
    "link_broken": "封存记录不衔接",
}


@click.group("audit")
def audit_group() -> None:
    """封存和核对事件记录。"""


@audit_group.command("seal")
@click.option(
    "--rewrite-roots", is_flag=True, help="根文件丢失时，按数据库里的根重写，原文件留存。"
)
def seal_events(rewrite_roots: bool) -> None:
    """封存到目前为止的事件，并签一个根。每天自动进行一次。"""
    with on_site("audit seal"):
        from jineng.core.models import Root
        from jineng.core.seal import LinksUnsigned, RootFile, RootsLost, seal

        if rewrite_roots:
            RootFile().rewrite(list(Root.objects.order_by("number").values_list("line", flat=True)))
        try:
            with Telling() as progress:
                root = seal(lambda stage, done, total: progress(_STAGES[stage], done, total))
        except LinksUnsigned as added:
            raise BadInput(
                f"封存记录到第 {added} 位，超出了最后一个根：多出的不是封存时写入的，没有封存。\n"
                "请先运行 jineng audit verify 查明，再由数据库所有者删去多出的记录。"
            ) from None
        except RootsLost as lost:
            raise BadInput(
                f"根文件 {lost} 与数据库里的根不一致，没有封存。\n"
                "请先运行 jineng audit verify 查明，找回根文件的副本；\n"
                "确实找不回时，可用 jineng audit seal --rewrite-roots 重写。"
            ) from None
    click.echo(
        f"封存 {root.count:,} 条，累计 {root.position:,} 条；根 #{root.number}，"
        f"散列 {root.hash}，密钥 {root.key}"
    )


@audit_group.command("verify")
@click.option("--roots", type=_FILE, metavar="FILE", help="以此前另存的根文件为准。")
@click.option(
    "--public-key",
    "public_keys",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="只信任这些公钥（PEM），可以重复。",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def verify_events(roots: Path | None, public_keys: tuple[Path, ...], as_json: bool) -> None:
    """重新计算整条链，查出被改动、删除、插入或调换的事件。

    退出状态：0 一切相符；1 有不符之处，或者无法核对。
    """
    with on_site("audit verify"):
        from jineng.audit.verify import verify

        try:
            with Telling() as progress:
                audit = verify(
                    roots=roots,
                    public_keys=public_keys or None,
                    progress=lambda stage, done, total: progress(_STAGES[stage], done, total),
                )
        except ValueError as wrong:
            raise BadInput(f"不是 Ed25519 公钥：{wrong}") from None
        click.echo(_data(audit) if as_json else _text(audit))
    if not audit.in_order:
        sys.exit(1)


def _data(audit: Audit) -> str:
    newest = audit.newest
    told = {
        "in_order": audit.in_order,
        "sealed": audit.sealed,
        "waiting": audit.waiting,
        "roots": len(audit.roots),
        "newest": asdict(newest) if newest else None,
        "findings": [asdict(one) | {"text": one.text} for one in audit.findings],
        "more": audit.more,
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _text(audit: Audit) -> str:
    from django.utils.timezone import localtime

    lines = [finding.text for finding in audit.findings]
    lines += [f"另有 {count:,} 处{_MORE[kind]}，未逐一列出。" for kind, count in audit.more.items()]
    lines.append(f"已封存 {audit.sealed:,} 条事件，尚未封存 {audit.waiting:,} 条。")
    if newest := audit.newest:
        lines.append(
            f"签名有效的根 {len(audit.roots):,} 个，最近的是 #{newest.number}"
            f"（{localtime(newest.signed_at):%Y-%m-%d %H:%M}，到第 {newest.position:,} 位）。"
        )
        lines.append(f"签名所用的密钥：{'、'.join(sorted({root.key for root in audit.roots}))}")
    lines.append("一切相符。" if audit.in_order else f"不符 {len(audit.findings):,} 处。")
    return "\n".join(lines)
