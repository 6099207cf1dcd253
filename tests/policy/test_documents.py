"""Documents as data: entries are read when they are asked for, and faults are found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from jineng import policy
from jineng.policy.tracing import faults, traceability
from tests.policy.packs import copied

Change = Callable[[dict[str, Any]], None]


def changed(folder: Path, name: str, change: Change) -> None:
    """Change one YAML file of a copied pack."""
    path = folder / name
    content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    change(content)
    text = yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")


def in_clauses(document: str, change: Change) -> Callable[[Path], None]:
    """Change the entries of a document, or the registry of features."""
    return lambda folder: changed(folder, f"clauses/{document}.yaml", change)


def entry(clause: str, **words: Any) -> Change:
    """Change words of an entry; None takes a word away."""

    def change(content: dict[str, Any]) -> None:
        for word, wish in words.items():
            if wish is None:
                del content[clause][word]
            else:
                content[clause][word] = wish

    return change


def in_rules(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Change the rules of a scheme."""

    def change(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def first_part(clause: str, **words: Any) -> Change:
    """Change words of an entry's first part."""
    return lambda content: content[clause]["parts"][0].update(words)


WAGES = '"wage-paid", cites="D6 一(三)3"'
#: What is done to a pack, and what is told of it; … stands for a paraphrase.
FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a paragraph without an entry": (
        in_clauses("D6", lambda content: content.pop("一(二)4")),
        "D6.yaml：D6 一(二)4 没有条目",
    ),
    "an entry for no paragraph": (
        in_clauses("D6", lambda content: content.update({"八": {"title": "八", "text": "八"}})),
        "D6.yaml：文件没有“八”这一条",
    ),
    "another order": (
        in_clauses("D6", lambda content: content.update({"标题": content.pop("标题")})),
        "D6.yaml：条目的次序应与文件一致",
    ),
    "no file": (
        lambda folder: (folder / "clauses" / "D8.yaml").unlink(),
        "D8.yaml：没有这个文件",
    ),
    "carried by nothing": (
        in_clauses("D8", entry("三2", features=None)),
        "D8 三2：“…”没有承载它的规则或功能，也没有写明为何不属系统事务",
    ),
    "a part carried by nothing": (
        in_clauses("D7", first_part("五(二)", features=[])),
        "D7 五(二)：“…”没有承载它的规则或功能，也没有写明为何不属系统事务",
    ),
    "concerns nobody": (
        in_clauses("D8", entry("三3", entitled=None)),
        "D8 三3：“…”没有写明约束谁、谁受益",
    ),
    "a heading that carries": (
        in_clauses("D8", entry("四", features=["projects"])),
        "D8 四：只是标题，不应再写其他内容",
    ),
    "a condition that is none": (
        in_clauses("D6", entry("三(三)", conditions=["POST.employee", "POST.worker"])),
        "D6 三(三)：没有条件“POST.worker”",
    ),
    "a condition of no scheme": (
        in_clauses("A3", first_part("一", conditions=["*.plan-filed", "*.plan"])),
        "A3 一：没有一个补贴项目的条件“*.plan”以本条为依据",
    ),
    "a condition from elsewhere": (
        in_clauses("D6", entry("三(三)", conditions=["POST.employee", "POST.min-hours"])),
        "D6 三(三)：条件“POST.min-hours”没有以本条为依据",
    ),
    "a figure that is none": (
        in_clauses("D6", entry("三(三)", parameters=["POST.min_town_months", "POST.days"])),
        "D6 三(三)：没有标准“POST.days”",
    ),
    "a figure from elsewhere": (
        in_clauses("D6", entry("三(三)", parameters=["POST.min_town_months", "POST.min_hours"])),
        "D6 三(三)：标准“POST.min_hours”没有以本条为依据",
    ),
    "a scheme that is none": (
        in_clauses("D9", entry("文号", schemes=["SKIL", "SKILL"])),
        "D9 文号：没有补贴项目“SKILL”",
    ),
    "an amount from elsewhere": (
        in_clauses("D9", entry("文号", amounts=["SKIL"])),
        "D9 文号：金额“SKIL”没有以本条为依据",
    ),
    "a feature that is none": (
        in_clauses("D8", entry("三2", features=["project-list"])),
        "D8 三2：没有功能“project-list”",
    ),
    "a feature for nothing": (
        in_clauses("features", lambda c: c.update(idle={"title": "闲", "to_come": True})),
        "功能“idle”没有承载任何条款",
    ),
    "a feature both here and to come": (
        in_clauses("features", lambda c: c["persons"].update(to_come=True)),
        "features.yaml：persons：已有的功能写明 modules，未有的写 to_come: true",
    ),
    "a condition that the entry leaves out": (
        in_clauses("D6", first_part("一(三)3", conditions=[])),
        "D6 一(三)3：条件“WORK.wage-paid”以本条为依据，条目没有写",
    ),
    "a rule that cites another paragraph": (
        in_rules("work_training.py", WAGES, WAGES.replace("3", "2")),
        "D6 一(三)2：条件“WORK.wage-paid”以本条为依据，条目没有写",
    ),
    "a rule that cites a document alone": (
        in_rules("work_training.py", WAGES, WAGES.replace(" 一(三)3", "")),
        "依据“D6”没有写明条款",
    ),
    "a reference to no paragraph": (
        in_clauses("D9", entry("文号", see=["D6 一(二)6"])),
        "D9 文号：参见的“D6 一(二)6”不在文件条款表中",
    ),
    "a party that is none": (
        in_clauses("D9", entry("文号", bound=["official"])),
        "D9.yaml：文号：没有“official”这一方",
    ),
    "a word that is not known": (
        in_clauses("D9", entry("文号", carries=["SKIL"])),
        "D9.yaml：文号：不认识“carries”",
    ),
    "an entry without words": (
        in_clauses("D9", entry("文号", text="")),
        "D9.yaml：文号：缺少 text",
    ),
    "words beside parts": (
        in_clauses("A3", entry("三", features=["exams"])),
        "A3.yaml：三：有 parts 的，其余各项写在 parts 里",
    ),
    "a name where a list belongs": (
        in_clauses("D9", entry("文号", schemes="SKIL")),
        "D9.yaml：文号：schemes 应是一串名称",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_and_named(name: str, tmp_path: Path) -> None:
    change, told = FAULTS[name]
    folder = copied(tmp_path)
    change(folder)
    pack = policy.load(folder)
    try:
        found = faults(pack)
    except policy.PackError as error:
        found = error.reasons
    start, _, end = told.partition("…")
    assert [fault for fault in found if fault.startswith(start) and fault.endswith(end)], found


def test_a_citation_to_no_paragraph_does_not_load(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    changed(folder, "documents.yaml", lambda content: content["D6"]["paragraphs"].remove("三(三)"))
    with pytest.raises(policy.PackError) as caught:
        policy.load(folder)
    assert [reason for reason in caught.value.reasons if "“D6 三(三)”" in reason]


def test_a_document_written_wrongly_does_not_load(tmp_path: Path) -> None:
    folder = copied(tmp_path)

    def spoil(content: dict[str, Any]) -> None:
        content["D6"]["paragraphs"].append("三(三)")
        del content["D7"]["number"]
        content["D8"]["clauses"] = {}

    changed(folder, "documents.yaml", spoil)
    with pytest.raises(policy.PackError) as caught:
        policy.load(folder)
    assert caught.value.reasons == [
        "documents.yaml：D6：条款“三(三)”列了两次",
        "documents.yaml：D7：缺少 number",
        "documents.yaml：D8：不认识“clauses”",
    ]


def test_a_paragraph_written_twice_is_told(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    path = folder / "clauses" / "D9.yaml"
    path.write_text(path.read_text(encoding="utf-8") * 2, encoding="utf-8")
    with pytest.raises(policy.PackError, match=r"D9\.yaml：第 8 行：“文号”写了两次"):
        faults(policy.load(folder))


def test_entries_are_read_only_when_asked_for(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    for path in (folder / "clauses").iterdir():
        path.write_text("[", encoding="utf-8")
    pack = policy.load(folder)
    line = {"claim_id": "1", "scheme": "PRE", "applied_on": "2020-09-01", "region": "420100",
            "person_id": "甲"}  # fmt: skip
    assert pack.decide([line])["outcome"].to_pylist() == ["needs_evidence"]
    with pytest.raises(policy.PackError, match=r"D6\.yaml：不是有效的 YAML"):
        pack.explain([line], "1")


def test_the_release_does_not_rest_on_our_words(pack: policy.Pack, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    for path in (folder / "clauses").iterdir():
        path.write_text(path.read_text(encoding="utf-8") + "\n# 一句话\n", encoding="utf-8")
    assert policy.load(folder).release == pack.release
    changed(folder, "documents.yaml", lambda content: content["D6"].update(number="另一文号"))
    assert policy.load(folder).release != pack.release


def test_an_entry_says_what_a_page_shows(pack: policy.Pack) -> None:
    found = pack.entry("D6 一(二)3")
    document, clause, text = pack.clause("D6 一(二)3")
    assert (document.key, clause, text) == ("D6", "一(二)3", found.text)
    assert document.clauses["一(二)3"] == found.text
    assert found.named("conditions") == [
        "WORK.work-ground",
        "WORK.max-6-months",
        "WORK.accepted-by",
    ]
    assert found.parts[3].days == (("2020-12-31", "停止受理"),)
    assert found.parts[0].entitled == ("enterprise",)
    with pytest.raises(KeyError):
        pack.entry("D6 八")


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2020, 5, 31), False),
        (date(2020, 6, 1), True),
        (date(2021, 12, 31), True),
        (date(2022, 1, 1), False),
    ],
)
def test_a_document_is_in_force_on_its_days(pack: policy.Pack, day: date, held: bool) -> None:
    assert pack.documents["D6"].in_force_on(day) is held
    assert pack.documents["D4"].in_force_on(day)


def test_the_page_has_a_row_for_every_part(pack: policy.Pack) -> None:
    rows = traceability(pack).splitlines()
    for document in pack.documents.values():
        for entry in document.entries.values():
            assert [row for row in rows if row.startswith(f"| `{entry.clause}` {entry.title} |")]
            for part in entry.parts:
                assert [row for row in rows if part.text in row], entry.citation
