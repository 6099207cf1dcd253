"""Proving once more who one is, before something grave: numbers in full, money that moves."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    get_reauthentication_flows,
)
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

View = Callable[..., HttpResponseBase]


def proved_again(view: View) -> View:
    """Asks for password or second factor before the view; who has neither signs in anew.

    allauth would let the latter pass: those who come by text message or the government's sign-on.
    And it would keep in the session what was sent, account numbers and all: a form that is sent too
    late is shown anew, after the asking, and filled in once more.
    """
    asking = reauthentication_required(view)

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if get_reauthentication_flows(request.user):
            if request.method not in ("GET", "HEAD") and not did_recently_reauthenticate(request):
                messages.warning(
                    request,
                    _("没有保存：请先确认是您本人，再重新填写并提交。刚才填写的内容没有留存。"),
                )
                return redirect(request.get_full_path())
            answer: HttpResponseBase = asking(request, *args, **kwargs)
            return answer
        signed_in = [one["at"] for one in get_authentication_records(request, request.user)]
        if time.time() - max(signed_in, default=0) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
        logout(request)
        messages.info(request, _("为保护您的信息，请重新登录后再继续。"))
        return redirect_to_login(back)

    return asked
