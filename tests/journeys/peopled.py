"""Fills the demo's database with a district, run as a program of its own: `python -m … SECRET`."""

import os
import sys

import django


def main() -> None:
    """The district of the tests, whose first reviewer has a phone with this secret."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jineng.config.settings")
    django.setup()
    from allauth.mfa.models import Authenticator

    from jineng.people.models import Role
    from jineng.people.signin.adapters import SecondFactorAdapter
    from tests.access.world import District

    home = District("420106")
    secret = SecondFactorAdapter().encrypt(sys.argv[1])
    for role in (Role.FIRST_REVIEWER, Role.ACCEPTOR):
        Authenticator.objects.filter(user=home.users[role]).update(data={"secret": secret})
    sys.stdout.write(f"{home.person.pk}\n")


if __name__ == "__main__":
    main()
