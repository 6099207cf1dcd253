"""What must not be read in an address, such as the name somebody searched for, as a word in it."""

import base64
import binascii

from jineng.core.crypto import Unreadable, decrypt_bytes, encrypt_bytes

LONGEST_SEARCH = 100


def sealed_search(text: str) -> str:
    """A search as it may stand in an address."""
    text = text.strip()[:LONGEST_SEARCH]
    if not text:
        return ""
    return base64.urlsafe_b64encode(encrypt_bytes(text.encode())).decode().rstrip("=")


def unsealed_search(sealed: str) -> str:
    """What was searched for; "" where it was not sealed here."""
    if not sealed:
        return ""
    try:
        padded = sealed + "=" * (-len(sealed) % 4)
        return decrypt_bytes(base64.urlsafe_b64decode(padded)).decode()
    except (Unreadable, binascii.Error, ValueError, IndexError):
        return ""
