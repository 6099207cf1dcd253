"""The numbers that an authenticator on a phone shows (RFC 6238)."""

import base64
import hmac
import struct
from datetime import datetime


def code(secret: str, at: datetime) -> str:
    """Six digits for this moment."""
    message = struct.pack(">Q", int(at.timestamp()) // 30)
    digest = hmac.digest(base64.b32decode(secret), message, "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
