"""The lists of the policy desk: their columns, filters and order."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jineng.pages.tables import Column, Filter, Table


def _outcomes() -> list[tuple[str, str]]:
    from jineng.policy.facts import OUTCOMES

    return [(code, gettext(word)) for code, word in OUTCOMES.items()]


PACK_CASES = Table(
    "pack-cases",
    _("案例"),
    columns=(
        Column("title", _("案例"), lambda one: one.title, kind="said", link=lambda one: one.url),
        Column("number", _("序号"), lambda one: one.number, sort=("number",), kind="count"),
        Column(
            "outcome", _("结论"), lambda one: one.status, sort=("outcome", "number"), kind="status"
        ),
        Column(
            "amount", _("金额（元）"), lambda one: one.fen, sort=("fen", "number"), kind="money"
        ),
        Column(
            "reasons", _("未满足的条件或缺少的信息"), lambda one: gettext("；").join(one.reasons)
        ),
    ),
    default_sort="number",
    filters=(
        Filter("word", _("案例或原因中的词"), "text"),
        Filter("outcome", _("结论"), "choice", _outcomes),
    ),
    empty=(_("没有案例"), _("这个补贴项目没有这样的案例。")),
)
