"""What may follow what in the life of a region's standard."""

from typing import Any

from django.db import transaction

from jineng.desk.models import RegionalStandard

State = RegionalStandard.State

#: From each state, the states that may follow and what brings them about.
TRANSITIONS: dict[str, dict[str, str]] = {
    State.DRAFT: {
        State.SUBMITTED: "whoever entered it hands it in",
        State.WITHDRAWN: "it is given up",
    },
    State.SUBMITTED: {
        State.SECONDED: "another person seconds it; from now on it is never changed",
        State.RETURNED: "another person sends it back and says why",
        State.WITHDRAWN: "it is given up",
    },
    State.RETURNED: {
        State.SUBMITTED: "it is handed in once more",
        State.WITHDRAWN: "it is given up",
    },
    State.WITHDRAWN: {},
    State.SECONDED: {},
}

#: States in which what a standard says may be changed.
CHANGEABLE = frozenset({State.DRAFT, State.RETURNED})


class NotAllowed(Exception):
    """The standard is in a state from which this does not follow."""


def move(standard: RegionalStandard, to: State, **changes: Any) -> RegionalStandard:
    """Takes a standard to another state, with other columns changed at the same time.

    The row is locked and read anew; the database writes the event. Raises NotAllowed.
    """
    with transaction.atomic():
        locked = RegionalStandard.objects.select_for_update().get(pk=standard.pk)
        if to not in TRANSITIONS[locked.state]:
            raise NotAllowed(f"{locked.pk}: {locked.state} → {to}")
        locked.state = to
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.save(update_fields=["state", *changes])
    return locked
