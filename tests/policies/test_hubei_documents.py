"""Every paragraph of Hubei's documents has an entry, and is carried by what is there."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from django.urls import resolve

from jineng import policy
from jineng.policy.documents import Document
from jineng.policy.facts import FACTS, SCHEME_NAMES
from jineng.policy.tracing import counts, faults, traceability
from tests.policies.fingerprint import copied, fingerprint, plain
from tests.stand import ROOT

#: Paragraphs of each document, headings included, counted on the paper.
COUNTED = {"D1": 19, "A3": 6, "D6": 36, "D7": 25, "D8": 35}
HEADINGS = {"D1": 1, "A3": 0, "D6": 7, "D7": 5, "D8": 6}

NUMERALS = "一二三四五六七八九十"
#: What stands before the first number, and after the last.
BEFORE = ("标题", "文号", "通知", "引言", "引言1", "引言2", "引言3")
AFTER = ("结尾", "落款", "附件", "附件1", "附件2")

#: Programmes and groups that have no other name than their own.
NAMES = (
    "春潮行动",
    "求学圆梦行动",
    "农村转移劳动者",
    "就业重点群体",
    "社会重点群体",
    "企业在岗职工",
    "城乡各类劳动者",
    "下岗失业",
    "建档立卡",
    "两后生",
)


@pytest.fixture(scope="module")
def whole(pack: policy.Pack) -> dict[str, Document]:
    """The documents that were at hand."""
    return {key: document for key, document in pack.documents.items() if document.whole}


def test_the_paragraphs_are_those_of_the_paper(
    pack: policy.Pack, whole: dict[str, Document]
) -> None:
    assert {key: len(document.paragraphs) for key, document in whole.items()} == COUNTED
    headings = {
        key: sum(entry.heading for entry in document.entries.values())
        for key, document in whole.items()
    }
    assert headings == HEADINGS
    assert counts(pack, whole.values())["paragraphs"] == sum(COUNTED.values())


def numbers(clause: str) -> list[int]:
    """A key's numbers from the outside in: ``一(二)3`` is 1, 2, 3; a number after 一 without
    brackets is the third, so ``一3`` is 1, 0, 3."""
    found = re.fullmatch(rf"([{NUMERALS}])(?:\(([{NUMERALS}])\))?(\d+)?", clause)
    assert found, clause
    chapter, section, item = found.groups()
    return [
        NUMERALS.index(chapter) + 1,
        NUMERALS.index(section) + 1 if section else 0,
        int(item or 0),
    ]


def follows(later: list[int], earlier: list[int]) -> bool:
    """Whether no number is left out between two keys."""
    level = next(level for level in range(3) if later[level] != earlier[level])
    below = later[level + 1 :]
    # the first item of a chapter without sections comes straight after it
    return later[level] == earlier[level] + 1 and not any(below)


def test_no_number_is_left_out(whole: dict[str, Document]) -> None:
    for key, document in whole.items():
        numbered = [clause for clause in document.paragraphs if clause not in (*BEFORE, *AFTER)]
        begun = [clause for clause in document.paragraphs if clause in BEFORE]
        ended = [clause for clause in document.paragraphs if clause in AFTER]
        assert (*begun, *numbered, *ended) == document.paragraphs, key
        assert numbers(numbered[0]) == [1, 0, 0], key
        for earlier, later in pairwise(map(numbers, numbered)):
            assert follows(later, earlier), (key, earlier, later)


def test_documents_rules_and_features_agree(pack: policy.Pack) -> None:
    assert faults(pack) == []


def test_every_part_is_carried_and_concerns_somebody(pack: policy.Pack) -> None:
    for document in pack.documents.values():
        assert list(document.entries) == list(document.paragraphs)
        for entry in document.entries.values():
            for part in entry.parts:
                assert entry.heading or part.carried(), entry.citation
                assert entry.heading or part.bound or part.entitled or part.outside
            assert re.search("[\u4e00-\u9fff]", entry.text), entry.citation


def test_the_page_is_what_the_command_makes(pack: policy.Pack) -> None:
    page = (ROOT / "docs" / "traceability.md").read_text(encoding="utf-8")
    assert page == traceability(pack), "jineng policy trace > docs/traceability.md"
    for key, number in COUNTED.items():
        assert f"| {key} | {number} |" in page


def test_a_feature_that_is_there_is_there(pack: policy.Pack) -> None:
    for key, feature in pack.features.items():
        assert feature.to_come or feature.modules, key
        for module in feature.modules:
            assert importlib.util.find_spec(module), f"{key}: {module}"
        for page in feature.pages:
            assert resolve(page), f"{key}: {page}"
    assert {feature.to_come for feature in pack.features.values()} == {True, False}


def test_documents_are_in_force_as_the_figures_say(pack: policy.Pack) -> None:
    for key in ("D2", "D6", "D7", "D8"):
        (value,) = pack.parameters[f"in_force_{key.lower()}"].values
        document = pack.documents[key]
        assert value.value == (document.start, document.end), key
        assert bool(value.assumed) == bool(document.assumed), key
    (epidemic,) = pack.schemes["ONLN"].parameters["epidemic"].values
    assert epidemic.value == (pack.documents["D3"].start, pack.documents["D3"].end)
    (term,) = pack.schemes["WORK"].parameters["term_d6"].values
    for citation in ("D6 一(二)3", "D6 三(二)"):
        entry = pack.entry(citation)
        assert term.value == (entry.start, entry.end)
    assert pack.entry("D6 一(二)2").end == pack.documents["D6"].end


def names(pack: policy.Pack) -> Iterator[str]:
    """What is called in the documents as it is here, because it has no other name."""
    for document in pack.documents.values():
        yield from (document.number, document.title)
    yield from SCHEME_NAMES.values()
    for fact in FACTS:
        yield from fact.codes.values()
    yield from NAMES


def test_no_sentence_is_the_documents_own(pack: policy.Pack) -> None:
    known, called = fingerprint(), [name for name in names(pack) if len(plain(name)) > 2]
    found = {
        (entry.citation, run)
        for document in pack.documents.values()
        for entry in document.entries.values()
        for text in (entry.title, entry.text, *(part.text for part in entry.parts))
        for run in copied(text, known, called)
    }
    assert found == set()


def test_no_sentence_of_a_guide_is_the_documents_own(pack: policy.Pack) -> None:
    known, called = fingerprint(), [name for name in names(pack) if len(plain(name)) > 2]
    # A form is asked for by the name that is printed on it.
    forms = [material.title for guide in pack.guides.values() for material in guide.materials]
    found = {
        (code, run)
        for code, guide in pack.guides.items()
        for text in (guide.who, *(step.text for step in guide.steps))
        for run in copied(text, known, [*called, *forms])
    }
    assert found == set()


def test_a_copied_sentence_is_found() -> None:
    """A dozen characters of D6 七(三), blanks and all."""
    sentence = "对培训过程和 " + "培训质量负责"
    assert copied(f"因此{sentence}。", fingerprint())
    assert not copied("谁组织培训，谁就对过程和它的质量负责。", fingerprint())


def test_what_is_cited_elsewhere_is_a_paragraph(pack: policy.Pack) -> None:
    """In docs and code; one key of a document for several paragraphs: ``D6 一(二)1, 三(二)``."""
    place = rf"(?:[{NUMERALS}](?:\([{NUMERALS}]\))?\d*|标题|文号|结尾|附件\d)(?![\w（(])"
    found, unknown = 0, []
    for path in (*(ROOT / "docs").rglob("*.md"), *(ROOT / "jineng").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for cited in re.finditer(rf"\b([AD]\d) ({place}(?:, {place})*)", text):
            for clause in cited[2].split(", "):
                found += 1
                if clause not in pack.documents[cited[1]].paragraphs:
                    unknown.append(f"{path.name}: {cited[1]} {clause}")
    assert unknown == []
    assert found > 200
