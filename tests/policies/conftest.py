"""The packs that these tests decide by, loaded once."""

from tests.policy.conftest import open_pack, pack

__all__ = ["open_pack", "pack"]
