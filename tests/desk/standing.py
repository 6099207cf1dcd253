"""Policy administrators of a city and of the province, and what they set."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from jineng.desk.commands.standards import enter_standard, second_standard, submit_standard
from jineng.desk.models import Enactment, RegionalStandard
from jineng.people.models import Region, Role, User
from jineng.people.roles import Kind
from tests.access.world import member, organisation

TODAY = date(2026, 11, 20)
WUHAN, YICHANG, PROVINCE = "420100", "420500", "420000"


@dataclass
class Desk:
    """Three who administer the policy: of Wuhan, of the province, of Yichang."""

    city: User
    province: User
    elsewhere: User


def desk() -> Desk:
    """Them, each in a department of their own."""
    made = [
        member(organisation(f"{code} 人社", code, Kind.HUMAN_RESOURCES), Role.POLICY_ADMIN, name)
        for code, name in ((WUHAN, "city"), (PROVINCE, "province"), (YICHANG, "elsewhere"))
    ]
    return Desk(*made)


def region(code: str = WUHAN) -> Region:
    """The region of today."""
    return Region.objects.current().get(code=code)


def given(yuan: int = 1200, **changes: Any) -> dict[str, Any]:
    """What is said of a standard."""
    return {
        "amounts": {"": yuan * 100},
        "number": "武人社发〔2020〕12号",
        "title": "",
        "clause": "",
        "replaces": "",
        "starts_on": date(2020, 9, 1),
        "ends_on": None,
    } | changes


def entered(
    by: User, what: str = "FREE.standard", on: date = TODAY, **said: Any
) -> RegionalStandard:
    """A draft."""
    return enter_standard(region(), what, by=by, on=on, at=timezone.now(), **given(**said))


def submitted(by: User, what: str = "FREE.standard", **said: Any) -> RegionalStandard:
    """Handed in."""
    return submit_standard(entered(by, what, **said), by=by, on=TODAY, at=timezone.now())


def seconded(desk: Desk, what: str = "FREE.standard", on: date = TODAY, **said: Any) -> Enactment:
    """In force."""
    one = submitted(desk.city, what, **said)
    return second_standard(one, by=desk.province, on=on, at=timezone.now())
