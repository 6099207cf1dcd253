"""Every component in every state: what pages are built of, with made-up content."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from jineng.core.calendar import business_date
from jineng.pages.exports import listed
from jineng.pages.tables import Column, Filter, Listed, Masked, Status, Table
from jineng.pages.work import CaseStep
from jineng.pages.working_days import Day
from jineng.people.forms.fields import RegionField
from jineng.people.forms.pickers import ManyPicker, occupations


class Shown:
    """Made-up rows, which can be ordered, counted and sliced as those of the database."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows

    def order_by(self, *keys: str) -> "Shown":
        """By their attributes."""
        rows = list(self.rows)
        for key in reversed(keys):
            rows.sort(key=attrgetter(key.lstrip("-")), reverse=key.startswith("-"))
        return Shown(rows)

    def count(self) -> int:
        """How many."""
        return len(self.rows)

    def iterator(self, chunk_size: int) -> Iterator[Any]:
        """One after the other."""
        return iter(self.rows)

    def __getitem__(self, part: slice) -> "Shown":
        return Shown(self.rows[part])

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)


STATES = {
    "paid": (gettext_lazy("已拨付"), "good"),
    "review": (gettext_lazy("复审中"), "waiting"),
    "returned": (pgettext_lazy("claim", "已退回"), "bad"),
    "draft": (gettext_lazy("未提交"), "plain"),
}
_NAMES = [
    "王芳",
    "李明华",
    "张伟",
    "刘洋",
    "陈静",
    "杨勇",
    "赵敏",
    "黄磊",
    "周涛",
    "吴艳",
    "徐强",
    "孙丽",
]
_TRADES = ["电工", "焊工", "育婴员", "中式面点师", "保安员", "钳工"]
ROWS = [
    SimpleNamespace(
        pk=place + 1,
        name=_NAMES[place % len(_NAMES)],
        number=f"4201************{place % 10}{(place * 7) % 10}",
        trade=_TRADES[place % len(_TRADES)],
        hours=None if place % 7 == 3 else 40 + 8 * (place % 6),
        fen=None if place % 7 == 3 else 80_000 + 17_500 * (place % 9),
        on=date(2020, 9, 1 + place % 14),
        state=list(STATES)[place % len(STATES)],
    )
    for place in range(34)
]

CLAIMS = Table(
    "claims",
    gettext_lazy("补贴申请（示例）"),
    columns=(
        Column(
            "person",
            gettext_lazy("申请人"),
            lambda one: Masked(one.name, one.number),
            sort=("name", "pk"),
            kind="person",
            link=lambda one: f"?open={one.pk}",
        ),
        Column("trade", gettext_lazy("工种"), lambda one: one.trade, sort=("trade", "pk")),
        Column("hours", gettext_lazy("学时"), lambda one: one.hours, kind="count"),
        Column("fen", gettext_lazy("金额（元）"), lambda one: one.fen, kind="money"),
        Column("on", gettext_lazy("受理日期"), lambda one: one.on, sort=("on", "pk"), kind="date"),
        Column(
            "state", gettext_lazy("状态"), lambda one: Status(*STATES[one.state]), kind="status"
        ),
        Column("pk", gettext_lazy("编号"), lambda one: one.pk, kind="code", shown=False),
    ),
    default_sort="-on",
    filters=(
        Filter("word", gettext_lazy("姓名"), "text"),
        Filter(
            "state",
            gettext_lazy("状态"),
            choices=lambda: [(name, text) for name, (text, _tone) in STATES.items()],
        ),
        Filter("trade", gettext_lazy("工种"), choices=lambda: [(one, one) for one in _TRADES]),
        Filter("since", gettext_lazy("受理日期不早于"), "day"),
        Filter("large", gettext_lazy("只看千元以上"), "flag"),
    ),
    empty=(gettext_lazy("还没有申请"), gettext_lazy("提交的申请会列在这里。")),
    page_size=8,
)


def _found(wanted: Any) -> list[Any]:
    rows = [one for one in ROWS if wanted["word"] in one.name]
    if wanted["state"]:
        rows = [one for one in rows if one.state == wanted["state"]]
    if wanted["trade"]:
        rows = [one for one in rows if one.trade == wanted["trade"]]
    if wanted["since"]:
        rows = [one for one in rows if one.on.isoformat() >= wanted["since"]]
    return [one for one in rows if (one.fen or 0) >= 100_000] if wanted["large"] else rows


class SampleForm(forms.Form):
    """Fields of every kind."""

    name = forms.CharField(label=gettext_lazy("企业名称"), max_length=50)
    code = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=18,
        min_length=18,
        help_text=gettext_lazy("18 位，见营业执照"),
    )
    region = RegionField(label=gettext_lazy("企业所在地"))
    trades = forms.MultipleChoiceField(
        label=gettext_lazy("所需工种"), choices=occupations, widget=ManyPicker, required=False
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("培训方式"),
        choices=[("site", gettext_lazy("线下")), ("online", gettext_lazy("线上"))],
        widget=forms.CheckboxSelectMultiple,
    )
    paid_to = forms.ChoiceField(
        label=gettext_lazy("发放对象"),
        choices=[("employer", gettext_lazy("企业")), ("person", gettext_lazy("个人"))],
        widget=forms.RadioSelect,
    )
    remarks = forms.CharField(
        label=gettext_lazy("备注说明"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    agreed = forms.BooleanField(label=gettext_lazy("已核对，内容属实"))


class WhyForm(forms.Form):
    """Why."""

    why = forms.CharField(label=gettext_lazy("理由或依据"), max_length=200)


def _steps() -> list[CaseStep]:
    who = _("武昌区人社局")
    return [
        CaseStep(
            _("企业提交申请"),
            "done",
            who=_("明德纺织 · 王芳"),
            at=datetime(2020, 9, 8, 1, 20, tzinfo=UTC),
        ),
        CaseStep(
            _("受理"),
            "done",
            who=_("%(who)s · 李明") % {"who": who},
            at=datetime(2020, 9, 9, 2, 5, tzinfo=UTC),
            note=_("材料齐全，予以受理。"),
        ),
        CaseStep(_("初审"), "current", who=who, due=Day(date(2020, 9, 18))),
        CaseStep(_("复审"), "coming", who=who, due=Day(date(2027, 1, 8), provisional=True)),
        CaseStep(_("拨付"), "coming", who=_("武汉市财政局")),
    ]


def _charts() -> dict[str, Any]:
    outcomes = [(_("符合"), "good"), (_("待补充材料"), "waiting"), (_("不符合"), "bad")]
    return {
        "outcomes": {
            "series": outcomes,
            "column": _("补贴项目"),
            "bars": [
                {"name": _("岗前培训"), "values": [412, 36, 58]},
                {"name": _("以工代训"), "values": [960, 12, 240]},
                {"name": _("技能提升"), "values": [120, 64, 9]},
                {"name": _("创业培训"), "values": [18, 0, 2]},
            ],
        },
        "money": {
            "kind": "money",
            "series": [(_("金额（元）"), "series-1")],
            "column": _("地区"),
            "bars": [
                {"name": _("武昌区"), "values": [48_260_000]},
                {"name": _("江岸区"), "values": [31_740_050]},
                {"name": _("洪山区"), "values": [9_000_000]},
            ],
        },
        **_comparisons(),
    }


def _comparisons() -> dict[str, Any]:
    """Differences to both sides and to none; months with a budget, without, and with none yet."""
    before, after = [4_100_000, 5_200_000, 3_900_000], [4_100_000, 6_700_000, 5_300_000]
    lines = [(_("现行政策"), "before", before), (_("草案"), "after", after)]
    names = [_("武昌区"), _("江岸区"), _("洪山区")]
    differences = {"column": _("地区"), "heading": _("资金差额（元）")}
    return {
        "differences": differences
        | {
            "more": (_("申请"),),
            "bars": [
                {"name": names[0], "value": 2_460_000, "more": ("412",), "url": "#charts"},
                {"name": names[1], "value": 0, "more": ("96",)},
                {"name": names[2], "value": -1_730_050, "more": ("240",)},
            ],
        },
        "no_differences": differences | {"bars": [{"name": names[0], "value": 0}]},
        "budgeted": {
            "months": ["2020-09", "2020-10", "2020-11"],
            "series": lines,
            "budget": 15_000_000,
        },
        "unbudgeted": {"months": ["2020-09"], "series": [(*one[:2], one[2][:1]) for one in lines]},
        "nothing_yet": {"months": ["2020-09", "2020-10"], "series": [(*lines[1][:2], [0, 0])]},
    }


@login_not_required
@require_safe
def components(request: HttpRequest) -> HttpResponseBase:
    """The page of all components, or the list's file."""
    wanted = CLAIMS.read(request.GET)
    nothing = CLAIMS.read({})
    unheard = CLAIMS.read({"word": "欧阳"})
    opened = next((one for one in ROWS if str(one.pk) == request.GET.get("open")), ROWS[1])
    context = {
        "states": STATES.values(),
        "empty_table": Listed(CLAIMS, nothing, CLAIMS.shown(nothing)),
        "unfound_table": Listed(CLAIMS, unheard, CLAIMS.shown(unheard)),
        "broken_table": Listed(
            CLAIMS,
            nothing,
            CLAIMS.shown(nothing),
            problem=_("登记库暂时没有答复，没有内容可以显示。请稍后重试；已提交的办理不受影响。"),
        ),
        "queue": CLAIMS.page(Shown(ROWS[:5]), nothing),
        "opened": opened,
        "blank": SampleForm(auto_id="blank_%s"),
        "wrong": SampleForm({"name": "", "code": "123", "region": "420106"}, auto_id="wrong_%s"),
        "why": WhyForm(auto_id="why_%s"),
        "form_steps": [
            {"title": _("企业"), "state": "done", "url": "#steps"},
            {"title": _("培训需求"), "state": "current", "url": ""},
            {"title": _("联系人"), "state": "coming", "url": ""},
            {"title": _("核对并提交"), "state": "coming", "url": ""},
        ],
        "case": _steps(),
        "charts": _charts(),
        "today": business_date(),
        "consequences": [
            _("这位学员的申请退回企业，停止计算办理时限。"),
            _("企业的联系人收到通知，可以补正后重新提交。"),
            _("已占用的补贴次数当即释放。"),
        ],
    }
    rows = Shown(_found(wanted))
    return listed(request, "portal/components.html", CLAIMS, wanted, rows, context)
