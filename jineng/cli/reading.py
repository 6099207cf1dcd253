"""What the commands share: a claims file and its history read, errors listed, a pack loaded."""

from __future__ import annotations

import difflib
from itertools import islice
from pathlib import Path

import click
import pyarrow as pa

from jineng import claimsfile, policy
from jineng.claimsfile import ClaimsFile
from jineng.cli.memory import keep_freed_memory
from jineng.cli.telling import Telling
from jineng.cli.wrong import BadInput
from jineng.policy.identity import masked

_SHOWN_WARNINGS = 10
_SEARCHED_IDS = 50_000


# what pyarrow keeps for itself it touches page by page, which takes twice the time of reading
pa.set_memory_pool(pa.system_memory_pool())
keep_freed_memory()


def loaded(pack: str, standards: Path | None = None) -> policy.Pack:
    """A policy pack by name, with the standards of a file if any."""
    with Telling() as progress:
        progress("载入政策包", 0, 0)
        try:
            rules = policy.load(pack)
            return policy.laid_over(rules, policy.read_laid(standards)) if standards else rules
        except LookupError as error:
            raise click.UsageError(f"{error.args[0]}。") from None
        except policy.PackError as error:
            raise BadInput(str(error)) from None
        except OSError as error:
            raise BadInput(f"{standards}：读不了（{error.strerror}）") from None


def under_draft(pack: policy.Pack, draft: Path) -> policy.Pack:
    """The pack under a draft's file."""
    try:
        return pack.with_draft(draft)
    except policy.PackError as error:
        raise BadInput(str(error)) from None
    except OSError as error:
        raise BadInput(f"{draft}：读不了（{error.strerror}）") from None


def read_both(path: Path, history: Path | None) -> tuple[ClaimsFile, ClaimsFile | None]:
    """The claims and the earlier decisions; a claim among the latter is a problem of the former.

    Errors: BadInput where a file can't be read, or the history has errors, with all of them.
    """
    past = None
    with Telling() as progress:
        try:
            claims = claimsfile.read(path, progress=progress)
        except claimsfile.FileError as error:
            raise BadInput(f"{path.name}：{error}") from None
        if history is None:
            return claims, None
        try:
            past = claimsfile.read(history, history=True, progress=progress)
        except claimsfile.FileError as error:
            raise BadInput(f"历史文件 {history.name}：{error}") from None
    if past.intake.problems:
        raise BadInput(_listed(past, f"历史文件 {history.name} "))
    claims.refuse_decided(past)
    return claims, past


def facts_to_decide(
    claims: ClaimsFile, past: ClaimsFile | None, *, only_clean: bool
) -> policy.Intake:
    """The facts to decide on; warnings go to standard error.

    Errors: BadInput with every problem, unless the clean lines alone are wanted and there are any.
    """
    intake = claims.intake
    _warn(claims)
    if not intake.problems:
        return intake
    bad = len(intake.bad_rows)
    total = intake.table.num_rows
    if not only_clean or intake.hopeless or bad == total:
        raise BadInput(_listed(claims, ""))
    click.echo(_listed(claims, "", deciding=True), err=True)
    click.echo(f"跳过有错误的 {bad:,} 行，审核其余 {total - bad:,} 行。", err=True)
    return policy.Intake(intake.clean())


def _listed(claims: ClaimsFile, whose: str, *, deciding: bool = False) -> str:
    """Every problem of a file, one a line, those of whole columns first, then down the file."""
    problems = sorted(claims.intake.problems, key=lambda p: p.rows[:1])
    cells = sum(len(problem.rows) or 1 for problem in problems)
    head = f"{whose or claims.path.name + ' '}有 {cells:,} 处错误"
    head += "：" if deciding else "，未作任何决定："
    return "\n".join([head, *(f"- {claims.told(problem, most=None)}" for problem in problems)])


def _warn(claims: ClaimsFile) -> None:
    """Show what looks odd and is no error."""
    warnings = claims.intake.warnings
    if not warnings:
        return
    lines = sum(len(warning.rows) for warning in warnings)
    click.echo(f"提醒：{lines:,} 处看起来不合常理，不影响审核：", err=True)
    for warning in islice(warnings, _SHOWN_WARNINGS):
        click.echo(f"- {claims.told(warning)}", err=True)


def no_such_claim(claims: ClaimsFile, facts: policy.Intake, claim_id: str) -> str:
    """What to say where a claim isn't in the file: the ids that come nearest."""
    ids = facts.table["claim_id"].slice(0, _SEARCHED_IDS).to_pylist()
    near = difflib.get_close_matches(claim_id, ids, n=3, cutoff=0.0)
    told = "、".join(masked(one) for one in near)
    return f"{claims.path.name} 中没有申请“{claim_id}”；最接近的是 {told}。"
