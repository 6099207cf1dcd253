"""What tests do quickly that is slow on purpose."""

from jineng.people.signin.passwords import Argon2Hasher


class QuickHasher(Argon2Hasher):
    """The hasher of the site, with the least work that Argon2 allows.

    With its own, a slow machine takes longer over a wrong password than one has to wait after it.
    """

    time_cost = 1
    memory_cost = 8
    parallelism = 1
