"""Who does what with a case: nobody two things, by one account or two."""

from datetime import datetime

from django.utils.translation import gettext as _

from jineng.core.events import acting
from jineng.people.errors import Refused
from jineng.people.models import CaseDuty, Duty, Membership, User
from jineng.people.queries.persons import records


def take_duty(
    case: str, duty: Duty, *, by: User, at: datetime, membership: Membership | None = None
) -> CaseDuty:
    """Writes down that `by` does this with the case; the same duty once more changes nothing.

    ``case``: a reference of the context that it belongs to, such as `claim:…`. Raises Refused where
    the user has another duty in the case, or the same person by another account; the database holds
    it, however many race.
    """
    in_case = CaseDuty.objects.filter(case=case)
    with acting(by=by):
        # What a record did that was merged into this one, the same person did.
        own = records(by.person) if by.person else []
        if not in_case.filter(person__in=own).exclude(user=by).exists():
            CaseDuty.objects.bulk_create(
                [
                    CaseDuty(
                        case=case,
                        duty=duty,
                        user=by,
                        person_id=by.person_id,
                        membership=membership,
                        at=at,
                    )
                ],
                ignore_conflicts=True,
            )
        taken = in_case.filter(user=by).first()
    if taken is None:
        other = in_case.filter(person__in=own).latest("at")
        raise Refused(
            _("您已用另一账号担任本件的%(taken)s人，不能再做%(wanted)s。")
            % {"taken": Duty(other.duty).label, "wanted": Duty(duty).label}
        )
    if taken.duty != duty:
        raise Refused(
            _("您已是本件的%(taken)s人，不能再做%(wanted)s。")
            % {"taken": Duty(taken.duty).label, "wanted": Duty(duty).label}
        )
    return taken
