"""What is told of the mail server is looked at before anything starts; where links lead."""

from pathlib import Path

import pytest

from jineng.config import launcher, mail


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("JINENG_SMTP_SECURITY", "ssl"),
        ("JINENG_SMTP_PORT", "0"),
        ("JINENG_SMTP_FROM", "nobody"),
        ("JINENG_SITE", "jineng.example"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    name: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JINENG_SMTP_HOST", "mail.example")
    monkeypatch.setenv("JINENG_SMTP_FROM", "a@mail.example")
    monkeypatch.setenv(name, text)
    with pytest.raises(launcher.Refused, match=name):
        launcher._require_numbers()


def test_links_lead_to_what_is_named_or_runs_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JINENG_SITE", "JINENG_HOSTS", "JINENG_PORT"):
        monkeypatch.delenv(name, raising=False)
    assert mail.site_address(tmp_path) == "http://localhost:8000"
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "port").write_text("8123")
    assert mail.site_address(tmp_path) == "http://localhost:8123"
    monkeypatch.setenv("JINENG_HOSTS", "jineng.example other.example")
    assert mail.site_address(tmp_path) == "http://jineng.example"
    monkeypatch.setenv("JINENG_SITE", "https://jineng.example/")
    assert mail.site_address(tmp_path) == "https://jineng.example"
