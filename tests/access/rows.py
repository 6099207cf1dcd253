"""A row of the table of addresses: what each role gets there."""

from dataclasses import dataclass, field
from typing import Any

from jineng.people.models import Role
from jineng.people.roles import RIGHTS

EVERYBODY = frozenset(Role)
NOBODY: frozenset[str] = frozenset()
NOBODYS = {"pk": "00000000-0000-4000-8000-000000000000"}

WITH_FACTOR = frozenset(role for role in Role if RIGHTS[role].official)
PLATFORM = frozenset({Role.PLATFORM_ADMIN})
AUDITOR = frozenset({Role.AUDITOR})
#: Officials who look into persons and organisations of their region.
LOOKING = frozenset(
    {
        Role.ACCEPTOR,
        Role.FIRST_REVIEWER,
        Role.SECOND_REVIEWER,
        Role.APPROVER,
        Role.CASHIER,
        Role.SUPERVISOR,
        Role.AUDITOR,
    }
)
#: Those whose department and its region are in sight, persons or not.
IN_SIGHT = LOOKING | {Role.STATISTICIAN}
MANAGES_ENTERPRISE = frozenset({Role.ENTERPRISE_HR, Role.PLATFORM_ADMIN})
SEES_MEMBERS = frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.PLATFORM_ADMIN})


@dataclass(frozen=True)
class Row:
    """One address with one method.

    ``at``: what fills the address; a name of the world's things stands for its number. ``yes`` get
    `status`, ``no`` get 403, everybody else 404; `outsiders_yes` and `outsiders_no` likewise. A
    stranger gets `stranger`: led to the sign-in page, where nothing else is said. `but`: what some
    of those with `yes` get instead.
    """

    view: str
    method: str = "GET"
    at: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    yes: frozenset[str] = NOBODY
    no: frozenset[str] = NOBODY
    outsiders_yes: frozenset[str] = NOBODY
    outsiders_no: frozenset[str] = NOBODY
    stranger: int = 302
    but: dict[str, int] = field(default_factory=dict)

    def expected(self, role: str, *, outsider: bool) -> int:
        """The status that a role gets."""
        yes, no = (self.outsiders_yes, self.outsiders_no) if outsider else (self.yes, self.no)
        if role in yes:
            return self.but.get(role, self.status)
        return 403 if role in no else 404


def own(
    view: str,
    method: str = "GET",
    *,
    status: int = 200,
    stranger: int = 302,
    but: dict[str, int] | None = None,
) -> Row:
    """An address at which everybody finds what is their own."""
    return Row(
        view,
        method,
        status=status,
        yes=EVERYBODY,
        outsiders_yes=EVERYBODY,
        stranger=stranger,
        but=but or {},
    )


def public(view: str, method: str = "GET", status: int = 200, **at: Any) -> Row:
    """An address that is the same for all, signed in or not."""
    return Row(
        view,
        method,
        at,
        status=status,
        yes=EVERYBODY,
        outsiders_yes=EVERYBODY,
        stranger=status,
    )


def duty(view: str, yes: frozenset[str], method: str = "GET", status: int = 200) -> Row:
    """A page of a role's own work, wherever it is held; others are told that it is not theirs."""
    rest = EVERYBODY - yes
    return Row(
        view,
        method,
        status=status,
        yes=yes,
        no=rest,
        outsiders_yes=yes,
        outsiders_no=rest,
    )
