"""What each role may do and where it can be held, as data.

How far a role reaches from its organisation is in `permissions`. An action is `thing:verb`;
contexts downstream ask for actions of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from jineng.people.models import OrganisationKind, Role

Kind = OrganisationKind.Kind

#: Departments reach a region and a line; all others, whom they have to do with.
DEPARTMENTS = frozenset(
    {Kind.HUMAN_RESOURCES, Kind.EDUCATION, Kind.VETERANS, Kind.FINANCE, Kind.UNION}
)
TRAINERS = frozenset({Kind.INSTITUTION, Kind.PLATFORM, Kind.ASSOCIATION})

SEES_PERSONS = frozenset({"person:see", "organisation:see"})
RUNS_ORGANISATION = frozenset({"organisation:edit", "members:see", "members:manage"})
VERIFIES = frozenset({"person:verify", "organisation:verify"})
LOOKS_CLOSER = SEES_PERSONS | {"person:reveal", "blacklist:see", "history:see"}


@dataclass(frozen=True)
class Rights:
    """``kinds``: the kinds of organisation in which the role can be held, as far as in any."""

    kinds: frozenset[str]
    may: frozenset[str]
    #: An official's: with a second factor, and in short sessions.
    official: bool = False
    #: Reads persons and organisations everywhere.
    sees_all: bool = False


def _department(*may: Iterable[str], sees_all: bool = False) -> Rights:
    return Rights(DEPARTMENTS, frozenset().union(*may), official=True, sees_all=sees_all)


#: Every role's rights. What is one's own, everybody may see, without any role.
RIGHTS: dict[str, Rights] = {
    Role.WORKER: Rights(frozenset(), frozenset()),
    Role.ENTERPRISE_HR: Rights(frozenset({Kind.ENTERPRISE}), SEES_PERSONS | RUNS_ORGANISATION),
    Role.INSTITUTION_ADMIN: Rights(TRAINERS, SEES_PERSONS | RUNS_ORGANISATION),
    Role.TEACHER: Rights(TRAINERS, SEES_PERSONS),
    Role.EVALUATION_MANAGER: Rights(
        frozenset({Kind.EVALUATION_BODY}), SEES_PERSONS | RUNS_ORGANISATION
    ),
    Role.EXAMINER: Rights(frozenset({Kind.EVALUATION_BODY}), SEES_PERSONS),
    Role.ACCEPTOR: _department(
        LOOKS_CLOSER,
        {"person:edit", "person:merge", "qualification:edit"},
        {"organisation:edit", "organisation:register"},
        {"import:see", "import:run"},
        VERIFIES,
    ),
    Role.FIRST_REVIEWER: _department(LOOKS_CLOSER, VERIFIES),
    Role.SECOND_REVIEWER: _department(LOOKS_CLOSER, VERIFIES),
    Role.APPROVER: _department(LOOKS_CLOSER),
    Role.CASHIER: _department(SEES_PERSONS, {"person:reveal"}),
    Role.SUPERVISOR: _department(LOOKS_CLOSER, {"blacklist:edit", "import:see", "members:see"}),
    Role.STATISTICIAN: _department({"organisation:see", "import:see", "policy:see"}),
    Role.POLICY_ADMIN: _department({"policy:see", "policy:edit"}),
    Role.AUDITOR: _department(
        LOOKS_CLOSER, {"import:see", "members:see", "audit:see", "policy:see"}, sees_all=True
    ),
    Role.PLATFORM_ADMIN: Rights(
        frozenset(),
        RUNS_ORGANISATION
        | {"organisation:see", "organisation:register", "audit:see", "account:manage"},
        official=True,
    ),
}

#: No two of these are one user's in one department at a time; the database refuses it too.
INCOMPATIBLE = frozenset({Role.APPROVER, Role.CASHIER})

#: Its holder holds no other role: who runs the platform sees no person.
ALONE = Role.PLATFORM_ADMIN
