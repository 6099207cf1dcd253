"""Codes of the claims file as OpenFisca enumerations, and which condition is asked of what."""

from __future__ import annotations

from openfisca_core.model_api import Enum


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


class Answer(Enum):
    """Yes, no or not known: "and" is the minimum of these, "or" the maximum."""

    NO = "no"
    UNKNOWN = "unknown"
    YES = "yes"


class Scheme(Enum):
    PRE = "PRE"
    POST = "POST"
    WORK = "WORK"
    COMP = "COMP"
    APPR = "APPR"
    TECH = "TECH"
    SKIL = "SKIL"
    ONLN = "ONLN"
    FREE = "FREE"
    LIVE = "LIVE"
    GRAD = "GRAD"
    ENTR = "ENTR"
    STUD = "STUD"
    VETE = "VETE"
    SPEC = "SPEC"


class Level(Enum):
    UNKNOWN = ""
    L1 = "1"
    L2 = "2"
    L3 = "3"
    L4 = "4"
    L5 = "5"


class Mode(Enum):
    UNKNOWN = ""
    OFFLINE = "offline"
    ONLINE = "online"
    BLENDED = "blended"


class Certificate(Enum):
    UNKNOWN = ""
    QUALIFICATION = "qualification"
    SKILL_LEVEL = "skill_level"
    SPECIAL_ABILITY = "special_ability"
    SPECIAL_OPERATION = "special_operation"
    TRAINING_COMPLETION = "training_completion"


class Hired(Enum):
    UNKNOWN = ""
    NEW = "new"
    WAITING = "waiting"
    EXISTING = "existing"


class Size(Enum):
    UNKNOWN = ""
    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Industry(Enum):
    UNKNOWN = ""
    OTHER = "other"
    FOREIGN_TRADE = "foreign_trade"
    ACCOMMODATION = "accommodation"
    CATERING = "catering"
    CULTURE = "culture"
    TOURISM = "tourism"
    TRANSPORT = "transport"
    WHOLESALE_RETAIL = "wholesale_retail"


class Contest(Enum):
    UNKNOWN = ""
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    NATION = "nation"
    ENTERPRISE = "enterprise"


class Stop(Enum):
    NONE = ""
    NO_REPEAT = "no-repeat"
    ONE_CLAIM = "one-claim"
    MAX_6_MONTHS = "max-6-months"
    ANNUAL_CAP = "annual-cap"


GROUPS = {
    name: 1 << place
    for place, name in enumerate(
        words(
            "poor_family_child poor_labourer school_leaver school_leaver_rural "
            "school_leaver_low_income rural_migrant_worker laid_off registered_unemployed "
            "transferred_worker veteran disabled hard_to_employ zero_employment_family "
            "recent_graduate student"
        )
    )
}

SCHEMES = list(Scheme.__members__)
PROJECTS = "FREE GRAD ENTR STUD VETE SPEC"
BY_OCCUPATION = f"POST TECH SKIL {PROJECTS}"
_ALL = " ".join(SCHEMES)
PLANNED = f"PRE POST APPR TECH ONLN {PROJECTS}"
_GROUND_FACTS = (
    "hire_status enterprise_size enterprise_industry enterprise_suspended enterprise_insured "
    "person_groups"
)
_PAPERS = "certificate_type certificate_no certificate_issued_on"

# Every condition in an order that keeps each scheme's own, with the schemes that ask it and the
# facts that it reads.
CONDITIONS: dict[str, tuple[str, str]] = {
    "in-force": (f"PRE POST COMP APPR TECH SKIL LIVE {PROJECTS}", ""),
    "plan-filed": (PLANNED, "training_start plan_filed_on"),
    "platform-licensed": (PLANNED, "training_mode platform_licensed"),
    "platform-accredited": (PLANNED, "training_mode platform_accredited"),
    "institution-listed": (PROJECTS, "institution_listed"),
    "not-blacklisted": (_ALL, ""),
    "no-repeat": (_ALL, ""),  # its facts depend on the scheme: KEYS
    "one-claim": ("", ""),  # this, the next and max-6-months only look across claims
    "annual-cap": ("", ""),
    "new-hire": ("PRE", "hire_status"),
    "contract-term": ("PRE", "contract_months"),
    "within-first-year": ("PRE", "contract_signed_on training_start"),
    "min-hours": ("PRE POST", "hours"),
    "insured-3-months": ("PRE", "social_insurance_months"),
    "still-employed": ("PRE", "still_employed"),
    "apprentice-agreement": ("APPR", "apprentice_agreement"),
    "project-approved": ("STUD VETE", "project_approved"),
    "student": ("STUD", "person_groups"),
    "passed": ("PRE POST APPR STUD SPEC", "passed"),
    "pillar-or-key": ("POST", "pillar_or_key"),
    "employee": ("POST", "employed_at_training town_months person_groups"),
    "work-ground": ("WORK", _GROUND_FACTS),
    "accepted-by": ("WORK", _GROUND_FACTS),
    "wage-paid": ("WORK", "wage_paid"),
    "max-6-months": ("", ""),
    "finalist": ("COMP", "finalist"),
    "competition-planned": ("COMP", "competition_level competition_planned"),
    "main-business": ("COMP", "competition_level competition_main_business"),
    "in-training-mode": ("ONLN", "training_mode"),
    "insured-12-months": ("SKIL ONLN", "unemployment_insurance_months"),
    "level": ("TECH SKIL", "level"),
    "certified": ("TECH SKIL ONLN STUD", f"{_PAPERS} certificate_verified"),
    "certificate-age": ("SKIL", "certificate_issued_on"),
    "epidemic-period": ("ONLN", "training_start training_end"),
    "key-group": ("FREE GRAD ENTR LIVE", "person_groups"),
    "own-region": ("FREE GRAD ENTR", "trained_in_own_region"),
    "certified-any": ("FREE GRAD ENTR", _PAPERS),
    "veteran": ("VETE", "person_groups"),
    "project-designated": ("VETE", "project_designated"),
}

# What tells one training from the next under a scheme, beside the person.
KEYS = {
    "PRE": "employer_id",
    "WORK": "service_month",
    "COMP": "competition_id",
    "APPR": "apprenticeship_year",
    "ONLN": "employer_id",
    "LIVE": "training_id",
    **dict.fromkeys(BY_OCCUPATION.split(), "occupation level"),
}

# What an amount cannot be known without.
AMOUNT_FACTS = {
    "COMP": "competition_level",
    "TECH": "level",
    "SKIL": "level",
    "WORK": "hire_status enterprise_size enterprise_industry enterprise_suspended person_groups",
    "VETE": "fee_yuan",
    "LIVE": "days",
    "SPEC": "programme",
}


def asked(scheme: str) -> list[str]:
    """The conditions of a scheme that a claim can be judged by alone."""
    return [name for name, (schemes, _) in CONDITIONS.items() if scheme in schemes.split()]


def reads(condition: str, scheme: str) -> list[str]:
    """The facts that a condition reads for a scheme."""
    if condition == "no-repeat":
        other = "employer_id" if scheme == "WORK" else "training_id"
        return [*KEYS[scheme].split(), other]
    facts = CONDITIONS[condition][1].split()
    if condition == "certified" and scheme != "SKIL":
        facts.remove("certificate_verified")
    return facts
