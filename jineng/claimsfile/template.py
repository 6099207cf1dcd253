"""The template of the claims file: Chinese headings, drop-downs, notes, three examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from jineng.claimsfile.container import ending_of
from jineng.claimsfile.errors import FileError
from jineng.claimsfile.saving import new_workbook
from jineng.claimsfile.sheetxml import MAX_ROWS
from jineng.claimsfile.source import EXAMPLE_CLAIMS, GUIDE_SHEET
from jineng.policy.facts import FACTS, SCHEME_NAMES, Fact
from jineng.policy.identity import check_character

_KINDS = {
    "text": "文字",
    "person": "文字",
    "region": "六位数字",
    "code": "从下拉列表中选择",
    "groups": "代码或名称，多个之间用 ; 隔开",
    "date": "日期",
    "month": "年月",
    "number": "数字",
    "whole": "整数",
    "months_or_open": "整数或 open",
    "yesno": "是 或 否",
    "yuan": "金额（元）",
}
_EXAMPLES = {
    "region": "420100",
    "date": "2020-08-31",
    "month": "2020-08",
    "number": "24",
    "whole": "12",
    "months_or_open": "36，或 open（无固定期限）",
    "yesno": "是",
    "yuan": "1650.50",
    "groups": "disabled;hard_to_employ，或 none（都不属于）",
}
_FORMATS = {"date": "yyyy-mm-dd", "number": "General", "whole": "0", "yuan": "0.00"}
#: A drop-down's choices, put end to end, may not be longer than this.
_LONGEST_LIST = 255


def _person(birth: str) -> str:
    """An identity number that nobody has: its sequence is 000."""
    first = f"420106{birth}000"
    return first + check_character(first)


def examples() -> list[dict[str, object]]:
    """Three lines as a good file has them: PRE, WORK and SKIL. The persons are made up."""
    lines: list[dict[str, object]] = [
        {
            "scheme": "岗前培训",
            "applied_on": date(2020, 10, 15),
            "region": "420100",
            "person_id": _person("19920315"),
            "employer_id": "示例企业甲",
            "training_id": "班次-001",
            "training_mode": "线下",
            "hours": 24,
            "training_start": date(2020, 7, 6),
            "training_end": date(2020, 7, 10),
            "plan_filed_on": date(2020, 6, 30),
            "passed": "是",
            "contract_signed_on": date(2020, 7, 1),
            "contract_months": "36",
            "hire_status": "新录用",
            "social_insurance_months": 3,
            "still_employed": "是",
        },
        {
            "scheme": "以工代训",
            "applied_on": date(2020, 9, 20),
            "region": "420100",
            "person_id": _person("19881102"),
            "employer_id": "示例企业乙",
            "hire_status": "新录用",
            "enterprise_size": "小型",
            "enterprise_industry": "餐饮",
            "enterprise_suspended": "否",
            "enterprise_insured": "是",
            "person_groups": "registered_unemployed",
            "service_month": "2020-08",
            "wage_paid": "是",
        },
        {
            "scheme": "职工技能提升补贴",
            "applied_on": date(2020, 11, 2),
            "region": "420100",
            "person_id": _person("19850520"),
            "employer_id": "示例企业丙",
            "training_id": "证书-003",
            "occupation": "电工",
            "level": "中级工",
            "certificate_type": "职业技能等级证书",
            "certificate_no": "示例证书-003",
            "certificate_issued_on": date(2020, 9, 1),
            "certificate_verified": "是",
            "unemployment_insurance_months": 40,
        },
    ]
    return [{"claim_id": key, **line} for key, line in zip(EXAMPLE_CLAIMS, lines, strict=True)]


def write_template(
    path: str | Path, *, schemes_reading: Mapping[str, Iterable[str]] | None = None
) -> None:
    """Write the template as XLSX; read and decided as it is, it gives three eligible claims.

    ``schemes_reading``: codes of the schemes that read a fact, by the fact's name; named in the
    column's note where given.

    Errors: FileError for another ending, a full disk, no permission.
    """
    path = Path(path)
    if ending_of(path) != ".xlsx":
        raise FileError("模板只能写成 Excel 工作簿", "请把文件名写成以 .xlsx 结尾")
    schemes = schemes_reading or {}
    with new_workbook(path, constant_memory=False) as book:
        sheet = book.add_worksheet("申请")
        _write_columns(book, sheet, schemes)
        _write_examples(book, sheet)
        _write_guide(book, book.add_worksheet(GUIDE_SHEET), schemes)


def _write_columns(book: Any, sheet: Any, schemes: Mapping[str, Iterable[str]]) -> None:
    plain = {"bold": True, "border": 1, "text_wrap": True, "valign": "top"}
    needed = book.add_format({**plain, "bg_color": "#F8CBAD"})
    optional = book.add_format({**plain, "bg_color": "#DDEBF7"})
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    for place, fact in enumerate(FACTS):
        width = max(12, 2 * len(fact.heading) + 2)
        cells = book.add_format({"num_format": _FORMATS.get(fact.kind, "@")})
        sheet.set_column(place, place, 22 if fact.kind == "person" else width, cells)
        sheet.write_string(0, place, fact.heading, needed if fact.required else optional)
        sheet.write_comment(0, place, _note(fact, schemes), {"x_scale": 2.2, "y_scale": 1.6})
        choices = choices_of(fact)
        if choices:
            sheet.data_validation(
                1,
                place,
                MAX_ROWS - 1,
                place,
                {
                    "validate": "list",
                    "source": choices,
                    "error_type": "warning",
                    "error_title": fact.heading[:32],
                    "error_message": "请从下拉列表中选择；不清楚时留空。",
                },
            )


def choices_of(fact: Fact) -> list[str]:
    """What a column's drop-down offers; none where it does not fit into one."""
    choices = list(fact.codes.values()) if fact.kind == "code" else []
    if fact.kind == "yesno":
        choices = ["是", "否"]
    return choices if len(",".join(choices)) <= _LONGEST_LIST else []


def _note(fact: Fact, schemes: Mapping[str, Iterable[str]]) -> str:
    """What a column means, its type, an example, and the schemes that ask for it."""
    lines = [f"{fact.heading}（{fact.name}）{'：必填' if fact.required else ''}", fact.note]
    lines.append(f"类型：{_KINDS[fact.kind]}")
    lines.append(f"示例：{_example(fact)}")
    asking = list(schemes.get(fact.name, ()))
    if asking and not fact.required:
        every = len(asking) == len(SCHEME_NAMES)
        named = "全部项目" if every else "、".join(SCHEME_NAMES[code] for code in asking)
        lines.append(f"用于：{named}")
    if not fact.required:
        lines.append("空白表示“不清楚”，不等于“否”。")
    return "\n".join(lines)


def _example(fact: Fact) -> str:
    if fact.kind == "code":
        return next(iter(fact.codes.values()))
    if fact.kind in _EXAMPLES:
        return _EXAMPLES[fact.kind]
    given = [line[fact.name] for line in examples() if fact.name in line]
    return str(given[0]) if given else "按证件、台账原样填写"


def _write_examples(book: Any, sheet: Any) -> None:
    day, text = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "@"})
    for row, line in enumerate(examples(), start=1):
        for place, fact in enumerate(FACTS):
            cell = line.get(fact.name)
            if isinstance(cell, date):
                sheet.write_datetime(row, place, cell, day)
            elif isinstance(cell, int):
                sheet.write_number(row, place, cell)
            elif cell is not None:
                sheet.write_string(row, place, str(cell), text)


def _write_guide(book: Any, sheet: Any, schemes: Mapping[str, Iterable[str]]) -> None:
    """The second sheet: how to fill in, and every column with its codes."""
    bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for place, width in enumerate((22, 32, 8, 28, 40, 60, 40)):
        sheet.set_column(place, place, width)
    advice = (
        "每行一个申请（以工代训：每人每月一行）。前三行是示例，填写前请删去。",
        "空白表示“不清楚”，不等于“否”；清楚是“否”时请填“否”。",
        "橙色表头必填。编号、身份证号所在列已设为文本格式，请不要改为数字。",
        "日期写作 2020-08-31。列的顺序可以改变，用不到的列可以删去。",
    )
    for row, text in enumerate(advice):
        sheet.write_string(row, 0, text)
    top = len(advice) + 1
    for place, word in enumerate(("列名", "英文列名", "必填", "类型", "说明", "可填内容", "用于")):
        sheet.write_string(top, place, word, bold)
    for row, fact in enumerate(FACTS, start=top + 1):
        allowed = "、".join(f"{name}（{code}）" for code, name in fact.codes.items())
        if fact.kind == "groups":
            allowed += "；都不属于填 none"
        asking = list(schemes.get(fact.name, ()))
        named = "、".join(SCHEME_NAMES[code] for code in asking)
        words = (
            fact.heading,
            fact.name,
            "是" if fact.required else "",
            _KINDS[fact.kind],
            fact.note,
            allowed or _example(fact),
            "全部项目" if len(asking) == len(SCHEME_NAMES) else named,
        )
        for place, word in enumerate(words):
            sheet.write_string(row, place, word, wrap)
