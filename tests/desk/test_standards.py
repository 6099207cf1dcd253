"""Standards of regions: two persons, within cap and floor, in force for good."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from jineng.core.events import events_of
from jineng.desk.commands.standards import (
    return_standard,
    second_standard,
)
from jineng.desk.models import RegionalStandard
from jineng.desk.permissions.standards import waiting_for
from jineng.desk.queries.in_force import pack_in_force, pack_of_files, pack_of_release
from jineng.desk.queries.standards import standing_of, with_standing
from tests.desk.standing import TODAY, Desk, desk, seconded, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def three() -> Desk:
    return desk()


def _stands(standard: RegionalStandard, on: date = TODAY) -> str:
    return standing_of(with_standing(RegionalStandard.objects.all()).get(pk=standard.pk), on)


def test_what_is_seconded_decides(three: Desk) -> None:
    files = pack_of_files()
    assert pack_in_force(TODAY) is files
    enactment = seconded(three)
    pack = pack_in_force(TODAY)
    assert pack.release != files.release
    value = pack.schemes["FREE"].parameters["standard"].pick(date(2020, 9, 1), "420111")
    assert value is not None
    assert value.value == 120_000
    assert value.cites == ("武人社发〔2020〕12号",)
    assert pack_in_force(TODAY) is pack, "kept by its content"
    assert pack_of_release(pack.release) is pack
    assert pack_of_release(files.release) is files
    with pytest.raises(LookupError):
        pack_of_release("hubei-0000")
    assert enactment.standard is not None
    assert _stands(enactment.standard) == "in_force"
    kinds = [(e.kind, (e.after or {}).get("state")) for e in events_of(enactment.standard)]
    assert kinds[:2] == [("update", "seconded"), ("update", "submitted")]


def test_nobody_seconds_their_own(three: Desk) -> None:
    one = submitted(three.city)
    with pytest.raises(PermissionDenied):
        second_standard(one, by=three.city, on=TODAY, at=timezone.now())
    with pytest.raises(PermissionDenied):
        return_standard(one, why="不对", by=three.city, on=TODAY)
    with pytest.raises(Http404):
        second_standard(one, by=three.elsewhere, on=TODAY, at=timezone.now())
    assert list(waiting_for(three.province, on=TODAY)) == [one]
    assert not waiting_for(three.city, on=TODAY).exists()
    assert not waiting_for(three.elsewhere, on=TODAY).exists()
