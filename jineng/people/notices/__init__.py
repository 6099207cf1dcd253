"""What users are told of persons, organisations, accounts and imports."""

from jineng.people.notices import accounts, archives, bodies

TELLINGS = [*archives.TELLINGS, *accounts.TELLINGS, *bodies.TELLINGS]
