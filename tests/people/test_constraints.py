"""What the database itself refuses in the registers."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from jineng.core.sealed import lookup_hash
from jineng.people.models import (
    BlacklistEntry,
    Delegation,
    GroupMembership,
    ImportRun,
    InsuranceSpell,
    Membership,
    Organisation,
    Person,
    PersonKey,
    PersonMerge,
    Qualification,
    Region,
    SignUp,
    Suspension,
    User,
)

pytestmark = pytest.mark.django_db

DAY, BEFORE = date(2020, 7, 1), date(2020, 6, 30)


class Register:
    """One row of each that others lean on."""

    def __init__(self) -> None:
        self.province = Region.objects.get_or_create(code="420000", kind="province", name="湖北省")[
            0
        ]
        self.person = self.new_person()
        self.organisation = Organisation.objects.create(
            credit_code="91420100000000000B", name="明德纺织"
        )
        self.user = User.objects.create_user("clerk")
        self.run = ImportRun.objects.create(kind="insurance", at=timezone.now())

    def new_person(self) -> Person:
        return Person.objects.create(
            name="李明", identity_number="4201061990010100" + "0X", birth_date=date(1990, 1, 1)
        )


@pytest.fixture
def register() -> Register:
    return Register()


def refused(constraint: str, *made: models.Model) -> None:
    for one in made[:-1]:
        one.save()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        made[-1].save(force_insert=True)


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (GroupMembership, {"person": 1, "group": "veteran"}),
        (Suspension, {"organisation": 1, "reason": "疫情"}),
        (Membership, {"user": 1, "organisation": 1, "role": "acceptor"}),
        (Qualification, {"organisation": 1, "kind": "skills_training", "number": "1"}),
        (BlacklistEntry, {"person": 1, "reason": "r", "decision_number": "1"}),
    ],
)
def test_what_holds_ends_no_earlier_than_it_begins(
    register: Register, model: type[Any], fields: dict[str, Any]
) -> None:
    given = {
        name: getattr(register, name) if value == 1 else value for name, value in fields.items()
    }
    name = f"{model.__name__.lower()}_days_in_order"
    refused(name, model(**given, starts_on=DAY, ends_on=BEFORE))
    model(**given, starts_on=DAY, ends_on=DAY).save()
    assert model.objects.on(DAY).count() == 1
    assert model.objects.on(BEFORE).count() == 0
    assert model.objects.within(BEFORE, DAY).count() == 1


def test_regions(register: Register) -> None:
    again = {"code": "420000", "name": "湖北省", "kind": "province"}
    refused("region_code_from_a_day", Region(**again, valid_to=DAY))
    refused("region_code_in_force", Region(**again, valid_from=DAY))
    refused("region_province_alone", Region(code="420100", name="武汉市", kind="prefecture"))
    refused("region_code_of_six", Region(code="4201", name="x", kind="province"))


def test_one_person_of_a_number_and_a_family_of_a_phone(register: Register) -> None:
    other = register.new_person()
    for kind in ("phone", "identity"):
        found = lookup_hash(kind, "1")
        one = PersonKey(person=register.person, kind=kind, hash=found, key_id="k1")
        two = PersonKey(person=other, kind=kind, hash=found, key_id="k1")
        if kind == "phone":
            one.save()
            two.save()
        else:
            refused("one_person_of_a_number", one, two)


def test_a_record_is_merged_once_and_into_another(register: Register) -> None:
    person, other = register.person, register.new_person()
    merge = {"merged": other, "moved": {}, "at": timezone.now(), "why": "w"}
    refused("merged_into_another", PersonMerge(**merge | {"survivor": other}))
    refused(
        "merged_once",
        PersonMerge(**merge, survivor=person),
        PersonMerge(**merge, survivor=person),
    )
    person.merged_into = person
    with pytest.raises(IntegrityError, match="person_not_merged"), transaction.atomic():
        person.save()


@pytest.mark.parametrize("code", ["9142010000000000OB", "91420100000000000", "91420100 00000000B"])
def test_credit_codes_have_their_shape(code: str) -> None:
    refused("organisation_credit_code", Organisation(credit_code=code, name="x"))


def test_an_accreditation_says_where(register: Register) -> None:
    refused(
        "accreditation_says_where",
        Qualification(
            organisation=register.organisation, kind="regional_accreditation", starts_on=DAY
        ),
    )


def test_sign_ups(register: Register) -> None:
    form: dict[str, Any] = {
        "region": register.province,
        "eligible_count": 3,
        "contact_phone": "1",
        "signed_up_at": timezone.now(),
    }
    now = timezone.now()
    refused("sign_up_of_somebody", SignUp(**form | {"eligible_count": 0}))
    refused("sign_up_served_of_one_known", SignUp(**form, served_at=now))
    known = {"organisation": register.organisation, "served_at": now}
    refused("sign_up_served_or_withdrawn", SignUp(**form, **known, withdrawn_at=now))


def test_blacklist(register: Register) -> None:
    entry = {"reason": "r", "decision_number": "1", "starts_on": DAY}
    both = {"person": register.person, "organisation": register.organisation}
    refused("blacklist_entry_of_one", BlacklistEntry(**entry, **both))
    refused("blacklist_entry_of_one", BlacklistEntry(**entry))
    entry |= {"person": register.person}
    refused("blacklist_appeal", BlacklistEntry(**entry, appeal="filed"))
    refused("blacklist_appeal", BlacklistEntry(**entry, appeal="upheld", appealed_on=DAY))
    days = {"appealed_on": DAY, "appeal_decided_on": BEFORE}
    refused("blacklist_appeal", BlacklistEntry(**entry, appeal="overturned", **days))


def test_spells(register: Register) -> None:
    month = 2020 * 12
    spell: dict[str, Any] = {
        "person": register.person,
        "employer": register.organisation,
        "run": register.run,
    }
    spell |= {"first_month": month, "last_month": month, "kinds": 1}
    refused("insurance_spell_in_order", InsuranceSpell(**spell | {"last_month": month - 1}))
    refused("insurance_spell_kinds", InsuranceSpell(**spell | {"kinds": 0}))
    superseded = InsuranceSpell(**spell, superseded_by=register.run)
    refused(
        "insurance_spell_in_force", superseded, InsuranceSpell(**spell), InsuranceSpell(**spell)
    )


def test_roles(register: Register) -> None:
    user = register.user
    member = {"user": user, "starts_on": DAY}
    refused("membership_of_an_organisation", Membership(**member, role="approver"))
    of = {"organisation": register.organisation}
    refused("membership_role_known", Membership(**member, **of, role="king"))
    worker = Membership(**member, role="worker")
    refused("membership_from_a_day", worker, Membership(**member, role="worker"))
    leave = {"membership": worker, "to_user": user, "starts_on": DAY, "reason": "r"}
    refused("delegation_has_an_end", Delegation(**leave))
