"""All settings, from the environment alone. Every variable is one row of the README's table.

A secret may come as NAME or as NAME_FILE (the path of a file that holds it). What is missing and
cannot be guessed safely stops the start with one sentence.
"""

from email.utils import parseaddr
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import dj_database_url
from csp.constants import NONE, SELF
from django.conf.global_settings import LANGUAGES as KNOWN_LANGUAGES
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate

from trustrepair.addresses import mail_server, site_address

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent


# --- where things are ---------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
SITE_NAME = env.str("SITE_NAME", "The Mending Room")
# The name in the titles and tabs of private pages, and the sender's name of every mail.
DISCREET_NAME = env.str("DISCREET_NAME", "Notes")
EXIT_URL = env.str(
    "EXIT_URL",
    "https://www.bbc.co.uk/weather",
    validate=validate.URL(
        schemes={"http", "https"}, require_tld=False,
        error="It must be a whole address, such as https://example.org/weather.",
    ),
)  # fmt: skip
SCHEME, SITE_HOST = site_address(SITE_URL)
HTTPS = SCHEME == "https"
LOOPBACK = SITE_HOST in {"localhost", "127.0.0.1", "::1"}


# --- secrets ------------------------------------------------------------------------------------
def secret(name: str, default: str | None = None) -> str:
    """Return a secret from NAME_FILE, from NAME, or from the file that `make run` made.

    Raises:
        ImproperlyConfigured: there is none and no default.
    """
    path = env.str(f"{name}_FILE", "")
    kept = VAR_DIR / name.lower()
    if not path and not env.str(name, "") and default is None and kept.is_file():
        path = str(kept)
    if path:
        try:
            return Path(path).read_text("utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}.") from error
    value = env.str(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE (`make run` makes one for you).")
    return value


SECRET_KEY = secret("SECRET_KEY")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
# Key-encryption keys of the vault, an ordered list `id:key,id:key`: the first writes, all open.
JOURNAL_KEYS = secret("JOURNAL_KEYS")

# --- who may ask --------------------------------------------------------------------------------
ALLOWED_HOSTS = [SITE_HOST, *env.list("ALLOWED_HOSTS", [])]
if LOOPBACK:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, validate=validate.Range(0, 9))
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "trustrepair.accounts",
    "trustrepair.doors",
    "trustrepair.privacy",
    "journal",
    "steps",
    "lucide",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "trustrepair.doors.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "trustrepair.doors.leaving.LeavingMiddleware",
    "trustrepair.doors.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "trustrepair.doors.size.SizeMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "trustrepair.doors.lock.LockMiddleware",
    "trustrepair.doors.owner.OwnerMiddleware",
    "trustrepair.accounts.middleware.PersonMiddleware",
    "trustrepair.accounts.middleware.SureMiddleware",
    "journal.vault.middleware.KeyringMiddleware",
    "journal.coaching.middleware.CoachingMiddleware",
    "trustrepair.accounts.mail.MailMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "trustrepair.accounts.middleware.RefusedFormMiddleware",
    "trustrepair.doors.errors.WrongMethodMiddleware",
]

ROOT_URLCONF = "trustrepair.urls"
WSGI_APPLICATION = "trustrepair.wsgi.application"
FORM_RENDERER = "trustrepair.forms.Renderer"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trustrepair.doors.context.house",
            ],
        },
    }
]

# --- database -----------------------------------------------------------------------------------
DATABASE_URL = secret("DATABASE_URL", "")
if DATABASE_URL:
    if not DATABASE_URL.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgres://; without it SQLite in VAR_DIR is used."
        )
    DATABASES: dict[str, Any] = {"default": dj_database_url.parse(DATABASE_URL)}
    DATABASES["default"].update(CONN_MAX_AGE=600, CONN_HEALTH_CHECKS=True)
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "trustrepair.sqlite3",
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                # A page said "saved" only once the disk has it: FULL. Writers queue: IMMEDIATE.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                    "PRAGMA cache_size=-20000; PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY"
                ),
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- broker, cache, sessions --------------------------------------------------------------------
REDIS_URL = secret("REDIS_URL", "")
if REDIS_URL:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    }
    CELERY_BROKER_URL = REDIS_URL
else:
    # One cache for all web processes, so that limits on tries are not multiplied by their number.
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
    }
    CELERY_BROKER_URL = "filesystem://localhost//"
    _broker = str(VAR_DIR / "broker")
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": _broker,
        "data_folder_out": _broker,
        "control_folder": str(VAR_DIR / "broker-control"),
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
# Touched by a worker that takes work; a worker that is alive but silent is started anew.
PULSE_FILE = VAR_DIR / "pulse"
# /health/ready says no when a due reminder has waited for a worker longer than this.
REMINDERS_LATE_SECONDS = env.int("REMINDERS_LATE_SECONDS", 300, validate=validate.Range(min=1))
# Who may read /health/metrics from another machine; without it only this machine may.
METRICS_TOKEN = secret("METRICS_TOKEN", "")
CELERY_BEAT_SCHEDULE = {
    "reminders": {
        "task": "steps.reminders.tasks.tick",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "tidy-reminders": {
        "task": "steps.reminders.tasks.tidy",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "pulse": {
        "task": "trustrepair.doors.tasks.pulse",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "empty-trash": {
        "task": "journal.tasks.empty_trash",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "thin-history": {
        "task": "journal.tasks.thin_history",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "pack-for-search": {
        "task": "journal.tasks.pack_for_search",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "tell-milestones": {
        "task": "journal.tasks.tell_milestones",
        "schedule": 6 * 3600.0,
        "options": {"expires": 3600},
    },
    "forget-guests": {
        "task": "journal.tasks.forget_guests",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "forget-imports": {
        "task": "journal.tasks.forget_imports",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "sweep-cards": {
        "task": "journal.tasks.sweep_cards",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "sweep-rooms": {
        "task": "journal.tasks.sweep_rooms",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "clear-sessions": {
        "task": "trustrepair.doors.tasks.clear_sessions",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}

SESSION_ENGINE = "trustrepair.doors.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "trustrepair.doors.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["trustrepair.accounts.backends.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["trustrepair.accounts.passwords.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

EMAIL_URL = secret("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(mail_server(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mailbox"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"{DISCREET_NAME} <notes@{SITE_HOST}>")
if "@" not in parseaddr(DEFAULT_FROM_EMAIL)[1]:
    raise ImproperlyConfigured("DEFAULT_FROM_EMAIL must hold a mail address, such as a@b.example.")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

ACCOUNT_ADAPTER = "trustrepair.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "trustrepair.accounts.forms.SignupForm",
    "reset_password": "trustrepair.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "trustrepair.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "trustrepair.accounts.forms.ReauthenticateForm",
    "add_email": "trustrepair.accounts.forms.AddEmailForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "none"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = bool(EMAIL_URL)
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60  # as the mail says; slow mail servers take minutes
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = "/accounts/email/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SCHEME
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "trustrepair.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "add_webauthn": "trustrepair.accounts.passkeys.AddForm",
    "authenticate_webauthn": "trustrepair.accounts.passkeys.AuthenticateForm",
    "login_webauthn": "trustrepair.accounts.passkeys.LoginForm",
    "reauthenticate_webauthn": "trustrepair.accounts.passkeys.ReauthenticateForm",
    "signup_webauthn": "trustrepair.accounts.passkeys.SignupForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Without mail no address can be proved, and a second factor is wanted all the more.
MFA_ALLOW_UNVERIFIED_EMAIL = not EMAIL_URL
MFA_PASSKEY_SIGNUP_ENABLED = bool(EMAIL_URL)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOOPBACK
# A phone's clock may be a little off, and typing takes a while: RFC 6238, section 5.2.
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = DISCREET_NAME
USERSESSIONS_TRACK_ACTIVITY = False
# Who may become a coach: "host" (the host makes them) or "self" (by self-declaration).
COACH_SIGNUP = env.str("COACH_SIGNUP", "host", validate=validate.OneOf(["host", "self"]))

# --- doors --------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if not HTTPS else 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
X_FRAME_OPTIONS = "DENY"
# A page of 200,000 signs, each up to 12 bytes once percent-encoded, fits many times over; a post
# past this gets a 413.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
# Two hundred questions of a coach's own exercise, eight fields each, are refused beside the form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# One page takes a whole file, to bring words in (trustrepair/doors/size.py). It is held in memory,
# because on the disk it would lie in plain words: each web process needs up to twice this.
IMPORT_MOST = env.int("IMPORT_MOST_MB", 64, validate=validate.Range(1, 4096)) * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# --- the guide ----------------------------------------------------------------------------------
CONTENT_DIRS: list[Path] = [
    BASE_DIR / "steps" / "content",
    *map(Path, env.list("CONTENT_DIRS", [])),
]
for _folder in CONTENT_DIRS:
    if not _folder.is_dir():
        raise ImproperlyConfigured(f"CONTENT_DIRS names {_folder}, which is no folder.")

# --- language and time --------------------------------------------------------------------------
LANGUAGE_CODE = env.str(
    "LANGUAGE_CODE", "en-gb",
    validate=validate.OneOf(dict(KNOWN_LANGUAGES), error="There is no language {input} here."),
)  # fmt: skip
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = "UTC"
DEFAULT_TIME_ZONE = env.str(
    "DEFAULT_TIME_ZONE", "Europe/London",
    validate=validate.OneOf(available_timezones(), error="There is no time zone {input}."),
)  # fmt: skip
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "trustrepair" / "locale"]

# --- files the browser fetches ------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "trustrepair.static.Storage"
    },
}
WHITENOISE_MAX_AGE = 3600

# --- logs: ids, paths and times; never bodies, titles or addresses ------------------------------
LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "trustrepair.doors.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(LOG_LEVELS)),
    },
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "trustrepair.doors.errors.SilentReporterFilter"
ADMINS: list[tuple[str, str]] = []

SILENCED_SYSTEM_CHECKS: list[str] = []
