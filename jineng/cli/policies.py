"""``jineng policy``: which schemes there are, and what each asks for, pays, and rests on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jineng.policy import Pack, Scheme
    from jineng.policy.parameters import Parameter

_PACK = click.option("--pack", default="hubei", show_default=True, help="政策包。")
_JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")


@click.group("policy")
def policy_group() -> None:
    """查看政策：补贴项目、条件、标准和依据；按草案测算；核对案例。"""


@policy_group.command("list")
@_PACK
@_JSON
def list_schemes(pack: str, as_json: bool) -> None:
    """列出所有补贴项目。"""
    from jineng.cli.reading import loaded

    rules = loaded(pack)
    listed = [_heading(rules, scheme) for scheme in rules.schemes.values()]
    if as_json:
        whole = {"pack": rules.name, "title": rules.title, "release": rules.release}
        click.echo(json.dumps(whole | {"schemes": listed}, ensure_ascii=False, indent=2))
        return
    click.echo(f"{rules.title}　政策版本 {rules.release}")
    for one in listed:
        click.echo(f"{one['code']:<5}{one['name']}")
        click.echo(
            f"     发放给{one['payee_label']}，{one['fund_label']}；{'、'.join(one['documents'])}"
        )
        for period in one["in_force"]:
            click.echo(f"     {period}")


@policy_group.command("show")
@click.argument("scheme", metavar="SCHEME")
@_PACK
@_JSON
def show_scheme(scheme: str, pack: str, as_json: bool) -> None:
    """显示一个补贴项目（代码或名称）的条件、标准、日期和依据。"""
    from jineng.cli.reading import loaded

    rules = loaded(pack)
    by_name = {one.name: one for one in rules.schemes.values()}
    found = rules.schemes.get(scheme.upper()) or by_name.get(scheme)
    if found is None:
        known = "、".join(f"{one.code} {one.name}" for one in rules.schemes.values())
        raise click.UsageError(f"没有补贴项目“{scheme}”，可选：{known}。")
    described = _described(rules, found)
    if as_json:
        click.echo(json.dumps(described, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_text(described)))


@policy_group.command("trace")
@_PACK
def trace(pack: str) -> None:
    """按文件逐条列出内容、期限、相关各方和承载它的规则或功能（Markdown）。"""
    from jineng.cli.reading import loaded
    from jineng.cli.wrong import BadInput
    from jineng.policy import PackError
    from jineng.policy.tracing import faults, traceability

    rules = loaded(pack)
    try:
        wrong = faults(rules)
    except PackError as error:
        wrong = error.reasons
    if wrong:
        raise BadInput("\n".join(wrong))
    click.echo(traceability(rules), nl=False)


def schemes_reading(pack: Pack) -> dict[str, list[str]]:
    """Codes of the schemes that read a fact, by the fact's name."""
    reading: dict[str, list[str]] = {}
    for code, scheme in pack.schemes.items():
        facts = {f for c in scheme.conditions for f in _facts(pack, scheme, c.code)}
        for fact in facts | set(pack.judge.amounts[code].facts):
            reading.setdefault(fact, []).append(code)
    return reading


def _facts(pack: Pack, scheme: Scheme, condition: str) -> tuple[str, ...]:
    """The facts that a condition reads, of the claim itself or to look across claims."""
    from jineng.policy import Once

    own = pack.judge.conditions[scheme.code, condition].facts
    across = next(c.across for c in scheme.conditions if c.code == condition)
    if isinstance(across, Once):
        return tuple(dict.fromkeys((*own, *across.by, scheme.training)))
    return own


def _heading(pack: Pack, scheme: Scheme) -> dict[str, Any]:
    from jineng.policy.facts import FUNDS, PAYEES

    periods = [
        f"{parameter.label}：{parameter.text(value.value)}"
        for parameter in _used(pack, scheme)
        if parameter.kind == "period"
        for value in parameter.values
    ]
    documents = dict.fromkeys(pack.clause(cite)[0].number for cite in scheme.cites)
    return {
        "code": scheme.code,
        "name": scheme.name,
        "payee": scheme.payee,
        "payee_label": PAYEES[scheme.payee],
        "payee_assumed": scheme.payee_assumed,
        "fund": scheme.fund,
        "fund_label": FUNDS[scheme.fund],
        "fund_assumed": scheme.fund_assumed,
        "documents": list(documents),
        "in_force": periods,
        "cites": _cites(pack, scheme.cites),
    }


def _used(pack: Pack, scheme: Scheme) -> list[Parameter]:
    """The parameters that a scheme's conditions and amount read, each once."""
    keys = [k for c in scheme.conditions for k in _parameters(pack, scheme, c.code)]
    keys += pack.judge.amounts[scheme.code].parameters
    return [scheme.parameters[key] for key in dict.fromkeys(keys)]


def _parameters(pack: Pack, scheme: Scheme, condition: str) -> tuple[str, ...]:
    return pack.judge.conditions[scheme.code, condition].parameters


def _described(pack: Pack, scheme: Scheme) -> dict[str, Any]:
    """All of a scheme as plain data; amounts in yuan as text, dates ISO."""
    from jineng.policy.facts import FACT

    amount, due = scheme.amount_due, pack.judge.amounts[scheme.code]
    conditions = [
        {
            "code": condition.code,
            "title": condition.title,
            "facts": [
                {"name": name, "heading": FACT[name].heading}
                for name in _facts(pack, scheme, condition.code)
            ],
            "parameters": [
                _parameter(pack, scheme.parameters[key])
                for key in _parameters(pack, scheme, condition.code)
            ],
            "cites": _cites(pack, condition.cites),
            "assumed": condition.assumed,
            "readings": list(condition.readings),
            "note": condition.note,
        }
        for condition in scheme.conditions
    ]
    return _heading(pack, scheme) | {
        "conditions": conditions,
        "amount": {
            "title": amount.title if amount else "",
            "parameters": [_parameter(pack, scheme.parameters[key]) for key in due.parameters],
            "cites": _cites(pack, amount.cites if amount else ()),
            "assumed": amount.assumed if amount else None,
            "readings": list(amount.readings) if amount else [],
        },
        "pack": pack.name,
        "release": pack.release,
    }


def _parameter(pack: Pack, parameter: Parameter) -> dict[str, Any]:
    from jineng.policy.parameters import BOUNDS

    return {
        "key": parameter.key,
        "label": parameter.label,
        "bound": BOUNDS.get(parameter.bound or ""),
        "cites": _cites(pack, parameter.cites),
        "assumed": parameter.assumed,
        "readings": list(parameter.readings),
        "values": [
            {
                "text": parameter.text(value.value),
                "from": value.start and value.start.isoformat(),
                "to": value.end and value.end.isoformat(),
                "region": value.region,
                "cites": _cites(pack, value.cites),
                "assumed": value.assumed,
                "readings": list(value.readings),
            }
            for value in parameter.values
        ],
    }


def _cites(pack: Pack, citations: Iterable[str]) -> list[dict[str, str]]:
    cited = []
    for citation in citations:
        document, clause, text = pack.clause(citation)
        cited.append(
            {
                "key": citation,
                "number": document.number,
                "title": document.title,
                "clause": clause,
                "text": text,
            }
        )
    return cited


def _text(one: dict[str, Any]) -> list[str]:
    """The description in Chinese, for a terminal."""
    lines = [f"{one['name']}（{one['code']}）"]
    lines.append(f"发放对象：{one['payee_label']}{_assumed_word(one['payee_assumed'])}")
    lines.append(f"资金来源：{one['fund_label']}{_assumed_word(one['fund_assumed'])}")
    lines += one["in_force"]
    lines += [f"依据：{_cited(cite)}" for cite in one["cites"]]
    lines.append("")
    lines.append("条件")
    for number, condition in enumerate(one["conditions"], start=1):
        lines.append(f"{number:>2}. {condition['title']}（{condition['code']}）")
        if condition["facts"]:
            lines.append("    看：" + "、".join(fact["heading"] for fact in condition["facts"]))
        lines += _grounds(condition)
        if condition["note"]:
            lines.append(f"    说明：{condition['note']}")
    lines.append("")
    lines.append(f"金额：{one['amount']['title']}")
    lines += _grounds(one["amount"])
    lines.append("")
    lines.append(f"政策版本：{one['release']}")
    return lines


def _grounds(part: dict[str, Any]) -> list[str]:
    lines = []
    for parameter in part["parameters"]:
        bound = f"，地方可另定，{parameter['bound']}此数" if parameter["bound"] else ""
        lines.append(f"    标准：{parameter['label']}{bound}")
        if not parameter["values"]:
            lines.append("      尚未规定")
        for value in parameter["values"]:
            dates = f"{value['from'] or '…'} 起" + (f"至 {value['to']}" if value["to"] else "")
            place = f"，{value['region']}" if value["region"] else ""
            cites = "；".join(f"{cite['number']} {cite['clause']}" for cite in value["cites"])
            lines.append(f"      {value['text']}（{dates}{place}；{cites}）")
            lines += [f"  {line}" for line in _assumption(value)]
        lines += [f"  {line}" for line in _assumption(parameter)]
    lines += [f"    依据：{_cited(cite)}" for cite in part["cites"]]
    return lines + _assumption(part)


def _assumption(part: dict[str, Any]) -> list[str]:
    if not part["assumed"]:
        return []
    other = f"；另一种理解：{'；'.join(part['readings'])}" if part["readings"] else ""
    return [f"    假定：{part['assumed']}{other}"]


def _assumed_word(assumed: str | None) -> str:
    return f"（假定：{assumed}）" if assumed else ""


def _cited(cite: dict[str, str]) -> str:
    text = f"：{cite['text']}" if cite["text"] else ""
    return f"{cite['number']} {cite['clause']}{text}"
