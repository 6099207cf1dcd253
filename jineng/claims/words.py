"""Codes of the policy in the words of whoever reads the pages."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from stdnum import numdb

from jineng.policy import Pack, suppliers
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


def supplier(fact: str) -> str:
    """Who can supply a missing fact."""
    return _(suppliers.supplier(fact))


def missing_word(fact: str) -> str:
    """A missing fact's heading."""
    return _("补贴标准尚未规定") if fact == STANDARD_NOT_SET else _(FACT[fact].heading)


def scheme_name(code: str) -> str:
    """A scheme's name."""
    return _(SCHEME_NAMES[code])


def payee_word(code: str) -> str:
    """To whom an amount is paid."""
    return _(PAYEES[code])


def titles(pack: Pack, scheme: str) -> dict[str, str]:
    """The conditions of a scheme by their codes."""
    return {condition.code: _(condition.title) for condition in pack.schemes[scheme].conditions}


def failed(pack: Pack, scheme: str, code: str) -> str:
    """A scheme's condition that is not met."""
    title = titles(pack, scheme).get(code, code)
    return _("%(scheme)s：%(title)s") % {"scheme": scheme_name(scheme), "title": title}


@cache
def region_name(code: str) -> str:
    """The name of a region by its six digits (GB/T 2260); "" where it is not known."""
    names = _names(code)
    return " ".join(dict.fromkeys(names))


def place_name(code: str) -> str:
    """The last part of a region's name, by six digits or those of its city; else the digits."""
    names = _names(code.ljust(6, "0"))
    return names[-1] if names else code


@cache
def _names(code: str) -> list[str]:
    parts = numdb.get("cn/loc").info(code)
    names = [str(name) for _code, told in parts for name in told.values()]
    # Places that were renamed carry the years in which a name held.
    return [re.sub(r"\[[^\]]*\]", "", name.split(",")[-1]).strip() for name in names]


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
