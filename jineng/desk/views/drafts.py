"""Drafts: listed, begun, brought in, shown, written as text, copied, compared, deleted."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jineng.core.calendar import business_date
from jineng.desk.commands import drafts as commands
from jineng.desk.forms.drafts import (
    CompareForm,
    CopyForm,
    ImportForm,
    NewDraftForm,
    TextForm,
    TitleForm,
)
from jineng.desk.models import Draft
from jineng.desk.permissions.drafts import (
    EDIT,
    MAY_EDIT,
    MAY_SEE,
    OWN,
    SEE,
    draft_for,
    drafts_in_reach,
)
from jineng.desk.queries.drafts import (
    changes_shown,
    drafts_listed,
    reading_of,
    rows_shown,
    shares_of,
    versions_of,
)
from jineng.desk.queries.in_force import pack_in_force
from jineng.desk.queries.proof import proof_of
from jineng.pages.exports import listed
from jineng.pages.tables import Column, Filter, Status, Table
from jineng.pages.uploads import led
from jineng.people.errors import Refused
from jineng.people.models import User
from jineng.people.permissions import access_of, require
from jineng.people.views.asking import asked, signed_in
from jineng.people.views.form_page import form_page

#: So many drafts are offered to be compared; who has more names two in the list.
MOST_OFFERED = 200

MINE = {
    OWN: Status(gettext_lazy("我的"), "plain"),
    MAY_EDIT: Status(gettext_lazy("共享，可改"), "good"),
    MAY_SEE: Status(gettext_lazy("共享，只看"), "plain"),
}

DRAFTS = Table(
    "drafts",
    gettext_lazy("草案"),
    columns=(
        Column(
            "title",
            gettext_lazy("草案"),
            lambda one: one.title,
            sort=("title", "pk"),
            kind="written",
            link=lambda one: reverse("desk:draft", args=[one.pk]),
        ),
        Column("mine", gettext_lazy("来源"), lambda one: MINE[one.mine], kind="status"),
        Column("author", gettext_lazy("作者"), lambda one: one.author.username),
        Column("department", gettext_lazy("部门"), lambda one: one.department.name, shown=False),
        Column("version", gettext_lazy("版本"), lambda one: one.version, kind="count"),
        Column(
            "changed",
            gettext_lazy("最后修改"),
            lambda one: one.changed_at,
            sort=("changed_at", "pk"),
            kind="date",
        ),
        Column("made", gettext_lazy("建立"), lambda one: one.made_at, kind="date", shown=False),
    ),
    default_sort="-changed",
    filters=(
        Filter("words", gettext_lazy("名称中有"), "text"),
        Filter(
            "whose",
            gettext_lazy("来源"),
            choices=lambda: (("own", _("我的")), ("shared", _("共享给我的"))),
        ),
    ),
    empty=(
        gettext_lazy("还没有草案"),
        gettext_lazy("草案写明哪些数值、日期或地区标准可以改；先试算影响，再决定要不要改。"),
    ),
)


@require_safe
def drafts(request: HttpRequest) -> HttpResponseBase:
    """The drafts that somebody sees."""
    user, on, wanted = signed_in(request), business_date(), DRAFTS.read(request.GET)
    access = require(user, SEE, on=on)
    found = drafts_listed(user, whose=wanted["whose"], words=wanted["words"], on=on)
    return listed(request, "desk/drafts/list.html", DRAFTS, wanted, found, _may(access))


def _may(access: Any) -> dict[str, Any]:
    return {"may_make": access.may(EDIT)}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begins a draft."""
    user, on = signed_in(request), business_date()
    require(user, EDIT, on=on)
    form = NewDraftForm(request.POST or None, user=user, on=on)

    def begin(given: dict[str, Any]) -> Draft:
        from jineng.desk.drafting import as_text, begun

        text = as_text(begun(given["title"], given["note"]))
        return _begin(user, text, given["department"], str(commands.BEGUN))

    return form_page(
        request,
        form,
        begin,
        title=_("新建草案"),
        lead=_("先起一个名称，接着逐项写明改什么。草案只用来试算，不影响任何决定。"),
        done=_("草案已建立。"),
        submit=_("建立"),
        back=reverse("desk:drafts"),
        then=_page_of,
    )


def _page_of(draft: Draft) -> str:
    return reverse("desk:draft", args=[draft.pk])


def _begin(user: User, text: str, department: Any, what: str) -> Draft:
    return commands.begin_draft(
        text=text,
        department=department,
        what=what,
        by=user,
        on=business_date(),
        at=timezone.now(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Begins a draft with the text of a file."""
    user, on = signed_in(request), business_date()
    require(user, EDIT, on=on)
    bound = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*bound, user=user, on=on)
    made = written(
        form,
        lambda given: _begin(user, given["text"], given["department"], str(commands.IMPORTED)),
    )
    if made:
        messages.success(request, _("草案已导入。"))
        return led(request, "desk:draft", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "desk/drafts/import.html", {"form": form}, status=status)


def written(form: Form, command: Callable[[dict[str, Any]], Any]) -> Any:
    """`asked`, with every reason where a draft can't be used, at its field where there is one."""

    def tried(given: dict[str, Any]) -> Any:
        try:
            return command(given)
        except commands.Unusable as unusable:
            refuse = getattr(form, "refuse", None)
            if refuse:
                refuse(unusable.reasons)
            else:
                form.add_error(None, list(unusable.reasons))
            return None

    done = asked(form, tried)
    return False if form.errors else done


@require_safe
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft: what it changes, with whom it is shared, its versions."""
    user, on = signed_in(request), business_date()
    found = draft_for(user, pk, "see", on=on)
    read = reading_of(found)
    context = {
        "draft": found,
        "draft_key": str(found.pk),
        "mine": MINE[found.mine],
        "may_edit": _may_edit(user, found),
        "may_own": found.mine == OWN and access_of(user, on=on).may(EDIT),
        "may_make": access_of(user, on=on).may(EDIT),
        "enacted": getattr(found, "enactment", None),
        "read": read,
        "changes": changes_shown(read, on=on),
        "documents": list((read.content.get("documents") or {}).values()),
        "note": read.content.get("note") or "",
        "shares": shares_of(found),
        "versions": versions_of(found)[:VERSIONS_SHOWN],
        "proof": proof_of(found, user, on=on),
    }
    return render(request, "desk/drafts/draft.html", context)


#: The latest; the others are reached from them, one after the other.
VERSIONS_SHOWN = 20


def _may_edit(user: User, draft: Draft) -> bool:
    open_ = getattr(draft, "enactment", None) is None
    can = draft.mine in (OWN, MAY_EDIT) and access_of(user, on=business_date()).may(EDIT)
    return bool(can and open_)


@require_http_methods(["GET", "HEAD", "POST"])
def title(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives a draft another title or note."""
    user = signed_in(request)
    found = draft_for(user, pk, "edit", on=business_date())
    content = reading_of(found).content
    initial = {"title": found.title, "note": content.get("note") or ""}

    def rename(given: dict[str, Any]) -> Draft:
        from jineng.desk.drafting import as_text, renamed

        text = as_text(renamed(content, given["title"], given["note"]))
        return write(user, found, text, found.version, _("改名称或说明"))

    return form_page(
        request,
        TitleForm(request.POST or None, initial=initial),
        rename,
        title=_("改名称和说明"),
        done=_("已保存。"),
        submit=_("保存"),
        back=_page_of(found),
        about=found.title,
    )


def write(user: User, draft: Draft, text: str, version: int, what: str) -> Draft:
    return commands.write_draft(
        draft, text=text, version=version, what=what, by=user, at=timezone.now()
    )


@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as its file says it, to be changed by hand."""
    user = signed_in(request)
    found = draft_for(user, pk, "edit", on=business_date())
    form = TextForm(request.POST or None, initial={"text": found.text, "version": found.version})
    done = form.is_bound and written(
        form,
        lambda given: write(
            user,
            found,
            given["text"].replace("\r\n", "\n"),
            given["version"],
            _("改文本"),
        ),
    )
    if done:
        messages.success(request, _("已保存。"))
        return redirect("desk:draft", pk=pk)
    context = {"form": form, "draft": found}
    return render(request, "desk/drafts/text.html", context, status=422 if form.is_bound else 200)


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as a file, for the command line or somebody else."""
    found = draft_for(request.user, pk, "see", on=business_date())
    return _as_file(found.text, f"draft-{found.pk}-{found.version}.yaml")


def _as_file(said: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(said, content_type="application/yaml; charset=utf-8", headers=headers)


@require_safe
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A draft as it was saved once, beside the version before it."""
    user, on = signed_in(request), business_date()
    found = draft_for(user, pk, "see", on=on)
    one = get_object_or_404(versions_of(found), number=number)
    earlier = versions_of(found).filter(number__lt=number).first()
    context = {
        "draft": found,
        "version": one,
        "changes": changes_shown(reading_of(found, one.text), on=on),
        "earlier": earlier,
        "lines": _lines_changed(earlier.text if earlier else "", one.text),
        "may_restore": _may_edit(user, found) and one.number != found.version,
    }
    return render(request, "desk/drafts/version.html", context)


def _lines_changed(before: str, after: str) -> list[tuple[str, str]]:
    """Each line of both texts with its mark: + new, - gone, "" kept."""
    from difflib import ndiff

    lines = ndiff(before.splitlines(), after.splitlines())
    return [(line[0].strip(), line[2:]) for line in lines if line[0] != "?"]


@require_POST
def restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Makes an earlier version the latest."""
    user = signed_in(request)
    found = draft_for(user, pk, "edit", on=business_date())
    one = get_object_or_404(versions_of(found), number=number)
    what = _("恢复为第 %(number)s 版") % {"number": str(number)}
    try:
        write(user, found, one.text, found.version, what)
        messages.success(request, _("已恢复为第 %(number)s 版。") % {"number": str(number)})
    except commands.Unusable as unusable:
        messages.error(request, "".join([unusable.message, *unusable.reasons]))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("desk:draft", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes a draft of one's own that says the same."""
    user, on = signed_in(request), business_date()
    found = draft_for(user, pk, "see", on=on)
    require(user, EDIT, on=on)
    initial = {"title": _("%(title)s（副本）") % {"title": found.title[:90]}}
    return form_page(
        request,
        CopyForm(request.POST or None, initial=initial, user=user, on=on),
        lambda given: commands.copy_draft(found, **given, by=user, on=on, at=timezone.now()),
        title=_("复制草案"),
        lead=_("副本是您自己的草案，改动它不影响原来的草案。"),
        done=_("已复制。"),
        submit=_("复制"),
        back=_page_of(found),
        about=found.title,
        then=_page_of,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks whether a draft is to be deleted, and deletes it."""
    user = signed_in(request)
    found = draft_for(user, pk, "own", on=business_date())
    shared = shares_of(found).count()
    consequences = [
        _("草案和它的 %(count)s 个版本立即删除。") % {"count": str(found.version)},
        _("已完成的试算留着，但不能再由它打开草案。"),
    ]
    if shared:
        consequences.insert(1, _("共享给的人不再看得到它。"))
    return form_page(
        request,
        None,
        lambda _given: commands.delete_draft(found, by=user),
        title=_("删除：%(title)s") % {"title": found.title},
        done=_("草案“%(title)s”已删除。") % {"title": found.title},
        submit=_("删除草案"),
        back=_page_of(found),
        about=found.title,
        then=lambda _done: reverse("desk:drafts"),
        consequences=consequences,
        question=_("删除这份草案吗？"),
        undo=_("不能恢复；事件日志中留有记录。"),
        danger=True,
    )


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two drafts side by side, or a draft and what is in force."""
    from jineng.desk.drafting import beside, reading

    user, on = signed_in(request), business_date()
    require(user, SEE, on=on)
    mine = list(drafts_in_reach(user, on=on).order_by("-changed_at")[:MOST_OFFERED])
    by_key = {str(one.pk): one for one in mine}
    # Where nothing is asked for yet: what is in force, and the draft changed last.
    words = [request.GET.get("left", ""), request.GET.get("right", next(iter(by_key), ""))]
    chosen = [by_key.get(word) for word in words]
    pack = pack_in_force()
    reads = [reading(pack, one.text) if one else None for one in chosen]
    packs = [read.drafted if read and read.drafted else pack for read in reads]
    rows = [
        {
            "one": row,
            "now": row.texts[0],
            "sides": [
                (one.title, text, text != row.texts[0])
                for one, text in zip(chosen, row.texts[1:], strict=True)
                if one
            ],
        }
        for row in beside([pack, *packs])
    ]
    context = {
        "form": CompareForm(initial=dict(zip(("left", "right"), words, strict=True)), drafts=mine),
        "chosen": chosen,
        "unusable": [
            one for one, read in zip(chosen, reads, strict=True) if one and read and read.errors
        ],
        "offered": mine,
        "asked": any(chosen),
        "rows": rows_shown(rows, pack, on=on),
    }
    return render(request, "desk/drafts/compare.html", context)
