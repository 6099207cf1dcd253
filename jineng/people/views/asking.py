"""What pages ask of a request and of commands."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest

from jineng.people.errors import Refused
from jineng.people.models import User


def signed_in(request: HttpRequest) -> User:
    """Whoever is signed in. Raises PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def asked(form: Form, command: Callable[[dict[str, Any]], Any]) -> Any:
    """What the command gives, True where it gives nothing; False where something is wrong.

    What is wrong is then in the form, the command's refusal among it.
    """
    if not form.is_valid():
        return False
    try:
        done = command(form.cleaned_data)
    except Refused as refused:
        form.add_error(None, refused.message)
        return False
    return True if done is None else done
