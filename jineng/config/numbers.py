"""Settings that are numbers or dates: a wrong one is told in one line, before anything starts."""

import os
from datetime import date


def uploads_kept_hours() -> int:
    """After how many hours an upload is deleted. Raises ValueError."""
    return _whole("JINENG_UPLOADS_KEPT_HOURS", 24)


def uploads_max_mb() -> int:
    """The largest upload, in MB of 1,048,576 bytes. Raises ValueError."""
    return _whole("JINENG_UPLOADS_MAX_MB", 1024)


def session_minutes() -> int:
    """After how many idle minutes a session ends. Raises ValueError."""
    return _whole("JINENG_SESSION_MINUTES", 720)


def official_session_minutes() -> int:
    """After how many idle minutes an official's session ends. Raises ValueError."""
    return _whole("JINENG_OFFICIAL_SESSION_MINUTES", 30)


def proxies() -> int:
    """How many proxies stand before the site and tell whom they speak for. Raises ValueError."""
    text = os.environ.get("JINENG_PROXIES") or "0"
    if text not in {str(number) for number in range(10)}:
        raise ValueError(f"JINENG_PROXIES 应为 0 到 9 / JINENG_PROXIES is not 0 to 9: {text}")
    return int(text)


def business_date() -> date | None:
    """The day that counts as today, where a demo or a test fixes it. Raises ValueError."""
    text = os.environ.get("JINENG_BUSINESS_DATE", "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(
            f"JINENG_BUSINESS_DATE 应为日期，如 2020-08-31 / JINENG_BUSINESS_DATE is not a date:"
            f" {text}"
        ) from None


def demo() -> bool:
    """Whether this is the demo, whose doors are open. Raises ValueError where others reach it."""
    text = os.environ.get("JINENG_DEMO") or "0"
    if text not in ("0", "1"):
        raise ValueError(f"JINENG_DEMO 应为 0 或 1 / JINENG_DEMO is not 0 or 1: {text}")
    served = [name for name in ("JINENG_HTTPS", "JINENG_HOSTS") if os.environ.get(name)]
    if text == "1" and served:
        raise ValueError(
            f"演示不用密码就能登录，不能对外服务：请去掉 {served[0]}，或设 JINENG_DEMO=0"
            f" / the demo lets anybody in: unset {served[0]}, or set JINENG_DEMO=0"
        )
    return text == "1"


def demo_persons(default: int) -> int:
    """How many persons the demo has. Raises ValueError."""
    return _whole("JINENG_DEMO_PERSONS", default)


def _whole(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1_000_000):
        raise ValueError(
            f"{name} 应为大于零的整数 / {name} is not a whole number above zero: {text}"
        )
    return int(text)
