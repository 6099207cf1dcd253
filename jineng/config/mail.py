"""The server that e-mail goes out by, as its settings name it, and where links in it lead."""

import os
from pathlib import Path

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def server() -> tuple[str, int, bool, bool]:
    """Host ("": none), port, whether STARTTLS is asked for, whether all of it is TLS.

    Raises ValueError.
    """
    host = os.environ.get("JINENG_SMTP_HOST", "").strip()
    security = os.environ.get("JINENG_SMTP_SECURITY") or "starttls"
    if security not in _PORTS:
        raise ValueError(
            "JINENG_SMTP_SECURITY 应为 starttls、tls 或 none"
            f" / JINENG_SMTP_SECURITY is not starttls, tls or none: {security}"
        )
    text = os.environ.get("JINENG_SMTP_PORT") or str(_PORTS[security])
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ValueError(f"JINENG_SMTP_PORT 应为端口号 / JINENG_SMTP_PORT is not a port: {text}")
    return host, int(text), security == "starttls", security == "tls"


def sender() -> str:
    """As whom e-mail is sent. Raises ValueError where there is a server and nobody is named."""
    sender = os.environ.get("JINENG_SMTP_FROM", "").strip()
    if os.environ.get("JINENG_SMTP_HOST") and "@" not in sender:
        raise ValueError(
            "设置了 JINENG_SMTP_HOST，还须用 JINENG_SMTP_FROM 写明发件人，"
            "如 技能 <no-reply@example.gov.cn>"
            " / JINENG_SMTP_FROM is missing or no address"
        )
    return sender or "webmaster@localhost"


def site_address(var: Path) -> str:
    """Where the site is reached, without a slash at the end; for links in messages.

    Where nothing says so: on this machine, at the port of what runs from this `var`. Raises
    ValueError.
    """
    given = os.environ.get("JINENG_SITE", "").rstrip("/")
    if given:
        if not given.startswith(("http://", "https://")):
            raise ValueError(
                "JINENG_SITE 应以 http:// 或 https:// 开头，如 https://jineng.example.gov.cn"
                f" / JINENG_SITE is no address: {given}"
            )
        return given
    hosts = os.environ.get("JINENG_HOSTS", "").split()
    if hosts:
        return f"http{'s' if os.environ.get('JINENG_HTTPS') == '1' else ''}://{hosts[0]}"
    return f"http://localhost:{os.environ.get('JINENG_PORT') or _port_in_use(var) or '8000'}"


def _port_in_use(var: Path) -> str:
    try:
        return (var / "run" / "port").read_text().strip()
    except OSError:
        return ""
