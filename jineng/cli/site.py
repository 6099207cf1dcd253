"""For commands that work on the site's database: Django, and what goes wrong in one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from jineng.cli.wrong import BadInput


@contextmanager
def on_site(command: str) -> Iterator[None]:
    """Sets Django up; events of what is done inside come from ``jineng <command>``.

    Raises BadInput where Django isn't installed, a setting is wrong or the database isn't reached.
    """
    _set_up()
    from django.db import DatabaseError, OperationalError, connection

    from jineng.core.events import coming_from

    # One connection is enough, and one that fails says so at once.
    connection.settings_dict["OPTIONS"].pop("pool", None)
    try:
        with coming_from(f"jineng {command}"):
            yield
    except OperationalError as problem:
        raise BadInput(
            f"连接不上数据库，或连接中断：{_first_line(problem)}\n"
            "请先用 make demo 启动，或者用 DATABASE_URL 指明数据库。"
        ) from None
    except DatabaseError as problem:
        raise BadInput(f"数据库拒绝了：{_first_line(problem)}") from None


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jineng.config.settings")
    try:
        import django

        django.setup()
    except ModuleNotFoundError as missing:
        raise BadInput(
            f"这个命令要用网站部分，请安装 jineng[web]（缺少 {missing.name}）。"
        ) from None
    except ValueError as wrong:
        raise BadInput(f"设置有误：{wrong}") from None


def _first_line(problem: Exception) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0]
