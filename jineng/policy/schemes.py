"""A scheme: cited conditions over one claim, what it looks at across claims, and an amount."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from jineng.policy.facts import SCHEME_NAMES, group_mask
from jineng.policy.parameters import Parameter

#: A rule over a claim and the figures of the policy: (claim, p) → expression.
Test: TypeAlias = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Once:
    """One payment per person and key. Keys of the same family are one space of places.

    ``by``: the facts of the key. ``stopped_by``: schemes whose payment on the same key stops
    this one; empty means the scheme itself.
    """

    by: tuple[str, ...]
    family: str | None = None
    stopped_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class OneScheme:
    """A training is paid under one scheme only, but for those that may stand beside this one."""

    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class AtMost:
    """At most so many distinct things. ``what``: "months" per person and employer, or
    "trainings" per person and calendar year of application. ``limit``: the parameter's key."""

    what: str
    limit: str


Across = Once | OneScheme | AtMost


@dataclass(frozen=True)
class Condition:
    """One condition of a scheme, with the clause it comes from.

    ``test``: the expression over the claim; None where other claims alone can fail it.
    ``assumed``: what the documents leave open and is read so; ``readings``: how else it may be
    read. ``note``: a word to whoever fails it.
    """

    code: str
    title: str
    cites: tuple[str, ...]
    test: Test | None = None
    across: Across | None = None
    assumed: str | None = None
    readings: tuple[str, ...] = ()
    note: str | None = None

    def but(self, **changes: Any) -> Condition:
        """The same condition with other words for one scheme (cites, assumed, readings)."""
        if isinstance(changes.get("cites"), str):
            changes["cites"] = (changes["cites"],)
        return replace(self, **changes)


def condition(
    code: str,
    *,
    cites: str | tuple[str, ...],
    assumed: str | None = None,
    readings: tuple[str, ...] = (),
    note: str | None = None,
) -> Callable[[Test], Condition]:
    """Make a condition of a function (claim, p) → yes or no; its docstring is the title."""

    def made(test: Test) -> Condition:
        title = (test.__doc__ or code).strip()
        cited = (cites,) if isinstance(cites, str) else cites
        return Condition(code, title, cited, test, None, assumed, readings, note)

    return made


@dataclass
class Amount:
    """What is due: the expression in 分 (null where no standard is set), the parameter that it
    rests on, the clauses, and where it can't be told for lack of facts.

    ``value``: (claim, p) → 分. ``standard``: key of the parameter that it rests on, or
    (claim, p) → ``p.number(key)`` where the claim picks one of several; None for a project's fee.
    ``lacking``: (claim, p) → whether facts are lacking; None: where any fact that ``value`` reads
    is empty.
    """

    value: Test
    cites: tuple[str, ...]
    standard: str | Test | None
    lacking: Test | None = None
    assumed: str | None = None
    readings: tuple[str, ...] = ()
    title: str = ""


@dataclass
class Scheme:
    """One subsidy (补贴项目). Conditions come in the catalogue's order.

    ``training``: the fact that, with the person, says which training a claim is about.
    """

    code: str
    payee: str
    fund: str
    cites: tuple[str, ...] | str
    training: str = "training_id"
    payee_assumed: str | None = None
    fund_assumed: str | None = None
    conditions: list[Condition] = field(default_factory=list)
    amount_due: Amount | None = None
    parameters: dict[str, Parameter] = field(default_factory=dict)
    file: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.cites, str):
            self.cites = (self.cites,)

    @property
    def name(self) -> str:
        """The Chinese name."""
        return SCHEME_NAMES[self.code]

    def takes(self, *conditions: Condition) -> None:
        """Take over conditions that several schemes share, in this order."""
        self.conditions += conditions

    def condition(self, code: str, **words: Any) -> Callable[[Test], Condition]:
        """Decorator: a condition of this scheme's own (see ``condition``)."""

        def added(test: Test) -> Condition:
            made = condition(code, **words)(test)
            self.conditions.append(made)
            return made

        return added

    def amount(
        self,
        standard: str | Test | None,
        *,
        cites: str | tuple[str, ...],
        lacking: Test | None = None,
        assumed: str | None = None,
        readings: tuple[str, ...] = (),
    ) -> Callable[[Test], Amount]:
        """Decorator: the amount due, (claim, p) → 分; its docstring says how it is reckoned."""

        def set_amount(value: Test) -> Amount:
            cited = (cites,) if isinstance(cites, str) else cites
            title = (value.__doc__ or "").strip()
            self.amount_due = Amount(value, cited, standard, lacking, assumed, readings, title)
            return self.amount_due

        return set_amount

    def across(self, kind: type) -> Any:
        """The first condition of a kind that looks across claims, or None."""
        return next((c.across for c in self.conditions if isinstance(c.across, kind)), None)


def belongs(claim: Any, *groups: str) -> Any:
    """The person belongs to one of the groups; not known where the groups are not known."""
    return (claim.person_groups & group_mask(groups)) != 0


def known(*facts: Any) -> Any:
    """Yes where every fact is filled, not known otherwise; never a no."""
    filled = facts[0].notnull()
    for fact in facts[1:]:
        filled = filled & fact.notnull()
    return filled.nullif(False)
