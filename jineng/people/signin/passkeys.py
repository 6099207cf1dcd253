"""Taking a passkey away, which allauth would do of the last one too."""

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import remove_webauthn
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from jineng.people.signin.adapters import SecondFactorAdapter


def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Removes a passkey of one's own, unless one must have it."""
    own = Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.WEBAUTHN)
    passkey = get_object_or_404(own, pk=pk)
    adapter = SecondFactorAdapter()
    if not adapter.can_delete_authenticator(passkey):
        told = adapter.error_messages["cannot_delete_authenticator"]
        messages.error(request, told)
        return redirect("mfa_list_webauthn")
    return remove_webauthn(request, pk=pk)
