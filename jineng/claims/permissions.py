"""Who a batch belongs to: the user who handed it in, or a stranger's browser session."""

import secrets

from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import salted_hmac

SESSION_KEY = "claims_owner"


def owner_of(session: SessionBase) -> str:
    """The owner that this session is; "" (who owns nothing) where it has handed nothing in.

    Batches carry an HMAC of the session's random key: who reads the table can't become an owner.
    """
    key = session.get(SESSION_KEY)
    return _owner(key) if isinstance(key, str) and key else ""


def owner_of_user(user_id: int) -> str:
    """The owner that a signed-in user is."""
    return _owner(f"user {user_id}")


def become_owner(session: SessionBase) -> str:
    """The owner that this session is from now on."""
    if not owner_of(session):
        session[SESSION_KEY] = secrets.token_urlsafe(32)
    return owner_of(session)


def own_nothing(session: SessionBase) -> None:
    """From now on this session owns nothing."""
    session.pop(SESSION_KEY, None)


def _owner(key: str) -> str:
    return salted_hmac("jineng.claims.owner", key, algorithm="sha256").hexdigest()
