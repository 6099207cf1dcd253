"""Accounts, for who runs the platform: found by user name, nothing told of whose they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from jineng.core.calendar import business_date
from jineng.people.commands import accounts as commands
from jineng.people.commands.accounts import RUNS_ACCOUNTS
from jineng.people.commands.members import reset_sign_in
from jineng.people.forms.members import AccountNameForm, WhyForm
from jineng.people.models import User
from jineng.people.permissions import require
from jineng.people.queries.members import invitation_path, roles_held
from jineng.people.views.asking import asked, signed_in
from jineng.people.views.form_page import form_page


@dataclass(frozen=True)
class Act:
    """What is done with an account; `possible`: whether there is anything to be done."""

    command: Callable[..., None]
    possible: Callable[[User], bool]
    title: Any
    submit: Any
    done: Any
    consequences: tuple[Any, ...]
    undo: Any


ACTS = {
    "untie": Act(
        commands.untie_account,
        lambda user: user.person_id is not None,
        gettext_lazy("解除账号与档案的绑定：%(name)s"),
        gettext_lazy("解除绑定"),
        gettext_lazy("已解除绑定。"),
        (
            gettext_lazy("这个账号在所有设备上退出，以后看不到原来的档案。"),
            gettext_lazy("档案本身不变；账号的单位岗位不变。"),
            gettext_lazy("两份档案合并时，不再因为这个账号而受阻。"),
        ),
        gettext_lazy("平台不能代为恢复：由本人登录后，凭姓名、身份证号和短信验证码重新认领档案。"),
    ),
    "close": Act(
        commands.close_account,
        lambda user: user.is_active,
        gettext_lazy("停用账号：%(name)s"),
        gettext_lazy("停用"),
        gettext_lazy("账号已停用。"),
        (
            gettext_lazy("这个账号在所有设备上退出，任何方式都不能再登录。"),
            gettext_lazy("岗位保留，但停用期间本人不能行使；已登记的代理人不受影响。"),
            gettext_lazy("绑定的档案仍归这个账号，别的账号不能认领；需要的，另行解除绑定。"),
        ),
        gettext_lazy("可以随时重新启用，一切照旧。"),
    ),
    "open": Act(
        commands.open_account,
        lambda user: not user.is_active,
        gettext_lazy("重新启用账号：%(name)s"),
        gettext_lazy("重新启用"),
        gettext_lazy("账号已重新启用。"),
        (
            gettext_lazy("这个账号可以用原来的密码和双重验证登录。"),
            gettext_lazy("没有到期的岗位重新起作用。"),
        ),
        gettext_lazy("可以再次停用。"),
    ),
    "reset": Act(
        reset_sign_in,
        lambda user: user.is_active,
        gettext_lazy("重设登录方式：%(name)s"),
        gettext_lazy("重设"),
        "",
        (
            gettext_lazy("密码、双重验证和统一身份认证全部取消，在所有设备上退出。"),
            gettext_lazy("账号与档案解除绑定，本人须重新认领。"),
            gettext_lazy("下一页显示一次邀请链接：请当面核对身份后，只交给本人。"),
        ),
        gettext_lazy("取消的登录方式不能恢复，由本人凭邀请链接重新设置。"),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def accounts(request: HttpRequest) -> HttpResponse:
    """Finds an account by its user name, which must be given in full."""
    require(signed_in(request), RUNS_ACCOUNTS, on=business_date())
    form = AccountNameForm(request.POST or None)
    if form.is_bound and form.is_valid():
        return redirect("people:account", pk=form.cleaned_data["username"].pk)
    status = 422 if form.is_bound else 200
    return render(request, "people/accounts.html", {"form": form}, status=status)


@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: whether it is open and tied to a record, never to whose, and its roles."""
    user, on = signed_in(request), business_date()
    require(user, RUNS_ACCOUNTS, on=on)
    found = get_object_or_404(User, pk=pk)
    context = {
        "account": found,
        "held": roles_held(found, on=on),
        "acts": [
            (reverse("people:account_act", args=[pk, name]), act.submit)
            for name, act in ACTS.items()
            if found.pk != user.pk and act.possible(found)
        ],
    }
    return render(request, "people/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One of ACTS, asked once more with what follows from it."""
    user, on = signed_in(request), business_date()
    require(user, RUNS_ACCOUNTS, on=on)
    found = get_object_or_404(User, pk=pk)
    chosen = ACTS.get(name)
    if chosen is None:
        raise Http404
    form = WhyForm(request.POST or None)

    def do(given: dict[str, Any]) -> None:
        chosen.command(found, **given, by=user, on=on)

    if name == "reset" and form.is_bound and asked(form, do):
        context = {"invited": found, "organisation": None, "to": reverse("people:accounts")}
        context["link"] = request.build_absolute_uri(invitation_path(found))
        return render(request, "people/invited.html", context)
    return form_page(
        request,
        form,
        do,
        title=chosen.title % {"name": found.username},
        done=str(chosen.done),
        submit=chosen.submit,
        back=reverse("people:account", args=[pk]),
        consequences=chosen.consequences,
        undo=chosen.undo,
    )
