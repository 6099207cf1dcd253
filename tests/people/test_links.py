"""Pages lead to what belongs to them, whoever may go there, and nobody else."""

from typing import Any

import pytest

from jineng.people.models import Role, Verification
from jineng.people.roles import Kind
from tests.access.world import TODAY, World, signed_in

pytestmark = pytest.mark.django_db


def test_answers_of_registers_are_reached_and_in_the_history(settings: Any) -> None:
    settings.BUSINESS_DATE = TODAY
    world = World.made()
    person, firm = world.home.person, world.home.bodies[Kind.ENTERPRISE]
    said = {"register": "公安人口库", "answer": "confirmed", "asked_hash": b"0" * 32}
    from django.utils import timezone

    Verification.objects.create(person=person, subject="identity", at=timezone.now(), **said)
    Verification.objects.create(organisation=firm, subject="code", at=timezone.now(), **said)
    for role, reaches in (
        (Role.APPROVER, True),
        (Role.CASHIER, False),
        (Role.ENTERPRISE_HR, False),
    ):
        client = signed_in(world.home.users[role])
        for page in (f"/persons/{person.pk}/", f"/organisations/{firm.pk}/"):
            text = client.get(page).content.decode()
            assert (f"{page}verifications/" in text) == reaches, (role, page)
            assert ("登记外部核验" in text) == reaches
            if reaches:
                assert "公安人口库" in text
                assert client.get(f"{page}verifications/").status_code == 200
