"""What is done with standards of regions: entered, handed in, sent back, seconded."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from jineng.core.events import acting
from jineng.desk.commands.enacting import enact, in_turn
from jineng.desk.models import Enactment, RegionalStandard
from jineng.desk.permissions.standards import EDIT, require_reach, standard_for
from jineng.desk.queries.standards import (
    ONE,
    Settable,
    content_of,
    reference,
    settable,
    to_correct,
    wrong_with,
)
from jineng.desk.workflow import CHANGEABLE, NotAllowed, move
from jineng.people.errors import Refused, require_new_days
from jineng.people.models import Region, User

State = RegionalStandard.State

#: What whoever enters a standard says of it.
GIVEN = ("amounts", "number", "title", "clause", "replaces", "starts_on", "ends_on")


def enter_standard(
    region: Region, what: str, *, by: User, on: date, at: datetime, **given: Any
) -> RegionalStandard:
    """Keeps a new standard as a draft. ``what``: a `Settable.name`; ``given``: all of GIVEN.

    Raises PermissionDenied out of reach, and Refused.
    """
    require_reach(by, region, EDIT, on=on)
    scheme, _dot, parameter = what.partition(".")
    standard = RegionalStandard(
        region=region,
        scheme=scheme,
        parameter=parameter,
        entered_by=by,
        entered_person_id=by.person_id,
        made_at=at,
    )
    with acting(by=by):
        _say(standard, given)
        standard.save(force_insert=True)
    return standard


def change_standard(
    standard: RegionalStandard, *, by: User, on: date, **given: Any
) -> RegionalStandard:
    """Says something else in a standard that is not handed in. Raises likewise."""
    standard_for(by, standard.pk, "edit", on=on)
    with acting(by=by):
        locked = RegionalStandard.objects.select_for_update().get(pk=standard.pk)
        if locked.state not in CHANGEABLE:
            raise Refused(_("已提交或已复核的标准不能修改。"))
        if locked.entered_by_id != by.pk:
            # Whoever says what it is now can't second it.
            locked.entered_by, locked.entered_person_id = by, by.person_id
        _say(locked, given)
        locked.save()
    return locked


def submit_standard(
    standard: RegionalStandard, *, by: User, on: date, at: datetime
) -> RegionalStandard:
    """Hands a standard in, to be seconded by somebody else. Raises likewise."""
    standard = standard_for(by, standard.pk, "edit", on=on)
    _require_right(standard, on)
    with acting(by=by):
        return _moved(standard, State.SUBMITTED, submitted_at=at)


def withdraw_standard(
    standard: RegionalStandard, *, why: str, by: User, on: date
) -> RegionalStandard:
    """Gives up a standard that was never in force. Raises likewise."""
    return _stopped(standard_for(by, standard.pk, "edit", on=on), State.WITHDRAWN, why, by)


def return_standard(
    standard: RegionalStandard, *, why: str, by: User, on: date
) -> RegionalStandard:
    """Sends a standard back to whoever entered it, and says why. Raises likewise."""
    return _stopped(standard_for(by, standard.pk, "second", on=on), State.RETURNED, why, by)


def second_standard(standard: RegionalStandard, *, by: User, on: date, at: datetime) -> Enactment:
    """Seconds a standard: from its first day on claims are decided by it.

    ``standard``: as `by` had it before their eyes. Raises as `standard_for` does, and Refused where
    it was handed in anew since, or no longer fits what is in force.
    """
    seen, standard = standard, standard_for(by, standard.pk, "second", on=on)
    with acting(by=by), in_turn():
        if seen.submitted_at != standard.submitted_at:
            raise Refused(_("这项标准已由他人办理，请刷新后再看。"))
        _require_right(standard, on)
        seconded = _moved(standard, State.SECONDED)
        return enact(
            content_of(seconded, seconded_by=reference(by.pk)),
            number=seconded.number,
            effective_on=on,
            author=(seconded.entered_by_id, seconded.entered_person_id),
            by=by,
            at=at,
            standard=seconded,
        )


def _say(standard: RegionalStandard, given: dict[str, Any]) -> None:
    """Raises Refused where the days are none, or something of it means nothing."""
    chosen = settable().get(f"{standard.scheme}.{standard.parameter}")
    if chosen is None:
        raise Refused(_("这个参数不由地区规定。"))
    require_new_days(given["starts_on"], given["ends_on"])
    _require_amounts(chosen, given["amounts"])
    replaces = given["replaces"]
    if replaces:
        known = to_correct(standard.region, standard.scheme, standard.parameter)
        if not known.filter(number=replaces).exists():
            raise Refused(_("没有文件号为 %(number)s 的标准可以更正。") % {"number": replaces})
    for name in GIVEN:
        setattr(standard, name, given[name])


def _require_amounts(chosen: Settable, amounts: dict[str, int]) -> None:
    if not amounts:
        raise Refused(_("请至少写明一项金额。"))
    # By programmes, say, there are no codes but their names.
    known = set(chosen.codes) or set(amounts) - {ONE}
    if not set(amounts) <= known or (ONE in known) != (ONE in amounts):
        raise Refused(_("金额的档次与参数不符。"))


def _require_right(standard: RegionalStandard, on: date) -> None:
    reasons = wrong_with(standard, on=on)
    if reasons:
        raise Refused("\n".join(reasons))


def _moved(standard: RegionalStandard, to: Any, **changes: Any) -> RegionalStandard:
    try:
        return move(standard, to, **changes)
    except NotAllowed:
        raise Refused(_("这项标准已由他人办理，请刷新后再看。")) from None


def _stopped(standard: RegionalStandard, to: Any, why: str, by: User) -> RegionalStandard:
    if not why.strip():
        raise Refused(_("请写明理由。"))
    with acting(by=by, why=why.strip()):
        return _moved(standard, to)
