"""What somebody has answered so far, as it stands in an address: sealed.

Nothing of it is kept here, and no log that an address gets into tells anything. Whoever has the
address can go on from there.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from functools import cached_property

from jineng.core.crypto import Unreadable, decrypt_bytes, encrypt_bytes

#: What is asked before any fact: who asks, about what.
PARTY, OCCASION = "party", "occasion"
#: About anything whatever.
ANYTHING = "any"
LONGEST = 200
_MOST = 100


@dataclass(frozen=True)
class Answers:
    """Names and what was answered, in order; "" where somebody does not know."""

    given: tuple[tuple[str, str], ...] = ()

    def __contains__(self, name: str) -> bool:
        return any(one == name for one, _text in self.given)

    def __len__(self) -> int:
        return len(self.given)

    def of(self, name: str) -> str:
        """What was answered; "" where nothing was."""
        return dict(self.given).get(name, "")

    def answering(self, name: str, text: str) -> Answers:
        """With one answer more, or another in its place."""
        text = text[:LONGEST]
        if name in self:
            return Answers(tuple((n, text if n == name else t) for n, t in self.given))
        return Answers((*self.given, (name, text))) if len(self) < _MOST else self

    def before(self, name: str) -> Answers:
        """Those given before this one; all of them where it was not given."""
        names = [one for one, _text in self.given]
        return Answers(self.given[: names.index(name)]) if name in names else self

    def without_last(self) -> Answers:
        """As it was one answer before."""
        return Answers(self.given[:-1])

    @cached_property
    def sealed(self) -> str:
        """As they may stand in an address; "" where there are none."""
        if not self.given:
            return ""
        plain = json.dumps(self.given, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(encrypt_bytes(zlib.compress(plain, 9))).decode().rstrip("=")

    @classmethod
    def unsealed(cls, sealed: str) -> Answers | None:
        """What an address says; None where it was not sealed here, or not with today's keys."""
        if not sealed:
            return cls()
        try:
            packed = decrypt_bytes(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)))
            given = json.loads(zlib.decompress(packed))
        except (Unreadable, binascii.Error, ValueError, IndexError, zlib.error):
            return None
        return cls(tuple((str(name), str(text)) for name, text in given))
