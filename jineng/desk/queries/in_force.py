"""The pack that is in force.

The engine takes two seconds to import, and the site is to answer before: so nothing imports it
while modules load.
"""

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from jineng.policy import Pack


def pack_in_force() -> "Pack":
    """The pack named in the settings."""
    from jineng import policy

    return policy.load(settings.POLICY_PACK)
