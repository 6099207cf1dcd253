"""A pack's rules as SQL, kept from one run to the next.

Loading Ibis and putting the rules into SQL takes longer than deciding a thousand claims, and gives
the same each time: so the result is written to the user's cache, under a name that changes with the
pack, the engine's code and the libraries. A cache that can't be written or read costs only time.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jineng.policy.parameters import Parameter

if TYPE_CHECKING:
    from jineng.policy.schemes import Scheme

_MOST_KEPT = 64  # every draft has rules of its own

#: What the SQL calls the table of claims that it reads.
CLAIMS = "claims"


@dataclass
class CompiledCondition:
    """What a condition reads, its SQL and its tree (None where other claims alone can fail it)."""

    facts: list[str]
    parameters: list[str]
    sql: str | None = None
    tree: list[Any] | None = None


@dataclass
class CompiledAmount:
    """What an amount reads; its SQL in 分, where facts are lacking, and its standard's number.

    ``trees``: the same three for whole columns.
    """

    facts: list[str]
    parameters: list[str]
    value: str = ""
    open: str = ""
    value_number: str = ""
    trees: list[Any] = field(default_factory=list)


@dataclass
class CompiledRules:
    """Conditions by scheme and code, amounts by scheme, and the limits across claims as trees.

    The SQL of conditions and amounts is over a table of claims called t0.
    """

    conditions: dict[str, dict[str, CompiledCondition]] = field(default_factory=dict)
    amounts: dict[str, CompiledAmount] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)

    def parameters(self, scheme: str) -> set[str]:
        """The parameters that a scheme reads, by key."""
        read = [made.parameters for made in self.conditions[scheme].values()]
        return {key for keys in (*read, self.amounts[scheme].parameters) for key in keys}


def rules_of(
    release: str,
    schemes: dict[str, Scheme],
    months: Parameter,
    trainings: Parameter,
    like: tuple[dict[str, Scheme], CompiledRules] | None = None,
) -> CompiledRules:
    """The rules of a pack's release, from the cache or made now.

    ``like``: the schemes of a pack with the same conditions, and its rules; those of a scheme are
    taken over where no parameter that they read is another.
    """
    path = _cache() / f"{release}-{_engine()}.json"
    try:
        return _read(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError):
        pass
    from jineng.policy.expressions import compiled_rules

    changed = schemes
    if like is not None:
        changed = {
            code: scheme
            for code, scheme in schemes.items()
            if any(
                scheme.parameters[key] != like[0][code].parameters[key]
                for key in like[1].parameters(code)
            )
        }
    rules = compiled_rules(changed, months, trainings)
    if like is not None:
        rules.conditions = like[1].conditions | rules.conditions
        rules.amounts = like[1].amounts | rules.amounts
    _write(path, json.dumps(asdict(rules), ensure_ascii=False))
    return rules


def _read(text: str) -> CompiledRules:
    data = json.loads(text)
    return CompiledRules(
        {
            scheme: {code: CompiledCondition(**made) for code, made in conditions.items()}
            for scheme, conditions in data["conditions"].items()
        },
        {scheme: CompiledAmount(**made) for scheme, made in data["amounts"].items()},
        data["limits"],
    )


def _write(path: Path, text: str) -> None:
    """Whole or not at all, so that a reader never meets half of it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
        Path(file.name).replace(path)
        kept = sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime)
        for old in kept[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "jineng"


def _engine() -> str:
    """What the SQL depends on besides the pack: the engine's own code and the libraries."""
    digest = hashlib.sha256(f"{version('ibis-framework')} {version('duckdb')}".encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
