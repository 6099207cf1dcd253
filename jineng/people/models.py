"""Tables of the context `people`."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """One who may sign in. A person's name and number are kept with the person, never here."""

    # The fields of the parent that split a name the western way.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
