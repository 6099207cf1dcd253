"""What can go wrong, in the user's words."""

from __future__ import annotations

from jineng.policy.intake import Problem


class PackError(Exception):
    """A policy pack that may not be loaded: every reason, each naming file, key and date."""

    says = "政策包不能载入"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(f"{self.says}：\n" + "\n".join(f"- {reason}" for reason in reasons))
        self.reasons = reasons


class FactsError(ValueError):
    """Facts that can't be decided on, with every problem found."""

    def __init__(self, problems: list[Problem]) -> None:
        first = "；".join(f"{p.heading}：{p.message}" for p in problems[:3])
        super().__init__(f"有 {len(problems)} 处问题，未作任何决定：{first}")
        self.problems = problems
