"""Tables of cases by officials, and drafts that come in force by them."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from jineng.desk.commands.drafts import begin_draft, share_draft, write_draft
from jineng.desk.models import CaseTable, Draft, Enactment
from jineng.desk.queries.in_force import pack_in_force, pack_of_files, pack_of_release
from jineng.people.models import Membership, Role, User
from jineng.policy import laid_over, read_laid
from tests.access.world import member, signed_in
from tests.desk.standing import TODAY, Desk, seconded

pytestmark = pytest.mark.django_db

TEXT = """
draft: 岗前培训提到 600 元
documents:
  拟1: {number: （拟）, title: 关于调整补贴标准的通知, clauses: {一: 提高标准}}
parameters:
  岗前培训:
    standard:
      values:
        - {from: 2021-01-01, value: 600, cites: 拟1 一}
"""
STANDARD = (
    "{region: 420100, scheme: FREE, value: 900, number: 武人社发〔2021〕（拟）, from: 2021-01-01}"
)
HEAD = (
    "案例,说明,其余信息,预期结论,预期金额（元）,预期未满足的条件,补贴项目,受理日期,合同期限（月）\n"
)
GOOD = f"{HEAD}1,新标准,照范例,符合,600,无,岗前培训,2021-02-01,\n"


def _hand_in(client: Client, text: str | bytes, name: str = "案例.csv", draft: Any = "") -> Any:
    content = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile(name, content)
    return client.post("/cases/new/", {"file": file, "draft": draft})


def _draft(by: User, text: str = TEXT) -> Draft:
    of = Membership.objects.get(user=by).organisation
    assert of is not None
    return begin_draft(text=text, department=of, what="新建", by=by, on=TODAY, at=timezone.now())


def _shared(draft: Draft, user: User) -> None:
    told: dict[str, Any] = {"by": draft.author, "on": TODAY, "at": timezone.now()}
    share_draft(draft, audience="colleague", user=user, may_edit=False, **told)


def test_the_template_passes_and_comes_back_marked_where_it_differs(three: Desk) -> None:
    city = signed_in(three.city)
    template = city.get("/cases/template.xlsx")
    assert template.status_code == 200
    made = _hand_in(city, template.content, "案例.xlsx")
    assert made.status_code == 302, made.content.decode()
    page = city.get(made["Location"]).content.decode()
    assert "都与预期相符" in page
    assert "样样符合" in page

    wrong = _hand_in(
        city, f"{HEAD}1,一,照范例,符合,501,无,岗前培训,,11\n2,二,照范例,符合,,,岗前培训,,\n"
    )
    page = city.get(wrong["Location"]).content.decode()
    assert "2 行中有 1 行与预期不符" in page
    assert "未满足：签订一年及以上期限劳动合同" in page
    some = city.get(f"{wrong['Location']}?result=holds").content.decode()
    assert "样样" not in some
    assert ">二<" in some
    assert ">一<" not in some
    listed = city.get(f"{wrong['Location']}?export=csv&result=differs")
    assert "501.00 元" in b"".join(listed.streaming_content).decode()  # type: ignore[attr-defined]
    marked = city.get(f"{wrong['Location']}marked.xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(marked.content))
    errors = book.get_sheet_by_name("错误清单").to_python()
    assert any("应为 501.00 元，实为 0.00 元" in str(cell) for line in errors for cell in line)


def test_what_cant_be_read_is_told_by_row_and_column(three: Desk) -> None:
    city = signed_in(three.city)
    made = _hand_in(city, f"{HEAD}1,一,照抄,对,五百,无,岗前,2021-13-01,11\n")
    page = city.get(made["Location"]).content.decode()
    assert "没有运行任何案例" in page
    for word in ("照抄", "五百", "2021-13-01", "只能填 照范例", "标注好的副本"):
        assert word in page
    assert city.get(f"{made['Location']}marked.xlsx").status_code == 200
    for name, content, told in (
        ("案例.docx", b"x", "请选择 .xlsx 或 .csv 文件"),
        ("案例.xlsx", b"not a workbook", "没有收下"),
        ("案例.csv", b"", "文件是空的"),
    ):
        answer = _hand_in(city, content, name)
        assert answer.status_code == 422
        assert told in answer.content.decode()
    assert CaseTable.objects.count() == 1


def test_a_draft_comes_in_force_by_its_cases_and_another_person(
    three: Desk, settings: Any, tmp_path: Path
) -> None:
    city, province = signed_in(three.city), signed_in(three.province)
    draft = _draft(three.city)
    at = f"/drafts/{draft.pk}/in-force/"
    assert province.get(at).status_code == 404
    _shared(draft, three.province)
    assert "草案还没有案例" in province.get(at).content.decode()
    assert city.get(at).status_code == 403

    # It comes out otherwise; then, nothing that the draft changes; then it proves it.
    assert _hand_in(city, GOOD.replace("600", "500"), draft=draft.pk).status_code == 302
    assert "应为 500.00 元，实为 600.00 元" in province.get(at).content.decode()
    _hand_in(city, GOOD.replace("2021-02-01", "2020-12-01").replace("600", "500"), draft=draft.pk)
    assert "检验不出草案的改动" in province.get(at).content.decode()
    _hand_in(city, GOOD, draft=draft.pk)
    page = province.get(at).content.decode()
    assert "1 项参数值改变，涉及 1 个补贴项目" in page
    assert "2021-01-01" in page
    assert "已经作出的决定不变" in page

    before = pack_in_force()
    number, day = "鄂人社函〔2026〕9号", TODAY + timedelta(days=10)
    late = {"number_拟1": number, "effective_on": (TODAY - timedelta(days=1)).isoformat()}
    late["version"] = "1"
    assert "不能早于今天" in province.post(at, late).content.decode()
    good = late | {"effective_on": day.isoformat()}
    _looked_at_once_more(province, draft, good)
    answer = province.post(at, good | {"version": "2"})
    assert answer.status_code == 302, answer.content.decode()

    enactment = Enactment.objects.get()
    assert (enactment.draft, enactment.by, enactment.number) == (draft, three.province, number)
    assert pack_in_force() is before, "not before its day"
    after = pack_in_force(day)
    value = after.schemes["PRE"].parameters["standard"].pick(date(2021, 2, 1), "420100")
    assert value is not None
    assert (value.value, value.cites) == (60_000, (f"{number} 一",))
    assert "draft" not in after.release
    assert pack_of_release(after.release) is after

    # What is seconded in between comes before it in the order, and what decided stays.
    seconded(three)
    between = pack_in_force()
    assert between.release not in (before.release, after.release)
    assert pack_of_release(between.release) is between
    assert [one.number for one in pack_in_force(day).standards] == ["武人社发〔2020〕12号"]
    assert pack_of_release(pack_of_files().release) is pack_of_files()
    assert "这份草案已经施行" in province.get(at).content.decode()
    assert _hand_in(city, GOOD, draft=draft.pk).status_code == 422

    settings.BUSINESS_DATE = day
    _still_shown(city, enactment)
    _followed_by_another(three, good | {"version": "1"}, day)
    # The command line comes to the same release by the file, drafts and standards in their order.
    path = tmp_path / "standards.yaml"
    path.write_bytes(city.get("/standards/standards.yaml").content)
    assert [type(one).__name__ for one in read_laid(path)] == ["Standard", "Draft", "Draft"]
    assert laid_over(pack_of_files(), read_laid(path)).release == pack_in_force(day).release


def _looked_at_once_more(province: Client, draft: Draft, good: dict[str, str]) -> None:
    """Numbers that can't be are told; what was changed since it was seen is not put in force."""
    at = f"/drafts/{draft.pk}/in-force/"
    for taken, told in (("D6", "与政策包文件的代号相同"), ("9 号", "不能有空格和分号")):
        page = province.post(at, good | {"number_拟1": taken}).content.decode()
        assert f"文件号“{taken}”" in page
        assert told in page
    # What was changed since it was looked at is looked at once more.
    write_draft(draft, text=f"{TEXT}\n", version=1, what="改", by=draft.author, at=timezone.now())
    assert province.post(at, good)["Location"] == at
    assert "草案刚刚有改动" in province.get(at).content.decode()
    assert not Enactment.objects.exists()


def _still_shown(city: Client, enactment: Enactment) -> None:
    """With what it changed; its cases still run against what it was laid over."""
    page = city.get(f"/drafts/{enactment.draft_id}/").content.decode()
    assert "500.00 元" in page
    assert "已不能使用" not in page
    cases = f"/cases/{enactment.cases_id}/"
    assert cases in page
    assert "都与预期相符" in city.get(cases).content.decode()


def _followed_by_another(three: Desk, given: dict[str, str], day: date) -> None:
    """The same document may bring another draft."""
    more = _draft(three.city, TEXT.replace("2021-01-01", "2021-03-01").replace("600", "650"))
    _shared(more, three.province)
    table = GOOD.replace("2021-02", "2021-03").replace("600", "650")
    _hand_in(signed_in(three.city), table, draft=more.pk)
    answer = signed_in(three.province).post(f"/drafts/{more.pk}/in-force/", given)
    assert answer.status_code == 302, answer.content.decode()
    assert set(pack_in_force(day).documents[given["number_拟1"]].entries) == {"一"}


def test_what_waits_is_still_proven_when_another_comes_before_it(three: Desk) -> None:
    province, day = signed_in(three.province), TODAY + timedelta(days=10)

    def put_in_force(text: str, table: str, number: str, on: date) -> Any:
        draft = Draft.objects.filter(text=text).first() or _draft(three.city, text)
        _shared(draft, three.province)
        _hand_in(signed_in(three.city), table, draft=draft.pk)
        given = {"number_拟1": number, "effective_on": on.isoformat(), "version": "1"}
        return province.post(f"/drafts/{draft.pk}/in-force/", given)

    assert put_in_force(TEXT, GOOD, "鄂人社函〔2026〕9号", day).status_code == 302
    higher = TEXT.replace("2021-01-01", "2021-01-15").replace("600", "650")
    given = higher, GOOD.replace("600", "650"), "鄂人社函〔2026〕10号"
    told = f"“岗前培训提到 600 元”自 {day} 起施行，它的案例将不再相符"
    assert told in put_in_force(*given, TODAY).content.decode()
    assert pack_in_force(day).schemes["PRE"].parameters["standard"].own[-1].value == 60_000
    # From that day on it changes what holds then, as any draft does.
    assert put_in_force(*given, day).status_code == 302
    assert pack_in_force(day).schemes["PRE"].parameters["standard"].own[-1].value == 65_000


def test_what_a_region_sets_does_not_come_in_force_with_a_draft(three: Desk) -> None:
    draft = _draft(three.city, f"{TEXT}standards:\n  - {STANDARD}\n")
    _shared(draft, three.province)
    row = "2,武汉,照范例,符合,900,无,免费职业技能培训,2021-02-01,\n"
    made = _hand_in(signed_in(three.city), GOOD + row, draft=draft.pk)
    assert "都与预期相符" in signed_in(three.city).get(made["Location"]).content.decode()
    at = f"/drafts/{draft.pk}/in-force/"
    page = signed_in(three.province).get(at).content.decode()
    assert "现在还不能施行" in page
    assert "地区标准：它由该地区录入、另一人复核" in page


def test_whoever_had_a_hand_in_it_does_not_put_it_in_force(three: Desk) -> None:
    draft = _draft(three.province)
    province = signed_in(three.province)
    _hand_in(province, GOOD, draft=draft.pk)
    at = f"/drafts/{draft.pk}/in-force/"
    assert "须由省级的另一名政策管理员" in province.get(at).content.decode()
    assert (
        province.post(at, {"number_拟1": "1号", "effective_on": TODAY, "version": 1}).status_code
        == 200
    )
    assert not Enactment.objects.exists()
    colleague = member(draft.department, Role.POLICY_ADMIN, "colleague")
    _shared(draft, colleague)
    given = {"number_拟1": "鄂人社函〔2026〕9号", "effective_on": TODAY.isoformat(), "version": 1}
    assert signed_in(colleague).post(at, given).status_code == 302
    assert pack_in_force().schemes["PRE"].parameters["standard"].own[-1].value == 60_000


def test_tables_of_others_are_not_there(three: Desk) -> None:
    made = _hand_in(signed_in(three.city), GOOD)
    assert signed_in(three.elsewhere).get(made["Location"]).status_code == 404
    assert "案例.csv" not in signed_in(three.elsewhere).get("/cases/").content.decode()
    assert "案例.csv" in signed_in(three.city).get("/cases/").content.decode()
