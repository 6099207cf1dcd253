"""Policy packs, one folder a jurisdiction."""
