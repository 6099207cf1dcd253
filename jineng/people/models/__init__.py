"""Tables of the context `people`, split by noun."""

from jineng.people.models.access import CaseDuty, CorrectionRequest, Duty, SignInDelay, TextCode
from jineng.people.models.drafts import Draft
from jineng.people.models.employment import (
    EmploymentSpell,
    ImportProblem,
    ImportRun,
    InsuranceKind,
    InsuranceSpell,
)
from jineng.people.models.organisations import (
    Organisation,
    OrganisationKind,
    PillarStatus,
    Qualification,
    SignUp,
    Suspension,
)
from jineng.people.models.persons import GroupMembership, Person, PersonKey, PersonMerge
from jineng.people.models.regions import Region
from jineng.people.models.standing import BlacklistEntry, Entitlement, EntitlementUse
from jineng.people.models.users import Delegation, Invitation, Membership, Role, User
from jineng.people.models.verification import Verification

__all__ = [
    "BlacklistEntry",
    "CaseDuty",
    "CorrectionRequest",
    "Delegation",
    "Draft",
    "Duty",
    "EmploymentSpell",
    "Entitlement",
    "EntitlementUse",
    "GroupMembership",
    "ImportProblem",
    "ImportRun",
    "InsuranceKind",
    "InsuranceSpell",
    "Invitation",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "Person",
    "PersonKey",
    "PersonMerge",
    "PillarStatus",
    "Qualification",
    "Region",
    "Role",
    "SignInDelay",
    "SignUp",
    "Suspension",
    "TextCode",
    "User",
    "Verification",
]
