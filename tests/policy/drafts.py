"""Drafts and standards for tests: good ones, and what a few words change in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from jineng import policy

#: A draft that raises, shortens, extends and sets something.
GOOD = """
draft: 岗前培训提到 600 元，以工代训延长半年
note: 供讨论
documents:
  拟1: {number: 鄂人社函〔2021〕（拟）, title: 关于调整标准的通知, clauses: {一: 提标, 二: 延期}}
parameters:
  岗前培训:
    standard:
      values:
        - {from: 2020-10-01, value: 600, cites: 拟1 一}
    min_hours:
      values:
        - {from: 2020-06-01, value: 25, cites: 拟1 一}
  WORK:
    term_d6:
      until: 2021-06-30
      cites: 拟1 二
standards:
  - {region: 420100, scheme: FREE, value: 1200, number: 武人社发〔2021〕（拟）, from: 2020-09-01}
"""


def draft(parameters: str, name: str = "草案.yaml") -> policy.Draft:
    """A draft of a few parameters (YAML, as it stands below ``parameters``)."""
    indented = "\n".join(f"  {line}" for line in parameters.strip("\n").splitlines())
    return policy.draft_of(f"draft: 试一试\nparameters:\n{indented}\n", name)


def standard(**words: Any) -> policy.Standard:
    """What Wuhan pays for 免费职业技能培训 from September, seconded."""
    given: dict[str, Any] = {
        "region": "420100",
        "scheme": "FREE",
        "value": 1200,
        "number": "武人社发〔2020〕12号",
        "start": date(2020, 9, 1),
        "entered_by": "甲",
        "seconded_by": "乙",
    }
    return policy.Standard(**(given | words))
