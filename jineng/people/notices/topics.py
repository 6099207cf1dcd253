"""By what users choose what they are told."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from jineng.pages.notices import Topic
from jineng.people.permissions import access_of


def _works(user: Any, on: date) -> bool:
    return bool(access_of(user, on=on).holdings)


def _may(*actions: str) -> Any:
    def concerns(user: Any, on: date) -> bool:
        access = access_of(user, on=on)
        return any(access.may(action) for action in actions)

    return concerns


WORK = Topic(
    "work",
    _("待我办理"),
    _("轮到您办理的事，如本辖区的更正申请、待复核的地区标准。"),
    concerns=_may("person:edit", "policy:edit"),
)
SECURITY = Topic(
    "security",
    _("账号安全"),
    _("在新设备上登录，密码、双重验证有变动。"),
    texts=True,
)
ARCHIVE = Topic(
    "archive",
    _("我的档案"),
    _("有人查看您的完整号码，档案被更改或合并，更正申请有了答复。"),
)
STANDING = Topic(
    "standing",
    _("处理决定与申诉"),
    _("关于您或本单位的处理决定，以及申诉的结果。"),
    texts=True,
)
ROLES = Topic(
    "roles",
    _("岗位与代理"),
    _("邀请您担任岗位，授予或结束您的岗位，由您代理他人或由他人代理您。"),
    concerns=_works,
)
BODY = Topic(
    "body",
    _("本单位"),
    _("资质即将到期，企业报名已经办理。"),
    concerns=_works,
)
FILES = Topic(
    "files",
    _("文件处理"),
    _("上传的申领表核定完成或没有成功，导入的文件有不能导入的行。"),
)
