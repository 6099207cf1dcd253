"""Standards of regions: two persons, within cap and floor, in force for good."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jineng.core.events import events_of
from jineng.desk.commands.standards import (
    change_standard,
    return_standard,
    second_standard,
    submit_standard,
    withdraw_standard,
)
from jineng.desk.models import Enactment, RegionalStandard
from jineng.desk.notices import TELLINGS
from jineng.desk.permissions.standards import waiting_for
from jineng.desk.queries.in_force import (
    contents,
    pack_in_force,
    pack_of_files,
    pack_of_release,
)
from jineng.desk.queries.standards import as_file, last_day, standing_of, with_standing
from jineng.desk.workflow import TRANSITIONS
from jineng.people.errors import Refused
from jineng.policy import laid_over, read_laid
from tests.desk.standing import TODAY, Desk, entered, seconded, submitted
from tests.desk.standing import given as said

pytestmark = pytest.mark.django_db

State = RegionalStandard.State


def _stands(standard: RegionalStandard | None, on: date = TODAY) -> str:
    assert standard is not None
    return standing_of(with_standing(RegionalStandard.objects.all()).get(pk=standard.pk), on)


def _fen(on: date, region: str = "420111", what: str = "FREE") -> int | None:
    value = pack_in_force(TODAY).schemes[what].parameters["standard"].pick(on, region)
    return None if value is None else int(value.value)


def test_what_is_seconded_decides_from_its_day_on(three: Desk, tmp_path: Any) -> None:
    files = pack_of_files()
    assert pack_in_force(TODAY) is files
    first = seconded(three)
    pack = pack_in_force(TODAY)
    assert (_fen(date(2020, 9, 1)), _fen(date(2020, 8, 31))) == (120_000, None)
    assert _fen(date(2020, 9, 1), "420500") is None
    assert pack_in_force(TODAY) is pack, "kept by its content"
    assert pack_in_force(TODAY - timedelta(days=1)) is files, "not before it was seconded"

    second = seconded(three, yuan=1300, number="武人社发〔2021〕3号", starts_on=date(2021, 1, 1))
    assert (_fen(date(2020, 12, 31)), _fen(date(2021, 1, 1))) == (120_000, 130_000)
    assert [_stands(one.standard) for one in (first, second)] == ["over", "in_force"]
    assert first.standard is not None
    found = with_standing(RegionalStandard.objects.all()).get(pk=first.standard.pk)
    assert last_day(found) == date(2020, 12, 31)

    # What decided earlier still explains itself.
    assert pack_of_release(pack.release) is pack
    assert pack_of_release(files.release) is files
    with pytest.raises(LookupError):
        pack_of_release("hubei-0000000000000000")

    # The command line comes to the same release by the file.
    path = tmp_path / "standards.yaml"
    path.write_text(as_file(on=TODAY), encoding="utf-8")
    by_file = laid_over(files, read_laid(path))
    assert by_file.release == pack_in_force(TODAY).release


def test_a_mistake_is_corrected_by_another(three: Desk) -> None:
    wrong = seconded(three, yuan=12_000)
    with pytest.raises(Refused, match="replaces"):
        seconded(three, yuan=1_200, number="武人社发〔2020〕14号")
    with pytest.raises(Refused, match="没有文件号为"):
        entered(three.city, replaces="没有这份")
    right = seconded(three, number="武人社发〔2020〕14号", replaces="武人社发〔2020〕12号")
    assert _fen(date(2020, 9, 1)) == 120_000
    assert (_stands(wrong.standard), _stands(right.standard)) == ("corrected", "in_force")


def test_nobody_seconds_their_own(three: Desk) -> None:
    one = submitted(three.city)
    moment = timezone.now()
    with pytest.raises(PermissionDenied):
        second_standard(one, by=three.city, on=TODAY, at=moment)
    with pytest.raises(Http404):
        second_standard(one, by=three.elsewhere, on=TODAY, at=moment)
    assert list(waiting_for(three.province, on=TODAY)) == [one]
    assert not waiting_for(three.city, on=TODAY).exists()
    assert not waiting_for(three.elsewhere, on=TODAY).exists()
    # Whoever changes it has entered it.
    return_standard(one, why="金额不对", by=three.province, on=TODAY)
    change_standard(one, by=three.province, on=TODAY, **said(yuan=1000))
    again = submit_standard(one, by=three.province, on=TODAY, at=timezone.now())
    with pytest.raises(PermissionDenied):
        second_standard(again, by=three.province, on=TODAY, at=moment)
    # Nobody seconds what they have not seen.
    with pytest.raises(Refused):
        second_standard(one, by=three.city, on=TODAY, at=moment)
    second_standard(again, by=three.city, on=TODAY, at=moment)
    assert _fen(date(2020, 9, 1)) == 100_000


def test_only_what_is_left_to_regions_within_cap_and_floor(three: Desk) -> None:
    with pytest.raises(Refused, match="不由地区规定"):
        entered(three.city, "COMP.standard")
    with pytest.raises(Refused, match="不由地区规定"):
        entered(three.city, "STUD.standard")
    above = entered(three.city, "PRE.standard", yuan=501)
    with pytest.raises(Refused, match="高于上限"):
        submit_standard(above, by=three.city, on=TODAY, at=timezone.now())
    below = entered(three.city, "APPR.standard", yuan=3_999)
    with pytest.raises(Refused, match="低于下限"):
        submit_standard(below, by=three.city, on=TODAY, at=timezone.now())
    with pytest.raises(PermissionDenied):
        entered(three.elsewhere)


def test_the_database_keeps_what_is_in_force(three: Desk) -> None:
    enactment = seconded(three)
    standard = enactment.standard
    assert standard is not None

    def refused(act: Callable[[], object]) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()

    rows = RegionalStandard.objects.filter(pk=standard.pk)
    refused(lambda: rows.update(amounts={"": 1}))
    refused(lambda: rows.update(state="draft"))
    refused(lambda: rows._raw_delete(rows.db))
    held = Enactment.objects.filter(pk=enactment.pk)
    refused(lambda: held.update(content={}))
    refused(lambda: held._raw_delete(held.db))
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute("TRUNCATE desk_enactment"))
    # By one person alone, or in another's name, nothing comes in force.
    other = submitted(three.city, number="武人社发〔2021〕3号", starts_on=date(2021, 1, 1))
    fields: dict[str, Any] = {
        "standard": other,
        "content": {},
        "digest": "x",
        "number": "x",
        "effective_on": TODAY,
        "at": timezone.now(),
    }
    refused(lambda: Enactment.objects.create(**fields, author=three.city, by=three.city))
    refused(lambda: Enactment.objects.create(**fields, author=three.city, by=three.province))
    assert len(contents()) == 1


def test_who_is_told(three: Desk) -> None:
    submitted_, answered, _draft = TELLINGS
    one = submitted(three.city)
    events = [events_of(one).order_by("id").last()]
    told = list(submitted_.tells([e for e in events if e], TODAY))
    assert [tell.user for _event, tell in told] == [three.province.pk]
    assert "武人社发〔2020〕12号" in submitted_.words(told[0][1].about).text
    return_standard(one, why="条款不对", by=three.province, on=TODAY)
    event = events_of(one).order_by("id").last()
    assert event is not None
    assert submitted_.settled is not None
    assert submitted_.settled(event)
    ((_event, back),) = answered.tells([event], TODAY)
    assert back.user == three.city.pk
    assert "条款不对" in answered.words(back.about).text


# ---------------------------------------------------------------- whatever is done in any order

ACTS = ("submit", "second", "return", "withdraw", "change")
DAYS = st.dates(date(2020, 1, 1), date(2020, 1, 8))
ONE = st.tuples(
    DAYS,
    st.one_of(st.none(), st.integers(0, 5)),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(ACTS), st.booleans()), max_size=5),
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(ONE, min_size=1, max_size=4))
def test_states_follow_the_table_and_days_never_overlap(three: Desk, wishes: list[Any]) -> None:
    with transaction.atomic():
        for number, (first, length, corrects, acts) in enumerate(wishes, start=1):
            _lived(three, number, first, length, corrects, acts)
        _no_day_has_two()
        transaction.set_rollback(True)


def _lived(
    three: Desk, number: int, first: date, length: int | None, corrects: bool, acts: list[Any]
) -> None:
    earlier = Enactment.objects.order_by("pk").last()
    try:
        one = entered(
            three.city,
            yuan=number * 100,
            number=f"{number}号",
            starts_on=first,
            ends_on=None if length is None else first + timedelta(days=length),
            replaces=earlier.number if corrects and earlier else "",
        )
    except Refused:
        return  # what it would correct was corrected already
    # Often all goes well.
    for name, own in acts or [("submit", True), ("second", False)]:
        before = RegionalStandard.objects.get(pk=one.pk).state
        with suppress(Refused, PermissionDenied), transaction.atomic():
            _done(one, name, three.city if own else three.province, number)
        after = RegionalStandard.objects.get(pk=one.pk).state
        assert after == before or after in TRANSITIONS[before]
        in_force = Enactment.objects.filter(standard=one)
        assert in_force.exists() == (after == State.SECONDED)
        assert not in_force.filter(by=RegionalStandard.objects.get(pk=one.pk).entered_by).exists()


def _done(one: RegionalStandard, name: str, by: Any, number: int) -> None:
    one = RegionalStandard.objects.get(pk=one.pk)
    told: dict[str, Any] = {"by": by, "on": TODAY}
    if name == "submit":
        submit_standard(one, **told, at=timezone.now())
    elif name == "second":
        second_standard(one, **told, at=timezone.now())
    elif name == "return":
        return_standard(one, why="再看", **told)
    elif name == "withdraw":
        withdraw_standard(one, why="不办了", **told)
    else:
        change_standard(one, **told, **said(yuan=number * 100, number=f"{number}号"))


def _no_day_has_two() -> None:
    values = pack_in_force(TODAY).schemes["FREE"].parameters["standard"].values
    rows = list(with_standing(RegionalStandard.objects.filter(state=State.SECONDED)))
    for day in (date(2020, 1, 1) + timedelta(days=n) for n in range(20)):
        holding = [value for value in values if value.on(day)]
        assert len(holding) <= 1
        # The list says of each day the same as the engine.
        on_day = [one for one in rows if standing_of(one, day) == "in_force"]
        assert [one.amounts[""] for one in on_day] == [value.value for value in holding]
