"""A small world: a district and another far away, in each of them one of every role."""

import pickle
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.test import Client
from django.utils import timezone

from jineng.core.sealed import lookup_hash, lookup_key_id
from jineng.desk.commands.drafts import begin_draft
from jineng.desk.models import CaseTable, RegionalStandard
from jineng.inbox.models import Notice
from jineng.people.models import (
    BlacklistEntry,
    CorrectionRequest,
    Delegation,
    EmploymentSpell,
    GroupMembership,
    ImportRun,
    Invitation,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    PersonKey,
    PersonMerge,
    Qualification,
    Region,
    Role,
    SignUp,
    User,
)
from jineng.people.roles import RIGHTS, Kind
from jineng.policy.identity import check_character
from jineng.policy.impact import BREAKDOWNS, CHANGES
from jineng.whatif.models import Trial
from tests.access.codes import credit_code

TODAY = date(2026, 11, 20)
SINCE = date(2020, 1, 1)

#: Where each role is held in the world.
WHERE = {
    Role.ENTERPRISE_HR: Kind.ENTERPRISE,
    Role.INSTITUTION_ADMIN: Kind.INSTITUTION,
    Role.TEACHER: Kind.INSTITUTION,
    Role.EVALUATION_MANAGER: Kind.EVALUATION_BODY,
    Role.EXAMINER: Kind.EVALUATION_BODY,
}


def identity_number(region: str, born: date) -> str:
    """A number that nobody has."""
    first = f"{region}{born:%Y%m%d}000"
    return first + check_character(first)


def person(name: str, region: str, born: date, **fields: object) -> Person:
    """Somebody who lives there."""
    number = identity_number(region, born)
    made = Person.objects.create(
        name=name,
        identity_number=number,
        birth_date=born,
        phone="13800000000",
        bank_account="6222000000000000000",
        living_region=Region.objects.current().get(code=region),
        **fields,
    )
    PersonKey.objects.create(
        person=made,
        kind="identity",
        hash=lookup_hash("identity", number),
        key_id=lookup_key_id(),
    )
    return made


def organisation(name: str, region: str, *kinds: str) -> Organisation:
    """A body of these kinds in the region."""
    made = Organisation.objects.create(
        credit_code=credit_code(region, Organisation.objects.count()),
        name=name,
        region=Region.objects.current().get(code=region),
    )
    for kind in kinds:
        OrganisationKind.objects.create(organisation=made, kind=kind, starts_on=SINCE)
    return made


PASSWORD = "东湖边的樱花 1893"


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def user(name: str, **fields: object) -> User:
    """A user with the password that all of them have."""
    return User.objects.create(username=name, password=_hashed(), **fields)


def member(of: Organisation | None, role: str, name: str, *, factor: bool = True) -> User:
    """A user with a role, and with a second factor where the role asks for one."""
    return members((of, role, name), factor=factor)[0]


def members(*held: tuple[Organisation | None, str, str], factor: bool = True) -> list[User]:
    """Users with a role each: where it is held, the role, the user's name."""
    made = User.objects.bulk_create(
        User(username=name, password=_hashed()) for _of, _role, name in held
    )
    Membership.objects.bulk_create(
        Membership(user=one, organisation=of, role=role, starts_on=SINCE)
        for one, (of, role, _name) in zip(made, held, strict=True)
    )
    Authenticator.objects.bulk_create(
        Authenticator(user=one, type=Authenticator.Type.TOTP, data={})
        for one, (_of, role, _name) in zip(made, held, strict=True)
        if factor and RIGHTS[role].official
    )
    return made


def signed_in(as_whom: User) -> Client:
    """A browser in which this user is signed in."""
    client = Client()
    client.force_login(as_whom)
    return client


@dataclass
class District:
    """A district: its departments, an enterprise, an institution, an evaluation body, a worker."""

    region: str
    bodies: dict[str, Organisation] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._found()
        self._appoint()
        self.person = person(
            "王芳", self.region, date(1990, 1, 1) + timedelta(days=int(self.region[-3:]))
        )
        self.users[Role.WORKER] = user(f"worker-{self.region}", person=self.person)
        EmploymentSpell.objects.create(
            person=self.person, employer=self.bodies[Kind.ENTERPRISE], started_on=SINCE
        )
        GroupMembership.objects.create(
            person=self.person, group="laid_off", starts_on=SINCE, proof="证", source="人社"
        )

    def _found(self) -> None:
        region, already = (
            Region.objects.current().get(code=self.region),
            Organisation.objects.count(),
        )
        made = Organisation.objects.bulk_create(
            Organisation(
                credit_code=credit_code(self.region, already + at),
                name=f"{self.region} {kind.label}",
                region=region,
            )
            for at, kind in enumerate(Kind)
        )
        self.bodies.update(zip(Kind, made, strict=True))
        OrganisationKind.objects.bulk_create(
            OrganisationKind(organisation=one, kind=kind, starts_on=SINCE)
            for kind, one in self.bodies.items()
        )

    def _appoint(self) -> None:
        roles = [role for role in Role if role not in (Role.WORKER, Role.PLATFORM_ADMIN)]
        at_home = [
            (self.bodies[WHERE.get(role, Kind.HUMAN_RESOURCES)], role, f"{role}-{self.region}")
            for role in roles
        ]
        platform = (None, Role.PLATFORM_ADMIN, f"platform-{self.region}")
        made = members(*at_home, platform)
        self.users.update(zip((*roles, Role.PLATFORM_ADMIN), made, strict=True))


def _registered(home: District) -> dict[str, int]:
    """Things of the registers in the district."""
    somebody, firm = home.person, home.bodies[Kind.ENTERPRISE]
    other = person("王方", home.region, date(1980, 5, 5))
    gone = person("王芬", home.region, date(1981, 5, 5), merged_into=somebody)
    entry = {"reason": "虚报", "decision_number": "1", "starts_on": SINCE}
    held = {"number": "1", "issuer": "市人社局", "starts_on": SINCE}
    form = {"credit_code": "", "industry": "", "occupations": "", "contact_phone": "13800000000"}
    made = {
        "other": other,
        "group": GroupMembership.objects.get(person=somebody),
        "merge": PersonMerge.objects.create(
            survivor=somebody, merged=gone, moved={}, at=timezone.now(), why="同一人"
        ),
        "person_entry": BlacklistEntry.objects.create(person=somebody, **entry),
        "firm_entry": BlacklistEntry.objects.create(organisation=firm, **entry),
        "firm_kind": firm.kinds.get(),
        "import": ImportRun.objects.create(
            kind="insurance",
            state="done",
            at=timezone.now(),
            by=home.users[Role.ACCEPTOR],
            organisation=home.bodies[Kind.HUMAN_RESOURCES],
        ),
        "qualification": Qualification.objects.create(
            organisation=firm, kind=Qualification.Kind.SKILLS_TRAINING, **held
        ),
        "sign_up": SignUp.objects.create(
            name="明德纺织",
            region=Region.objects.current().get(code=home.region),
            eligible_count=3,
            signed_up_at=timezone.now(),
            **form,
        ),
    }
    return {name: thing.pk for name, thing in made.items()}


def _sums() -> dict[str, Any]:
    """What a trial of one claim came to."""
    counts = dict.fromkeys(("claims", "persons", "eligible_before", "eligible_after", *CHANGES), 1)
    row = counts | {"before_fen": 50_000, "after_fen": 60_000, "difference_fen": 10_000}
    keys = {"scheme": "PRE", "fund": "special_account", "city": "420100", "month": "2020-08"}
    side = {"total_fen": 60_000, "spent_on": "2020-08-01", "passed_fen": 10_000}
    return {
        "total": row,
        "by": {
            name: [row | {"key": keys.get(name, "420106"), "label": "岗前培训"}]
            for name in BREAKDOWNS
        },
        "spending": [{"fund": "x", "month": "2020-08", "before_fen": 50_000, "after_fen": 60_000}],
        "budgets": [
            {"fund": None, "label": "全部资金", "budget_fen": 50_000, "before": side, "after": side}
        ],
        "differences": [
            {
                "schemes": ["PRE"],
                "key": "standard",
                "label": "岗前培训补贴标准（每人）",
                "region": None,
                "start": "2020-10-01",
                "before": None,
                "after": "600.00 元",
                "cites": ["D6 一(二)1"],
            }
        ],
        "draft_release": "hubei-draft-1",
    }


def _of_the_policy(home: District) -> dict[str, Any]:
    """Standards: one that a colleague handed in, one begun; and a table of cases."""
    office = home.bodies[Kind.HUMAN_RESOURCES]
    said = {
        "region": office.region,
        "scheme": "FREE",
        "parameter": "standard",
        "amounts": {"": 100_000},
        "starts_on": SINCE,
        "made_at": timezone.now(),
    }
    colleague = member(office, Role.POLICY_ADMIN, "policy-colleague")
    handed_in = RegionalStandard.objects.create(
        **said,
        number="武人社发〔2020〕1号",
        entered_by=colleague,
        state="submitted",
        submitted_at=timezone.now(),
    )
    begun = RegionalStandard.objects.create(
        **said, number="武人社发〔2020〕2号", entered_by=home.users[Role.POLICY_ADMIN]
    )
    cases = CaseTable.objects.create(
        file_name="案例.csv",
        file=b64encode("案例,预期结论,补贴项目\n1,符合,岗前培训\n".encode()).decode(),
        rows=1,
        by=colleague,
        department=office,
        at=timezone.now(),
    )
    draft = begin_draft(
        text="draft: Trial\nparameters: {PRE: {standard: {values: [\n"
        "  {from: 2020-10-01, value: 600, cites: D6 一(二)1}]}}}\n",
        department=office,
        what="新建",
        by=home.users[Role.POLICY_ADMIN],
        on=TODAY,
        at=timezone.now(),
    )
    return {
        "standard": handed_in.pk,
        "begun_standard": begun.pk,
        "cases": cases.pk,
        "draft": draft.pk,
        "trial": Trial.objects.create(
            by=draft.author,
            at=timezone.now(),
            draft=draft,
            title=draft.title,
            version=1,
            text=draft.text,
            file_name="claims.csv",
            batch_key=uuid4(),
            release="hubei-1",
            finished_at=timezone.now(),
            sums=_sums(),
        ).pk,
    }


@dataclass
class World:
    """The district that is looked at, and the one that outsiders are from."""

    home: District
    elsewhere: District

    @classmethod
    def made(cls) -> "World":
        """Both districts."""
        return cls(home=District("420106"), elsewhere=District("420502"))

    @classmethod
    def furnished(cls) -> "World":
        """Both districts, and one of each thing that a page is about."""
        world = cls.made()
        home = world.home
        world.things = {
            "person": home.person.pk,
            "enterprise": home.bodies[Kind.ENTERPRISE].pk,
            "department": home.bodies[Kind.HUMAN_RESOURCES].pk,
            "membership": Membership.objects.get(user=home.users[Role.ACCEPTOR]).pk,
            "hr_membership": Membership.objects.get(user=home.users[Role.ENTERPRISE_HR]).pk,
            "delegation": Delegation.objects.create(
                membership=Membership.objects.get(user=home.users[Role.ACCEPTOR]),
                to_user=member(home.bodies[Kind.HUMAN_RESOURCES], Role.FIRST_REVIEWER, "colleague"),
                starts_on=TODAY,
                ends_on=TODAY + timedelta(days=3),
                reason="年休假",
            ).pk,
            "correction": CorrectionRequest.objects.create(
                person=home.person,
                about="phone",
                stated="13900000000",
                by=home.users[Role.WORKER],
                asked_at=timezone.now(),
            ).pk,
            "invitation": Invitation.objects.create(
                username=home.users[Role.WORKER].username,
                user=home.users[Role.WORKER],
                organisation=home.bodies[Kind.ENTERPRISE],
                role=Role.ENTERPRISE_HR,
                by=home.users[Role.ENTERPRISE_HR],
                made_at=timezone.now(),
                starts_on=TODAY,
            ).pk,
            "account": home.users[Role.WORKER].pk,
            "notice": Notice.objects.create(
                user=home.users[Role.WORKER],
                telling="people.corrected",
                topic="archive",
                cause="1",
                about={"columns": ["education"]},
                at=timezone.now(),
            ).pk,
        } | _registered(home)
        world.things |= _of_the_policy(home)
        return world

    def __post_init__(self) -> None:
        self.things: dict[str, int] = {}


@contextmanager
def standing(make: Callable[[], World]) -> Iterator[Callable[[], World]]:
    """A world that stands for many tests, each of which leaves the database as it was.

    Called, it gives the objects as they were made: nothing of what another test did to its own.
    """
    with transaction.atomic():
        made = pickle.dumps(make())
        yield lambda: pickle.loads(made)
        transaction.set_rollback(True)
