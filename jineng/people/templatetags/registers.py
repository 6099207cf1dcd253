"""The lists of the registers that somebody's work is about, and how counts are read."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from jineng.core.calendar import business_date
from jineng.people.permissions import Anybody, access_of

register = template.Library()


@register.simple_tag
def registers_of(user: Anybody) -> list[tuple[str, str]]:
    """Address and title of each list that a role of the user leads to."""
    access = access_of(user, on=business_date())
    lists = [
        ("person:see", "people:persons", _("人员")),
        ("organisation:see", "people:organisations", _("单位")),
        ("organisation:see", "people:qualifications", _("资质")),
        ("organisation:register", "people:sign_ups", _("企业报名")),
        ("import:see", "people:imports", _("导入")),
    ]
    return [(reverse(view), title) for action, view, title in lists if access.may(action)]


@register.filter
def counted(number: int) -> str:
    """A count as it is read: 48,000,000."""
    return f"{number:,}"
