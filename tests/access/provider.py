"""A single sign-on to test against: allauth's own OpenID provider, a site and a process of its own.

    python -m tests.access.provider PORT FOLDER REDIRECT_URI

It has a client `jineng` with the secret SECRET, which must use PKCE as the provider asks, and users
with the password PASSWORD: `worker`, whose identity number it vouches for, and `official`.
"""

import socketserver
import sys
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

SECRET = "between us"
PASSWORD = "lake and mountain 77"


def configure(port: int, folder: str) -> None:
    """The provider's settings."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    settings.configure(
        SECRET_KEY="of the provider",
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF="tests.access.provider_site",
        SESSION_COOKIE_NAME="provider_session",
        CSRF_COOKIE_NAME="provider_csrf",
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/provider.db"}
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        ACCOUNT_EMAIL_VERIFICATION="none",
        ACCOUNT_RATE_LIMITS=False,
        IDP_OIDC_ADAPTER="tests.access.provider_site.Claims",
        IDP_OIDC_PRIVATE_KEY=key.decode(),
        USE_TZ=True,
    )


def fill(redirect_uri: str) -> None:
    """Tables, users and the client."""
    from allauth.idp.oidc.models import Client
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for name in ("worker", "official"):
        get_user_model().objects.create_user(name, password=PASSWORD)
    client = Client(id="jineng", name="Jineng", redirect_uris=redirect_uri, scopes="openid")
    client.set_secret(SECRET)
    client.save()


class Server(socketserver.ThreadingMixIn, WSGIServer):
    """Several requests at once: the site asks while the browser waits."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing of requests."""

    def log_message(self, *args: Any) -> None:
        """Nothing."""


def main() -> None:
    """Serves until it is ended."""
    port, folder, redirect_uri = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    configure(port, folder)
    import django
    from django.core.wsgi import get_wsgi_application

    django.setup()
    fill(redirect_uri)
    server = Server(("127.0.0.1", port), Quiet)
    server.set_app(get_wsgi_application())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
