"""Every setting, in one file, read from the environment. `docs/settings.md` lists them."""

import os
from pathlib import Path

from jineng import demo
from jineng.config import keys, logs, mail, numbers, registers
from jineng.config.database import DatabaseUrl
from jineng.config.folders import Folders

BASE_DIR = Path(__file__).resolve().parents[2]
FOLDERS = Folders.from_environment()
VAR = FOLDERS.var

SECRET_KEY = keys.secret_key(FOLDERS.keys)
FILE_KEYS = keys.file_keys(FOLDERS.keys)
DATA_KEYS = keys.data_keys(FOLDERS.keys)
LOOKUP_KEYS = keys.lookup_keys(FOLDERS.keys)
SEAL_KEY = keys.seal_key(FOLDERS.keys)

DEBUG = os.environ.get("JINENG_DEBUG") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *os.environ.get("JINENG_HOSTS", "").split()]

# A made-up province, and doors by which anybody comes in as one of its people.
DEMO = numbers.demo()

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    "jineng.core",
    "jineng.people",
    "jineng.audit",
    "jineng.desk",
    "jineng.claims",
    "jineng.whatif",
    "jineng.inbox",
    "jineng.portal",
    *(["jineng.demo"] if DEMO else []),
    # After ours, whose templates stand in for its own.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "jineng.core.requests.RequestLogMiddleware",
    "jineng.portal.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "jineng.core.requests.ContentSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "jineng.portal.languages.LanguageMiddleware",
    "jineng.portal.maintenance.MaintenanceMiddleware",
    "jineng.core.requests.NotKeptMiddleware",
    "jineng.core.requests.RequestSizeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "jineng.people.signin.sessions.SessionLimitsMiddleware",
    "jineng.people.signin.origins.OriginMiddleware",
    # Every view asks for a signed-in user but those that say they don't.
    "jineng.people.signin.required.SignInRequiredMiddleware",
    "jineng.people.signin.factors.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jineng.portal.methods.NoPageMiddleware",
]

ROOT_URLCONF = "jineng.config.urls"
WSGI_APPLICATION = "jineng.config.wsgi.application"
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                *(["jineng.demo.doors.demo"] if DEMO else []),
            ],
        },
    },
]

# One pool for each process; a request that finds none free waits ten seconds, then fails.
DATABASES = {
    "default": DatabaseUrl.from_environment(VAR).django(
        pool={"min_size": 1, "max_size": 8, "timeout": 10}
    )
}

# Counts of requests and codes that were used, the same for all processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Signing in.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["jineng.people.signin.passwords.Argon2Hasher"]
_PASSWORDS = "jineng.people.signin.passwords"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_PASSWORDS}.UnlikeUserValidator",
        "OPTIONS": {"user_attributes": ("username",)},
    },
    {"NAME": f"{_PASSWORDS}.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_PASSWORDS}.NotNumericValidator"},
    {"NAME": f"{_PASSWORDS}.LeakedPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "jineng.people.signin.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = True
# Failures are counted by signin.delays, which no stranger can lock anybody out with.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reauthenticate": None,
    "signup": "60/m/ip",
}
MFA_ADAPTER = "jineng.people.signin.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "jineng.people.signin.forms.ActivateForm",
    "authenticate": "jineng.people.signin.forms.CodeForm",
    "reauthenticate": "jineng.people.signin.forms.CodeAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_TOTP_ISSUER = "技能"
MFA_TOTP_TOLERANCE = 1
# So many proxies add to X-Forwarded-For; the visitor is whom the first of them names.
ALLAUTH_TRUSTED_PROXY_COUNT = numbers.proxies()
# The government's single sign-on, where there is one: its address, and how it knows this site.
SINGLE_SIGN_ON = os.environ.get("JINENG_OIDC_SERVER", "").rstrip("/")
SINGLE_SIGN_ON_SCOPE = os.environ.get("JINENG_OIDC_SCOPE", "openid")
SINGLE_SIGN_ON_IDENTITY_CLAIM = os.environ.get("JINENG_OIDC_IDENTITY_CLAIM", "")
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_ADAPTER = "jineng.people.signin.sso.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "jineng.people.signin.sso.SingleSignOn",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "gov",
                "name": os.environ.get("JINENG_OIDC_NAME", "统一身份认证"),
                "client_id": os.environ.get("JINENG_OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("JINENG_OIDC_SECRET", ""),
                "settings": {"server_url": SINGLE_SIGN_ON},
            }
        ]
        if SINGLE_SIGN_ON
        else [],
    }
}
# Text messages with codes: "" sends none, "page" shows them on the page, else a gateway's address.
TEXTS = os.environ.get("JINENG_SMS", "")
TEXTS_TOKEN = os.environ.get("JINENG_SMS_TOKEN", "")
if TEXTS == "page" and (os.environ.get("JINENG_HTTPS") or os.environ.get("JINENG_HOSTS")):
    # Whoever sees the page could sign in as anybody: for a demo on one's own machine alone.
    TEXTS = ""
# E-mail: a server of one's own; without one none is sent. As whom, and where links in it lead.
EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS, EMAIL_USE_SSL = mail.server()
EMAIL_HOST_USER = os.environ.get("JINENG_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("JINENG_SMTP_PASSWORD", "")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = mail.sender()
SITE_ADDRESS = mail.site_address(VAR)
# How long somebody stays signed in without doing anything, and altogether.
SESSION_MINUTES = numbers.session_minutes()
OFFICIAL_SESSION_MINUTES = numbers.official_session_minutes()
SESSION_LONGEST_HOURS = 14 * 24
OFFICIAL_SESSION_LONGEST_HOURS = 12
SESSION_COOKIE_AGE = SESSION_MINUTES * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "jineng_language"
LOCALE_PATHS = [BASE_DIR / "jineng" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

# The day that counts as today; None: the day it is.
BUSINESS_DATE = numbers.business_date() or (demo.DAY if DEMO else None)
# A file with holidays and days worked in their place, beside those that are known; or None.
WORKING_DAYS = Path(_days).resolve() if (_days := os.environ.get("JINENG_WORKING_DAYS")) else None

# The policy pack that decides.
POLICY_PACK = os.environ.get("JINENG_PACK", "hubei")

# The file of signed roots of the event log, and the public keys that they are checked with.
SEALS_ROOT = FOLDERS.seals

# Claims files handed in: encrypted in this folder, deleted after so many hours.
UPLOADS_ROOT = FOLDERS.uploads
UPLOADS_KEPT_HOURS = numbers.uploads_kept_hours()
UPLOADS_MAX_BYTES = numbers.uploads_max_mb() * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "jineng.core.uploads.EncryptedUploadHandler",
]

# Behind a proxy that speaks HTTPS.
HTTPS = os.environ.get("JINENG_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^(healthz|readyz|metrics)$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in os.environ.get("JINENG_HOSTS", "").split()]
CSRF_FAILURE_VIEW = "jineng.portal.views.problems.csrf_failure"
X_FRAME_OPTIONS = "DENY"
# Outside registers that persons and organisations can be verified with.
REGISTERS = registers.outside_registers()

# Where forms may lead: browsers hold that against redirects too.
FORMS_LEAD_TO = [SINGLE_SIGN_ON] if SINGLE_SIGN_ON else []

# While this file is there, every page says that the site is being looked after.
MAINTENANCE = VAR / "maintenance"
# Lets Prometheus ask from another machine.
METRICS_TOKEN = os.environ.get("JINENG_METRICS_TOKEN", "")

LOGGING = logs.configuration(os.environ.get("JINENG_LOG_LEVEL", "INFO"))
logs.set_up_structlog()
