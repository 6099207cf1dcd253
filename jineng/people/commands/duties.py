"""Who does what with a case: nobody two things."""

from datetime import datetime

from django.utils.translation import gettext as _

from jineng.core.events import acting
from jineng.people.errors import Refused
from jineng.people.models import CaseDuty, Duty, Membership, User


def take_duty(
    case: str, duty: Duty, *, by: User, at: datetime, membership: Membership | None = None
) -> CaseDuty:
    """Writes down that `by` does this with the case; the same duty once more changes nothing.

    ``case``: a reference of the context that it belongs to, such as `claim:…`. Raises Refused where
    the user has another duty in the case; the database holds it, however many race.
    """
    with acting(by=by):
        CaseDuty.objects.bulk_create(
            [CaseDuty(case=case, duty=duty, user=by, membership=membership, at=at)],
            ignore_conflicts=True,
        )
        taken = CaseDuty.objects.get(case=case, user=by)
    if taken.duty != duty:
        raise Refused(
            _("您已是本件的%(taken)s人，不能再做%(wanted)s。")
            % {"taken": Duty(taken.duty).label, "wanted": Duty(duty).label}
        )
    return taken
