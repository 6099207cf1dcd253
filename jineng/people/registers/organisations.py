"""A file of organisations: one line each, found by credit code; an empty cell changes nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jineng.core.sealed import SealedText, seal_many
from jineng.people import values
from jineng.people.models import ImportRun, Organisation, OrganisationKind
from jineng.people.models.organisations import Size
from jineng.people.names import organisation_key, organisation_tokens
from jineng.people.registers.bulk import (
    Lines,
    Spec,
    change_rows,
    copy_rows,
    new_keys,
    refuse_repeated,
    spec,
)
from jineng.people.registers.persons import Outcome, masked_account
from jineng.people.registers.words import choice_of, choices_of, region_of, text_of
from jineng.people.roles import DEPARTMENTS

COLUMNS = {
    "name": "varchar",
    "region_id": "int8",
    "size": "varchar",
    "industry": "varchar",
    "bank_name": "varchar",
    "bank_account": "bytea",
    "name_key": "varchar",
    "name_tokens": "text",
}
PLACE = "people_organisation.bank_account"


def specs(on: date) -> list[Spec]:
    """The columns of a file of organisations."""
    return [
        spec(
            "code",
            "统一社会信用代码",
            values.credit_code,
            "信用代码",
            "社会信用代码",
            required=True,
            mask=str,
        ),
        spec("name", "单位名称", values.organisation_name, "企业名称", "机构名称", required=True),
        spec("kinds", "单位类别", choices_of("单位类别", OrganisationKind.Kind.choices)),
        spec("region", "所在地", region_of(on), "注册地"),
        spec("size", "企业规模", choice_of("企业规模", Size.choices)),
        spec("industry", "行业代码", values.industry),
        spec("bank_name", "开户行", text_of(100), "开户银行"),
        spec("bank_account", "银行账号", values.bank_account, mask=masked_account),
    ]


def check(lines: Lines, *, departments: bool) -> None:
    """Notes what is wrong between lines. ``departments``: the file may say what a department is."""
    refuse_repeated(lines, "code")
    if departments:
        return
    for line in range(lines.count):
        if DEPARTMENTS & set(lines.value("kinds", line) or ()):
            lines.blame("kinds", _("部门由平台管理员登记，请从文件中去掉"), [line])


def write(lines: Lines, run: ImportRun, on: date) -> Outcome:
    """Brings the lines into the register; kinds that are new hold from today on."""
    outcome = Outcome()
    for chunk in lines.chunks():
        line_of = {lines.value("code", line): line for line in chunk}
        known = {
            one.credit_code: one
            for one in Organisation.objects.select_for_update()
            .filter(credit_code__in=list(line_of))
            .order_by("pk")
        }
        new = [line for code, line in line_of.items() if code not in known]
        outcome.added += _add(lines, new, run, on, outcome)
        _change(lines, {one.pk: (one, line_of[code]) for code, one in known.items()}, on, outcome)
    return outcome


def known_organisations(lines: Lines, chunk: range) -> dict[int, int]:
    """The organisation of each line whose code is known."""
    line_of = {lines.value("code", line): line for line in chunk}
    found = Organisation.objects.filter(credit_code__in=list(line_of))
    return {line_of[code]: pk for code, pk in found.values_list("credit_code", "pk")}


def _add(lines: Lines, new: Sequence[int], run: ImportRun, on: date, outcome: Outcome) -> int:
    if not new:
        return 0
    keys = new_keys("people_organisation", len(new))
    made = []
    for key, line in zip(keys, new, strict=True):
        organisation = Organisation(pk=key, credit_code=lines.value("code", line), run=run)
        _put(organisation, lines, line)
        made.append(organisation)
    rows = (
        (one.pk, one.credit_code, run.pk, *cells)
        for one, cells in zip(made, _cells(made), strict=True)
    )
    columns, types = ["id", "credit_code", "run_id"], ["int8", "varchar", "int8"]
    copy_rows("people_organisation", [*columns, *COLUMNS], [*types, *COLUMNS.values()], rows)
    told = dict(zip(keys, new, strict=True))
    _write_kinds(lines, told, {}, on)
    outcome.touched |= told
    return len(new)


def _put(organisation: Organisation, lines: Lines, line: int) -> bool:
    """Sets what the line says; whether that is anything new."""
    told = {
        "name": lines.value("name", line),
        "region": lines.value("region", line),
        "size": lines.value("size", line),
        "industry": lines.value("industry", line),
        "bank_name": lines.value("bank_name", line),
        "bank_account": lines.value("bank_account", line),
    }
    changed = False
    for name, value in told.items():
        held = organisation.region_id if name == "region" else getattr(organisation, name)
        if value is None or (value.pk if name == "region" else value) == held:
            continue
        setattr(organisation, name, value)
        changed = True
    if changed:
        organisation.name_key = organisation_key(organisation.name)
        organisation.name_tokens = organisation_tokens(organisation.name)
    return changed


def _cells(organisations: Sequence[Organisation]) -> list[tuple[Any, ...]]:
    """The columns COLUMNS of each."""
    new = [
        one.bank_account
        for one in organisations
        if one.bank_account and not isinstance(one.bank_account, SealedText)
    ]
    sealed = iter(seal_many(new, PLACE))
    rows = []
    for one in organisations:
        account = one.bank_account
        if isinstance(account, SealedText):
            account = account.sealed
        elif account:
            account = next(sealed)
        rows.append(
            (
                *(one.name, one.region_id, one.size, one.industry, one.bank_name),
                *(account or None, one.name_key, one.name_tokens),
            )
        )
    return rows


def _change(
    lines: Lines, known: dict[int, tuple[Organisation, int]], on: date, outcome: Outcome
) -> None:
    held: dict[int, set[str]] = {}
    rows = OrganisationKind.objects.on(on).filter(organisation__in=list(known))
    for organisation, kind in rows.values_list("organisation", "kind"):
        held.setdefault(organisation, set()).add(kind)
    changed = [one for one, line in known.values() if _put(one, lines, line)]
    widened = _write_kinds(lines, {key: line for key, (_one, line) in known.items()}, held, on)
    altered = {one.pk for one in changed} | widened
    for key, (_one, line) in known.items():
        outcome.note(key, line, changed=key in altered)
    cells = zip(changed, _cells(changed), strict=True)
    change_rows(
        "people_organisation",
        ["id", *COLUMNS],
        ["int8", *COLUMNS.values()],
        [(one.pk, *row) for one, row in cells],
    )


def _write_kinds(
    lines: Lines, told: dict[int, int], held: dict[int, set[str]], on: date
) -> set[int]:
    """Writes what the lines say an organisation is beside what it was; of which ones."""
    new = [
        (key, kind, on)
        for key, line in told.items()
        for kind in lines.value("kinds", line) or ()
        if kind not in held.get(key, ())
    ]
    columns = ["organisation_id", "kind", "starts_on"]
    copy_rows("people_organisationkind", columns, ["int8", "varchar", "date"], new)
    return {key for key, _kind, _on in new}
