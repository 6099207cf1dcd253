"""What the province's policy administrator tries: two drafts on claims of two kinds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.utils.module_loading import import_string

from jineng.claims.models import Run
from jineng.claims.runs import process_run
from jineng.claims.tasks import RUNS
from jineng.core.events import acting
from jineng.demo import claims
from jineng.demo.batches import HandedIn, processed
from jineng.demo.claims import Paper
from jineng.demo.province import Province
from jineng.demo.users import Users, moment
from jineng.desk.commands.drafts import begin_draft
from jineng.desk.models import Draft
from jineng.desk.permissions.drafts import departments_of
from jineng.people.models import Organisation, User
from jineng.whatif.commands import try_drafts

TRIES = "feng-li"
_BUDGET_FEN = 4_000_000
_RAISED = """\
draft: 岗前培训提到 600 元，合同须满一年半
note: 供测算
documents:
  拟1:
    number: 鄂人社函〔2020〕（拟）
    title: 关于调整岗前培训补贴有关事项的通知
    clauses: {一: 标准提到每人 600 元, 二: 劳动合同须满十八个月}
parameters:
  岗前培训:
    standard:
      values:
        - {from: 2020-06-01, value: 600, cites: 拟1 一}
    min_contract_months:
      values:
        - {from: 2020-06-01, value: 18, cites: 拟1 二}
"""
_SHORTER = """\
draft: 岗前培训最少 16 课时，提升补贴参保满半年
documents:
  拟1:
    number: 鄂人社函〔2020〕（拟）
    title: 关于放宽课时和参保年限的通知
    clauses: {一: 课时, 二: 参保月数}
parameters:
  岗前培训:
    min_hours:
      values:
        - {from: 2020-06-01, value: 16, cites: 拟1 一}
  职工技能提升补贴:
    min_insured_months:
      values:
        - {from: 2020-01-01, value: 6, cites: 拟1 二}
"""


def load(province: Province, users: Users, folder: Path) -> None:
    """Claims to try drafts on, the drafts, and what they come to."""
    by, on = users[TRIES], date(2020, 9, 14)
    batch = processed(_claims(province), by, folder)
    drafts = [_draft(text, by, on) for text in (_RAISED, _SHORTER)]
    at = moment(on, 17)
    for trial in try_drafts(batch, drafts, budgets={"total": _BUDGET_FEN}, by=by, at=at):
        assert trial.run is not None
        with acting(by=None, origin="worker"):
            process_run(trial.run.pk, lambda kind: import_string(RUNS[Run.Kind(kind)]))


def _claims(province: Province) -> HandedIn:
    """Some claims as enterprises of the province hand them in."""
    codes = [one.code for one in province.bodies.enterprises]
    firms = list(Organisation.objects.filter(credit_code__in=codes).order_by("pk"))
    rng = province.rng(11, 8), province.rng(11, 9)
    newly = claims.some(claims.spells(400, firms, started_on__gte=date(2020, 1, 1)), 60, rng[0])
    pre = claims.pre_job(newly, Paper("420100", "CS", date(2020, 9, 4)), rng[0])
    insured = claims.some(claims.spells(400, firms, ended_on=None), 60, rng[1])
    skill = claims.skill_upgrade(insured, Paper("420100", "CT", date(2020, 9, 3)), rng[1])
    return HandedIn(TRIES, "全省抽样申请（测算用）", date(2020, 9, 12), [*pre, *skill])


def _draft(text: str, by: User, on: date) -> Draft:
    department = departments_of(by, on=on).get()
    return begin_draft(
        text=text, department=department, what="导入", by=by, on=on, at=moment(on, 16)
    )
