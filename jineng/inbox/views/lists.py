"""The list of notices: its filters and order."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from jineng.pages.notices import Topic
from jineng.pages.tables import Column, Filter, Table


def notices_table(topics: Iterable[Topic]) -> Table:
    """Of somebody who is told of these topics."""
    choices = [(one.name, one.label) for one in topics]
    return Table(
        "notices",
        _("消息"),
        columns=(Column("at", _("时间"), lambda one: one.at, sort=("at", "pk"), kind="date"),),
        default_sort="-at",
        filters=(
            Filter("topic", _("类别"), choices=lambda: choices),
            Filter("unread", _("只看未读"), kind="flag"),
        ),
        empty=(_("还没有消息"), _("有与您有关的事，会在这里告诉您。")),
        page_size=30,
    )
