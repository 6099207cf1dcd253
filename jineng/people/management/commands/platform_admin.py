"""`manage.py platform_admin NAME`: the first user, who gives all others their roles."""

import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jineng.core.calendar import business_date
from jineng.core.events import coming_from
from jineng.people.commands.members import invite_member, reset_sign_in
from jineng.people.errors import Refused
from jineng.people.models import Membership, Role, User
from jineng.people.queries.members import invitation_path


class Command(BaseCommand):
    """Makes somebody run the platform, and prints the link with which they set a password."""

    help = "新开平台管理员账号，或（--reset）为其重设登录方式；打印设置密码的链接。"

    def add_arguments(self, parser: CommandParser) -> None:
        """A name; and whether it is there already."""
        parser.add_argument("name", help="用户名")
        parser.add_argument(
            "--reset", action="store_true", help="已有的平台管理员：取消其密码和双重验证，另发链接"
        )
        parser.add_argument("--site", default=settings.SITE_ADDRESS, help="网站地址")

    def handle(self, *args: Any, name: str, reset: bool, site: str, **options: Any) -> None:
        """Prints the link alone, so that it can be piped."""
        why = f"命令行，系统用户 {getpass.getuser()}"
        with coming_from("manage.py platform_admin"):
            user = self._reset(name, why) if reset else self._invited(name, why)
        self.stdout.write(site.rstrip("/") + invitation_path(user))

    def _invited(self, name: str, why: str) -> User:
        on = business_date()
        try:
            return invite_member(
                username=name,
                organisation=None,
                role=Role.PLATFORM_ADMIN,
                starts_on=on,
                by=None,
                on=on,
                why=why,
            ).user
        except Refused as refused:
            raise CommandError(f"{refused.message} 已是平台管理员的，加 --reset。") from None

    def _reset(self, name: str, why: str) -> User:
        on = business_date()
        held = Membership.objects.on(on).filter(
            user__username__iexact=name, role=Role.PLATFORM_ADMIN
        )
        found = held.select_related("user").first()
        if found is None:
            raise CommandError(f"没有名为“{name}”的平台管理员。")
        reset_sign_in(found.user, by=None, on=on, why=why)
        return found.user
