"""The state of the chain, and the roots to take along."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from jineng.audit.queries import chain_state
from jineng.core.calendar import business_date
from jineng.core.models import Root
from jineng.core.seal import RootFile, SignedRoot
from jineng.pages.exports import listed
from jineng.pages.tables import Column, Table
from jineng.people.permissions import require

ACTION = "audit:see"

ROOTS = Table(
    "roots",
    _("签名的根"),
    columns=(
        Column("number", _("根"), lambda one: one.number, sort=("number",), kind="code"),
        Column("at", _("时间"), lambda one: _read(one).signed_at, kind="date"),
        Column("position", _("事件累计"), lambda one: _read(one).position, kind="count"),
        Column("count", _("本次封存"), lambda one: _read(one).count, kind="count"),
        Column("hash", _("散列"), lambda one: f"{_read(one).hash[:16]}…", kind="code"),
        Column("key", _("公钥"), lambda one: _read(one).key, kind="code", shown=False),
    ),
    default_sort="-number",
    empty=(_("还没有签名"), _("每天签名一次，签名后这里列出。")),
)


def _read(root: Root) -> SignedRoot:
    return SignedRoot.read(root.line)


@require_safe
def state(request: HttpRequest) -> HttpResponseBase:
    """The newest root, what waits to be sealed, and the roots before."""
    require(request.user, ACTION, on=business_date())
    wanted, found = ROOTS.read(request.GET), chain_state()
    roots = Root.objects.none() if found.damaged else Root.objects.all()
    return listed(request, "audit/state.html", ROOTS, wanted, roots, {"state": found})


@require_safe
def roots(request: HttpRequest) -> HttpResponse:
    """The file of roots: a copy kept elsewhere shows whatever is rewritten later."""
    require(request.user, ACTION, on=business_date())
    return _download("roots", "\n".join([*RootFile().lines(), ""]).encode(), "text/plain")


@require_safe
def public_key(request: HttpRequest, key: str) -> HttpResponse:
    """A public key with which roots were signed."""
    require(request.user, ACTION, on=business_date())
    pem = RootFile().public_keys().get(key)
    if pem is None:
        raise Http404
    return _download(f"{key}.pub", pem, "application/x-pem-file")


def _download(name: str, content: bytes, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
