"""The outside registers that a site may ask, as its settings name them."""

import os
import re

#: What can be asked about: persons by their identity, organisations by their registration.
SUBJECTS = ("identity", "organisation")
_ENTRY = re.compile(r"(\w+):([^:=/?#]{1,40})=((?:file:|https?://)\S+)")


def outside_registers() -> dict[str, dict[str, str]]:
    """`JINENG_REGISTERS` by name: subject, address, token. Raises ValueError."""
    tokens = dict(
        part.partition("=")[::2] for part in os.environ.get("JINENG_REGISTER_TOKENS", "").split()
    )
    found: dict[str, dict[str, str]] = {}
    for part in os.environ.get("JINENG_REGISTERS", "").split():
        entry = _ENTRY.fullmatch(part)
        if entry is None or entry[1] not in SUBJECTS or entry[2] in found:
            raise ValueError(
                "JINENG_REGISTERS 应写作 identity:名称=https://… 或 organisation:名称=file:/…，"
                f"名称不重复 / JINENG_REGISTERS can't be read: {part.partition('=')[0]}"
            )
        found[entry[2]] = {
            "subject": entry[1],
            "address": entry[3],
            "token": tokens.get(entry[2], ""),
        }
    return found
