"""Where the site keeps what is not in the database."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Folders:
    """All under `var`, but for the seals where a setting says otherwise."""

    var: Path
    seals: Path

    @classmethod
    def from_environment(cls) -> "Folders":
        """`JINENG_VAR` and `JINENG_SEALS`."""
        var = Path(os.environ.get("JINENG_VAR") or ROOT / "var").resolve()
        return cls(var, Path(os.environ.get("JINENG_SEALS") or var / "seals").resolve())

    @property
    def postgres(self) -> Path:
        """The data of the embedded database."""
        return self.var / "postgres"

    @property
    def uploads(self) -> Path:
        """Files that were handed in, encrypted."""
        return self.var / "uploads"

    @property
    def keys(self) -> Path:
        """Secret keys."""
        return self.var / "keys"
