"""What is done with drafts: begun, written, shared, copied, deleted.

What is wrong with a text is found before it is saved; a draft that was saved may become unusable
when the policy itself changes, and then says so where it is shown.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jineng.core.events import acting
from jineng.desk.models import Draft, DraftShare, DraftVersion
from jineng.desk.models.drafts import LONGEST_TITLE
from jineng.desk.permissions.drafts import departments_of, readers
from jineng.desk.queries.in_force import pack_in_force
from jineng.people.errors import Refused
from jineng.people.models import Organisation, User

BEGUN, IMPORTED, COPIED = (
    gettext_lazy("新建"),
    gettext_lazy("导入"),
    gettext_lazy("复制自“%(title)s”"),
)


class Unusable(Refused):
    """A draft's text can't be used; ``reasons``: all of them, in the user's words."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(_("草案不能使用，没有保存。"))
        self.reasons = tuple(reasons)


def begin_draft(
    *, text: str, department: Organisation, what: str, by: User, on: date, at: datetime
) -> Draft:
    """A new draft. Raises Unusable with all that is wrong; Refused for somebody else's department.

    ``what``: in a few words how it came about.
    """
    return _begun(_title_of(text), text, department, what, by=by, on=on, at=at)


def write_draft(
    draft: Draft, *, text: str, version: int, what: str, by: User, at: datetime
) -> Draft:
    """The draft with another text, as its next version. Raises Unusable, Refused.

    ``version``: the one that `by` had before their eyes; where another was saved since, nothing is
    written.
    """
    title = _title_of(text)
    with acting(by=by, why=what):
        now = Draft.objects.select_for_update().get(pk=draft.pk)
        _require_open(now)
        if now.version != version:
            told = {"version": str(now.version), "name": now.changed_by.username}
            raise Refused(
                _("%(name)s 刚刚保存了第 %(version)s 版，没有覆盖；请看过后再改。") % told
            )
        if now.text == text:
            return now
        now.title, now.text, now.version = title, text, version + 1
        now.changed_at, now.changed_by = at, by
        now.save(update_fields=["title", "text", "version", "changed_at", "changed_by"])
        _keep(now, what)
    return now


def copy_draft(
    draft: Draft, *, title: str, department: Organisation, by: User, on: date, at: datetime
) -> Draft:
    """A draft of one's own that says the same. Raises Refused."""
    from jineng.desk.drafting import as_text, reading, renamed

    content = reading(pack_in_force(), draft.text).content
    text = as_text(renamed(content, title, str(content.get("note") or "")))
    what = str(COPIED) % {"title": draft.title}
    # What has become unusable since it was written may be copied, to be put right.
    return _begun(title, text, department, what, by=by, on=on, at=at)


def _begun(
    title: str, text: str, department: Organisation, what: str, *, by: User, on: date, at: datetime
) -> Draft:
    if not departments_of(by, on=on).filter(pk=department.pk).exists():
        raise Refused(_("只能在您任政策管理员的部门建立草案。"))
    with acting(by=by, why=what):
        draft = Draft.objects.create(
            title=title,
            text=text,
            author=by,
            department=department,
            made_at=at,
            changed_at=at,
            changed_by=by,
        )
        _keep(draft, what)
    return draft


def share_draft(
    draft: Draft,
    *,
    audience: str,
    user: User | None = None,
    may_edit: bool,
    by: User,
    on: date,
    at: datetime,
) -> DraftShare:
    """Lets others see the draft, or change it too; shared once more, it is what was said last.

    Raises Refused for oneself and for whoever may read no drafts.
    """
    colleague = audience == DraftShare.Audience.COLLEAGUE
    if colleague:
        if user is None or user.pk == draft.author_id:
            raise Refused(_("请选择另一位同事；草案本来就是作者自己的。"))
        if not readers(on).filter(pk=user.pk).exists():
            raise Refused(_("这位同事没有查看草案的岗位。"))
    whom: dict[str, Any] = {
        "user": user if colleague else None,
        "department": None if colleague else draft.department,
    }
    with acting(by=by):
        share, _made = DraftShare.objects.update_or_create(
            draft=draft,
            **whom,
            defaults={"audience": audience, "may_edit": may_edit, "by": by, "at": at},
        )
    return share


def end_share(share: DraftShare, *, by: User) -> None:
    """Takes a share back."""
    with acting(by=by):
        share.delete()


def delete_draft(draft: Draft, *, by: User) -> None:
    """Deletes a draft with all its versions; that it was stays in the log. Raises Refused."""
    with acting(by=by):
        now = Draft.objects.select_for_update().get(pk=draft.pk)
        _require_open(now)
        now.delete()


def _keep(draft: Draft, what: str) -> None:
    DraftVersion.objects.create(
        draft=draft,
        number=draft.version,
        title=draft.title,
        text=draft.text,
        by=draft.changed_by,
        at=draft.changed_at,
        what=what[:200],
    )


def _require_open(draft: Draft) -> None:
    """Raises Refused for a draft that was put in force: what was decided by must stay as it was."""
    if getattr(draft, "enactment", None) is not None:
        raise Refused(_("草案已经施行，不能再改或删除；可以复制一份再改。"))


def _title_of(text: str) -> str:
    """The draft's title. Raises Unusable where the text can't be used."""
    from jineng.desk.drafting import reading

    read = reading(pack_in_force(), text)
    if read.errors:
        raise Unusable(read.told)
    title = str(read.content["draft"]).strip()
    if len(title) > LONGEST_TITLE:
        raise Unusable([_("名称最长 %(most)s 字。") % {"most": LONGEST_TITLE}])
    return title
