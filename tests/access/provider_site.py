"""What the provider that is tested against answers: its addresses and its claims."""

import os
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.urls import include, path


class Claims(DefaultOIDCAdapter):
    """Vouches for the identity number in the environment."""

    def get_claims(self, purpose: Any, user: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Besides the user's name for itself."""
        claims: dict[str, Any] = super().get_claims(purpose, user, *args, **kwargs)
        if user.username == "worker" and purpose == "userinfo":
            claims |= {"id_number": os.environ["ID_NUMBER"], "email": "worker@example.org"}
        return claims


urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("", include("allauth.idp.urls")),
]
