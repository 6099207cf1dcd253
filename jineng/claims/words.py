"""Codes of the policy in the words of whoever reads the pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jineng.policy import Pack
from jineng.policy.facts import (
    FACT,
    PAYEES,
    SCHEME_NAMES,
    STANDARD_NOT_SET,
    yuan_text,
)

TONES = {"eligible": "good", "ineligible": "bad", "needs_evidence": "waiting"}
STATUS_TONES = {
    "holds": "good",
    "fails": "bad",
    "undetermined": "waiting",
    "not_tested": "plain",
}

_ENTERPRISE, _PERSON = gettext_noop("用人单位"), gettext_noop("本人")
_TRAINER = gettext_noop("培训机构")
_OFFICE = gettext_noop("人社部门")

#: Who can supply a fact. Those not named are the applicant's own to fill in.
_SUPPLIERS = {
    _ENTERPRISE: "employer_id contract_signed_on contract_months hire_status employed_at_training"
    " still_employed enterprise_size enterprise_industry enterprise_suspended service_month"
    " wage_paid apprenticeship_year apprentice_agreement competition_main_business",
    _TRAINER: "institution_id platform_id training_id training_mode hours training_start"
    " training_end passed days programme occupation fee_yuan",
    gettext_noop("培训机构或线上平台"): "platform_licensed",
    gettext_noop("发证（评价）机构"): "certificate_type certificate_no certificate_issued_on level",
    gettext_noop("人社部门，可在网上查验"): "certificate_verified",
    gettext_noop("人社部门（方案备案）"): "plan_filed_on",
    gettext_noop("人社部门（目录管理）"): "platform_accredited institution_listed project_approved",
    gettext_noop("人社部门（竞赛计划）"): "competition_planned",
    gettext_noop("竞赛主办单位"): "competition_id competition_level finalist",
    gettext_noop("退役军人事务部门"): "project_designated",
    gettext_noop("社会保险经办机构"): "social_insurance_months"
    " unemployment_insurance_months enterprise_insured",
    gettext_noop("本人，或公安、人社部门"): "trained_in_own_region town_months",
    gettext_noop("本人，或民政、乡村振兴、人社、残联等部门"): "person_groups",
    gettext_noop("当地人社、行业主管部门"): "pillar_or_key",
}
SUPPLIERS = {fact: who for who, facts in _SUPPLIERS.items() for fact in facts.split()}


def supplier(fact: str) -> str:
    """Who can supply a missing fact."""
    if fact == STANDARD_NOT_SET:
        return _("市州人社、财政部门（标准由其制定）")
    return _(SUPPLIERS.get(fact, _PERSON))


def missing_word(fact: str) -> str:
    """A missing fact's heading."""
    return _("补贴标准尚未规定") if fact == STANDARD_NOT_SET else _(FACT[fact].heading)


def scheme_name(code: str) -> str:
    """A scheme's name."""
    return _(SCHEME_NAMES[code])


def titles(pack: Pack, scheme: str) -> dict[str, str]:
    """The conditions of a scheme by their codes."""
    return {condition.code: _(condition.title) for condition in pack.schemes[scheme].conditions}


def reasons(pack: Pack, line: dict[str, Any]) -> list[str]:
    """Why a line's claim is not eligible, or what is missing."""
    words = titles(pack, line["scheme"])
    failed = [words.get(code, code) for code in line["failed"].split(";") if code]
    return failed or [missing_word(fact) for fact in line["missing"].split(";") if fact]


def sentence(line: dict[str, Any], reasons: list[str], payee: str) -> str:
    """The decision in one sentence. ``line``: outcome, scheme, fen."""
    scheme = scheme_name(line["scheme"])
    if line["outcome"] == "eligible":
        words = {"scheme": scheme, "payee": _(PAYEES[payee]), "yuan": yuan_text(line["fen"])}
        return _("符合%(scheme)s的全部条件，应向%(payee)s发放 %(yuan)s 元。") % words
    listed = _("、").join(f"“{reason}”" for reason in reasons)
    if line["outcome"] == "ineligible":
        words = {"scheme": scheme, "count": str(len(reasons)), "listed": listed}
        return _("不符合%(scheme)s的条件，不予补贴：有 %(count)s 项不满足，%(listed)s。") % words
    if reasons == [missing_word(STANDARD_NOT_SET)]:
        words = {"scheme": scheme}
        return _("%(scheme)s的补贴标准尚未规定，暂不能确定金额；标准出台后可以再次核定。") % words
    words = {"scheme": scheme, "listed": listed}
    return _("%(scheme)s暂不能作出结论：还缺少%(listed)s；补齐后可以再次核定。") % words
