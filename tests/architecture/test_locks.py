"""Dependencies: locked with hashes, without an address, and each of them used."""

import json
import re
from importlib.metadata import packages_distributions
from typing import Any

from tests.architecture.tree import ROOT, modules, name, project

# Named in settings or run as programs, never imported.
NOT_IMPORTED = {
    "argon2-cffi": "Argon2",
    "django-allauth": "allauth",
    "django-htmx": "django_htmx",
    "granian": "granian",
    "whitenoise": "whitenoise",
}


def locked(kind: str) -> dict[str, str]:
    """Each package of a lock with its version, marker and hashes."""
    text = (ROOT / "requirements" / f"{kind}.txt").read_text()
    entries = re.findall(r"^([a-z0-9-]+)==(.*?)(?=^[a-z#]|\Z)", text, re.MULTILINE | re.DOTALL)
    by_name: dict[str, str] = {}
    for package, rest in entries:
        by_name[package] = by_name.get(package, "") + re.sub(r"\s*#.*", "", rest).strip()
    return by_name


def test_what_runs_is_tested_in_the_same_versions() -> None:
    run, test = locked("run"), locked("test")
    assert len(run) > 30
    assert {package: test.get(package) for package in run} == run


def test_every_package_is_locked_with_hashes() -> None:
    assert [one for one, rest in locked("test").items() if "--hash=sha256:" not in rest] == []


def test_the_front_end_is_locked_with_hashes_and_without_addresses() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert len(packages) > 5
    for path, entry in packages.items():
        if path:
            assert "resolved" not in entry, path
            assert entry["integrity"].startswith("sha512-"), path


def test_every_dependency_is_used() -> None:
    metadata: Any = project()["project"]
    wanted = metadata["dependencies"] + metadata["optional-dependencies"]["web"]
    names = {re.split(r"[\[=<>]", one)[0].lower() for one in wanted}
    source = "\n".join(path.read_text() for path in modules() if name(path).startswith("jineng/"))
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", source, re.MULTILINE))
    used = {
        distribution.lower().replace("_", "-")
        for module, distributions in packages_distributions().items()
        if module in imported
        for distribution in distributions
    }
    assert names - used - set(NOT_IMPORTED) == set()
    for word in NOT_IMPORTED.values():
        assert word in source
