"""The blacklist: put on, taken off, appealed against."""

from datetime import date

from django.utils.translation import gettext as _

from jineng.core.events import acting
from jineng.people.errors import Refused, require_days, require_new_days
from jineng.people.models import BlacklistEntry, Organisation, Person, User
from jineng.people.permissions import organisation_for, person_for
from jineng.people.queries.organisations import is_department

Appeal = BlacklistEntry.Appeal


def blacklist(
    subject: Person | Organisation,
    *,
    reason: str,
    decision_number: str,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
    on: date,
) -> BlacklistEntry:
    """Puts somebody on the blacklist by a decision (D7 四(四)).

    Raises Http404 and PermissionDenied as `person_for` does, and Refused.
    """
    if not reason.strip() or not decision_number.strip():
        raise Refused(_("请写明事由和决定文号。"))
    require_new_days(starts_on, ends_on)
    entry = BlacklistEntry(
        person=subject if isinstance(subject, Person) else None,
        organisation=subject if isinstance(subject, Organisation) else None,
        reason=reason.strip(),
        decision_number=decision_number.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
    )
    with acting(by=by, why=reason):
        _require(entry, by, on)
        if isinstance(subject, Person):
            subject = Person.objects.select_for_update().get(pk=subject.pk)
            if subject.merged_into_id:
                raise Refused(_("这份档案已并入另一份，请在那一份上办理。"))
        elif is_department(subject, on):
            raise Refused(_("主管部门不申领补贴，不列入黑名单。"))
        same = BlacklistEntry.objects.filter(
            person=entry.person, organisation=entry.organisation, decision_number=decision_number
        )
        if same.exists():
            raise Refused(_("这份决定已经登记。"))
        entry.save(force_insert=True)
    return entry


def lift(
    entry: BlacklistEntry, *, last_day: date, by: User | None, on: date, why: str
) -> BlacklistEntry:
    """Says with which day an entry ends. Raises as `blacklist` does."""
    if not why.strip():
        raise Refused(_("请写明依据。"))
    with acting(by=by, why=why):
        entry = _locked(entry, by, on)
        require_days(entry.starts_on, last_day)
        entry.ends_on = last_day
        entry.save(update_fields=["ends_on"])
    return entry


def file_appeal(
    entry: BlacklistEntry, *, appealed_on: date, by: User | None, on: date, why: str = ""
) -> BlacklistEntry:
    """Notes an appeal; the entry counts until it is decided. Raises as `blacklist` does."""
    with acting(by=by, why=why):
        entry = _locked(entry, by, on)
        if entry.appeal:
            raise Refused(_("已有申诉记录。"))
        if not entry.starts_on <= appealed_on <= on:
            raise Refused(_("申诉日期应在决定生效之后、今天或以前。"))
        entry.appeal, entry.appealed_on = Appeal.FILED, appealed_on
        entry.save(update_fields=["appeal", "appealed_on"])
    return entry


def decide_appeal(
    entry: BlacklistEntry, *, outcome: str, decided_on: date, note: str, by: User | None, on: date
) -> BlacklistEntry:
    """Notes what came of an appeal; overturned, the entry never counted. Raises likewise."""
    if outcome not in (Appeal.UPHELD, Appeal.OVERTURNED):
        raise Refused(_("申诉结果应为维持或撤销。"))
    if not note.strip():
        raise Refused(_("请写明依据。"))
    with acting(by=by, why=note):
        entry = _locked(entry, by, on)
        if entry.appeal != Appeal.FILED or entry.appealed_on is None:
            raise Refused(_("没有待处理的申诉。"))
        if not entry.appealed_on <= decided_on <= on:
            raise Refused(_("决定日期应在申诉之后、今天或以前。"))
        entry.appeal, entry.appeal_decided_on = outcome, decided_on
        entry.appeal_note = note.strip()
        entry.save(update_fields=["appeal", "appeal_decided_on", "appeal_note"])
    return entry


def _locked(entry: BlacklistEntry, by: User | None, on: date) -> BlacklistEntry:
    """The entry as it is now, held until the transaction ends."""
    entry = BlacklistEntry.objects.select_for_update().get(pk=entry.pk)
    _require(entry, by, on)
    return entry


def _require(entry: BlacklistEntry, by: User | None, on: date) -> None:
    if by is None:
        return
    if entry.person_id is not None:
        person_for(by, entry.person_id, "blacklist:edit", on=on)
    elif entry.organisation_id is not None:
        organisation_for(by, entry.organisation_id, "blacklist:edit", on=on)
