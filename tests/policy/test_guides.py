"""What those who apply have to know beside the rules; nothing loads that rests on nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from jineng import policy
from tests.policy.packs import copied


def guide(folder: Path, scheme: str, **changed: Any) -> policy.Pack:
    """A pack in which a scheme's guide says something else."""
    copy = copied(folder)
    path = copy / f"{scheme}.guide.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(content | changed, allow_unicode=True), encoding="utf-8")
    return policy.load(copy)


def test_every_scheme_says_whom_what_and_how(pack: policy.Pack) -> None:
    assert list(pack.guides) == list(pack.schemes)
    for code, told in pack.guides.items():
        assert told.who
        assert len(told.materials) >= 3, code
        assert len(told.steps) >= 4, code
        assert bool(told.assumed) == bool(told.readings), code
        grounds: list[Any] = [*told.materials, *told.steps]
        for one in grounds:
            assert one.cites
            assert all(pack.clause(cited)[2] for cited in one.cites)
            assert bool(one.assumed) == bool(one.readings)
    named = {code for told in pack.guides.values() for s in told.steps for code in s.conditions}
    assert {"plan-filed", "platform-accredited", "certified", "wage-paid"} <= named


def test_what_the_documents_list_is_listed_as_they_do(pack: policy.Pack) -> None:
    """D6 一(三)2 for employees' training, 3 for training through work and competitions."""
    four = ["年度补贴性职业技能培训申请表", "培训合格人员花名册", "参训人员的劳动合同",
            "参训人员取得的证书（五类证书）"]  # fmt: skip
    for code in ("PRE", "POST", "APPR", "TECH"):
        told = pack.guides[code]
        assert [one.title for one in told.materials] == four
        assert told.assumed is None
    assert [one.title for one in pack.guides["ONLN"].materials] == four
    assert pack.guides["ONLN"].assumed
    work = [(one.title, one.cites) for one in pack.guides["WORK"].materials]
    assert ("发放工资的银行对账单", ("D6 一(三)3",)) in work
    assert len(pack.guides["COMP"].materials) == 5
    assert all("D6 一(三)3" in one.cites for one in pack.guides["COMP"].materials)


def test_who_is_trained_is_told_what_they_are_spared(pack: policy.Pack, tmp_path: Path) -> None:
    told = {code: one.trainee_cites for code, one in pack.guides.items() if one.trainee}
    assert told == {
        "FREE": ("D7 四(一)", "D7 二(三)"),
        "STUD": ("D8 五(一)1",),
        "VETE": ("D8 五(一)2",),
    }
    with pytest.raises(policy.PackError, match="trainee：没有依据"):
        guide(tmp_path, "students", trainee={"text": "不缴费"}).guides  # noqa: B018


def test_a_shared_step_names_the_conditions_that_the_scheme_has(pack: policy.Pack) -> None:
    (evaluated,) = [s for s in pack.guides["FREE"].steps if s.title == "考核和发证"]
    assert evaluated.conditions == ("certified-any",)


def test_a_guide_decides_nothing(tmp_path: Path, pack: policy.Pack) -> None:
    who = {"text": "别的说法", "cites": "D6 一(二)1"}
    changed = guide(tmp_path, "pre_job", who=who)
    assert changed.guides["PRE"].who == "别的说法"
    assert changed.release.partition("-")[2] == pack.release.partition("-")[2]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    materials = {
        "needed": ["没有的", {"title": "表", "by": "nobody", "cites": "D6 九"}, {"by": "hrss"}]
    }
    steps = [{"use": "plan", "conditions": ["plan-fled"]}, {"title": "办", "wer": 1}]
    changed = guide(tmp_path, "pre_job", who="谁都行", materials=materials, steps=steps)
    with pytest.raises(policy.PackError) as caught:
        _ = changed.guides
    file = "pre_job.guide.yaml"
    assert set(caught.value.reasons) >= {
        f"{file}：who：应写成 名称: 内容",
        f"{file}：materials 第 1 项：shared.guide.yaml 没有“没有的”",
        f"{file}：materials 第 2 项：没有“nobody”这一方",
        f"{file}：materials 第 2 项：依据“D6 九”不在文件条款表中",
        f"{file}：materials 第 3 项：缺少 title",
        f"{file}：materials 第 3 项：没有依据（cites）",
        f"{file}：steps 第 1 项：没有条件“plan-fled”",
        f"{file}：steps 第 2 项：不认识“wer”",
        f"{file}：steps 第 2 项：缺少 by",
        f"{file}：steps 第 2 项：缺少 text",
    }


def test_a_guide_that_is_not_there_is_told(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    (copy / "online.guide.yaml").unlink()
    with pytest.raises(policy.PackError, match=r"online\.guide\.yaml：没有这个文件"):
        _ = policy.load(copy).guides
