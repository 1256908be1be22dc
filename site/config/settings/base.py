"""Settings shared by all environments. `dev`, `test` and `production` contain only the differences."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import available_timezones

import dj_database_url
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

from config import environment

BASE_DIR = Path(__file__).resolve().parents[3]
SITE_DIR = BASE_DIR / "site"
DATA_DIR = Path(environment.text("DATA_DIR") or BASE_DIR / "var")
# The version of the site. It is read when the process starts, so that processes of an earlier version can be detected.
RELEASE = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

# Applications

INSTALLED_APPS = [
    "home",
    "events",
    "news",
    "factsheets",
    "accounts",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.api.v2",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.wagtail_users.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_countries",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "home.http.request_log.RequestLogMiddleware",
    "home.request_totals.RequestTotalsMiddleware",
    "home.http.request_target.RequestTargetMiddleware",
    "home.http.host.HostMiddleware",
    "home.http.compression.TextCompressionMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "home.http.page_cache.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "home.http.security_headers.FurtherHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "home.http.security_headers.ContentSecurityPolicyMiddleware",
    "home.http.admin_host.AdminHostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "home.http.language_prefix.LanguagePrefixMiddleware",
    "django.middleware.common.CommonMiddleware",
    "home.source_texts.SourceLanguageMiddleware",
    "home.http.account_language.AccountLanguageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "home.http.body_size.BodySizeMiddleware",
    "accounts.middleware.CurrentRequestMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.IdleMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.RecentSignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "home.http.malformed_requests.MalformedRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Data

POSTGRESQL_OPTIONS = {
    # Seconds. If the database fails, requests fail soon, and the pool reconnects soon after the database is back.
    "pool": {
        "min_size": 1,
        "max_size": environment.number("DATABASE_POOL", 8),
        "timeout": 3,
        "reconnect_timeout": 5,
    },
    "connect_timeout": 3,
    # Frequent statements are prepared on the server, so a connection pooler in between must use session mode.
    "server_side_binding": True,
    "prepare_threshold": 5,
}
SQLITE_OPTIONS = {
    # Take the write lock when a transaction begins: otherwise two that read and then write fail ("database is locked").
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; PRAGMA cache_size=-8000; "
        # Overwrite deleted data in the file with zeros.
        "PRAGMA secure_delete=ON;"
    ),
}


def database(url: str) -> dict[str, object]:
    """Return Django's settings for a database URL: SQLite tuned for writes, PostgreSQL with a connection pool."""
    config: dict[str, object] = {**dj_database_url.parse(url)}
    given = cast(dict[str, object], config.get("OPTIONS", {}))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {**SQLITE_OPTIONS}
    elif config["ENGINE"] == "django.db.backends.postgresql":
        # Options in the URL, such as `?sslmode=verify-full`, override the defaults.
        config["OPTIONS"] = {**POSTGRESQL_OPTIONS, **given}
        # Check a connection before it is used, because a restarted server has closed it.
        config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": database(environment.text("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'site.sqlite3'}")}

CACHES = {
    "default": {
        "BACKEND": "home.cache_backends.TolerantFileCache",
        "LOCATION": str(DATA_DIR / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # Responses of public pages (`home/http/page_cache.py`). A cache of their own, so that they do not displace other
    # entries.
    "pages": {
        "BACKEND": "home.cache_backends.TolerantFileCache",
        "LOCATION": str(DATA_DIR / "cache" / "pages"),
        "OPTIONS": {"MAX_ENTRIES": 3_000},
    },
    # Image renditions, which every list needs. In memory.
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
}

# The longest time in seconds for which a response is cached; 0 switches the page cache off.
PAGE_CACHE_SECONDS = environment.number("PAGE_CACHE_SECONDS", 24 * 3600)
# Query parameters of list pages. Responses to addresses with other parameters are not cached.
PAGE_CACHE_PARAMETERS = {
    "category",
    "country",
    "for",
    "language",
    "mode",
    "month",
    "page",
    "topic",
    "track",
    "view",
    "year",
}

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
# Files that only views serve, after a permission check (`home/private_files.py`). The web server must not serve them.
PRIVATE_FILES = {
    "BACKEND": "home.private_files.PrivateFileSystemStorage",
    "OPTIONS": {
        "location": str(DATA_DIR / "private"),
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    },
}
# Documents and original images are in this private folder; scaled images and avatars are in MEDIA_ROOT.
UPLOADS = {"BACKEND": "home.private_files.UploadStorage", "OPTIONS": {"location": str(DATA_DIR / "uploads")}}
# Buckets of an S3 server instead of these folders (`home/object_storage.py`): a private one and a public one.
S3_MEDIA_URL = environment.text("S3_MEDIA_URL").rstrip("/")
if environment.text("S3_PRIVATE_BUCKET") or environment.text("S3_MEDIA_BUCKET"):
    environment.require(
        {
            "S3_ENDPOINT_URL": "the address of the S3 server, such as https://s3.example.org",
            "S3_ACCESS_KEY": "the name of the key for the S3 server",
            "S3_SECRET_KEY": "the key for the S3 server",
            "S3_PRIVATE_BUCKET": "the bucket of documents, original images and other private files",
            "S3_MEDIA_BUCKET": "the bucket of scaled images, which everybody may read",
            "S3_MEDIA_URL": "the public address of the bucket of scaled images",
        }
    )
    S3 = {
        "endpoint_url": environment.text("S3_ENDPOINT_URL"),
        "region_name": environment.text("S3_REGION", "us-east-1"),
        "access_key": environment.text("S3_ACCESS_KEY"),
        "secret_key": environment.text("S3_SECRET_KEY"),
    }
    S3_PRIVATE = {**S3, "bucket_name": environment.text("S3_PRIVATE_BUCKET")}
    S3_MEDIA = {
        **S3,
        "bucket_name": environment.text("S3_MEDIA_BUCKET"),
        # A scaled image never changes, because its name contains a digest of how it was made.
        "object_parameters": {"CacheControl": "public, max-age=2592000"},
    }
    MEDIA_URL = f"{S3_MEDIA_URL}/"
    PRIVATE_FILES = {
        "BACKEND": "home.object_storage.ObjectStorage",
        "OPTIONS": {**S3_PRIVATE, "location": "private"},
    }
    UPLOADS = {
        "BACKEND": "home.object_storage.UploadObjectStorage",
        "OPTIONS": {"private": {**S3_PRIVATE, "location": "uploads"}, "shown": S3_MEDIA},
    }
STORAGES = {
    "default": UPLOADS,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "private": PRIVATE_FILES,
}

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [SITE_DIR / "static"]

# Languages. The page tree has the same languages: `WAGTAIL_CONTENT_LANGUAGES`.

USE_TZ = True
TIME_ZONE = "Europe/Helsinki"
USE_I18N = True
WAGTAIL_I18N_ENABLED = True
LANGUAGE_CODE = "en"
# Names that differ from Django's.
LANGUAGE_NAMES = {"en": _("English"), "fi": _("Finnish"), "et": _("Estonian"), "el": _("Greek")}
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [
    (code, LANGUAGE_NAMES[code] if code in LANGUAGE_NAMES else _(LANG_INFO[code]["name"]))
    for code in environment.languages("LANGUAGES", "en,fi,et,el")
]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]

# The API of public pages (`home/api.py`)

WAGTAILAPI_BASE_URL = environment.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
WAGTAILAPI_LIMIT_MAX = 50

# Sign-in

AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordLimitBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.password_validators.SiteWordsValidator"},
]
LOGIN_URL = "wagtailadmin_login"
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "accounts.forms.LimitedPasswordResetForm"  # noqa: S105  (a class)
# Users change their address on a separate page, with their password and a confirmation by email.
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# The cookie that identifies a browser in which a user has signed in (`site/accounts/devices.py`). Visitors get none.
DEVICE_COOKIE_NAME = "device"
# The most failed attempts, or emails, and the seconds (`site/accounts/limits.py`). An IPv6 /64 counts as one network.
PASSWORD_LIMITS = {
    "account_and_network": (5, 900),
    "account": (20, 3600),
    "network": (100, 900),
    "reset_address": (3, 3600),
    "reset_network": (20, 3600),
    "page_and_network": (10, 900),
    "page": (300, 3600),
    "second_factor": (10, 900),
}
# Who must have a second factor: "personal_data" (administrators, and everybody who sees personal data) or "all". The
# settings for development and tests switch it "off".
SECOND_FACTOR = environment.choice("SECOND_FACTOR", ("personal_data", "all"))
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
# Off, because `site/accounts/limits.py` sets limits that do not depend on the cache.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "accounts.forms.LimitedAuthenticateForm",
    "reauthenticate": "accounts.forms.LimitedReauthenticateForm",
}
# A browser can be remembered: then it needs the second factor only once in this period.
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = timedelta(days=14)
# Single sign-on with an OpenID Connect provider (`site/accounts/single_sign_on.py`); off if no server is set.
OIDC: dict[str, Any] = {
    "server": environment.text("OIDC_SERVER").rstrip("/"),
    "name": environment.text("OIDC_NAME", "single sign-on"),
    "client_id": environment.text("OIDC_CLIENT_ID"),
    "client_secret": environment.text("OIDC_CLIENT_SECRET"),
    # The claim whose values `groups` maps to groups of this site.
    "groups_claim": environment.text("OIDC_GROUPS_CLAIM", "groups"),
    "groups": environment.mapping("OIDC_GROUPS"),
}
SOCIALACCOUNT_ADAPTER = "accounts.single_sign_on.SingleSignOnAdapter"
# A form could not redirect to another host (`form-action`), so it is a link. State and PKCE protect the redirect.
SOCIALACCOUNT_LOGIN_ON_GET = True
# Minutes without activity after which users of the admin are signed out; 0 means never.
ADMIN_IDLE_MINUTES = environment.number("ADMIN_IDLE_MINUTES", 60)
# Days for which entries of the record of access are kept; must be more than 30 (`site/accounts/records.py`).
ACCESS_RECORD_DAYS = environment.number("ACCESS_RECORD_DAYS", 365)
# Whether addresses on other sites in public pages are checked about once a week (`home/link_checks.py`). Off in development
# and in tests.
CHECK_LINKS = environment.flag("CHECK_LINKS", default=False)
# The number of the site's own reverse proxies. The production settings set it.
PROXY_COUNT = 0

# Where background tasks run (docs/decisions/0060). "thread": a thread of the process that enqueues them; "database": a
# worker, `manage.py db_worker`; "immediate": the code that enqueues them, before it continues.
TASK_BACKENDS = {
    "thread": "home.tasks.backend.ThreadBackend",
    "database": "django_tasks_db.DatabaseBackend",
    "immediate": "django_tasks.backends.immediate.ImmediateBackend",
}
TASK_BACKEND = environment.choice("TASK_BACKEND", tuple(TASK_BACKENDS))
# An empty list of queues, so that a task may name any queue.
TASKS = {"default": {"BACKEND": TASK_BACKENDS[TASK_BACKEND], "QUEUES": []}}

# Mail (`events/registration/mail/queue.py`)

# The most emails of an event in an hour; others wait. The form may be misused to send emails to strangers.
MAILS_PER_HOUR = environment.number("MAILS_PER_HOUR", 500)

# Days for which backups are kept. The erasure log is kept longer (`events/registration/privacy/erasure_log.py`).
BACKUP_DAYS = environment.number("BACKUP_DAYS", 35)
# The folder for `manage.py backup`, and the keys for backups: the first one encrypts, all of them decrypt.
BACKUP_DIR = Path(environment.text("BACKUP_DIR") or DATA_DIR / "backups")
BACKUP_KEY = environment.keys("BACKUP_KEY")

# Public forms and their rate limits (`home/public_forms.py`, `home/rate_limits.py`)

# Seconds. A form that is sent sooner was filled in by a program.
REGISTRATION_MINIMUM_SECONDS = environment.number("REGISTRATION_MINIMUM_SECONDS", 3)
# (greatest number, period in seconds) for each scope.
RATE_LIMITS = {
    # Forms from one client. A whole university may share one address.
    "client": (environment.number("REGISTRATIONS_PER_CLIENT", 300), 600),
    # Forms with mistakes that only programs make. Above this limit, only such forms are refused.
    "client_wrong": (60, 600),
    # Forms of one client for one event.
    "client_event": (environment.number("REGISTRATIONS_PER_CLIENT_AND_EVENT", 150), 3600),
    # Submissions of one opened form.
    "form": (5, 24 * 3600),
    # Forms for one email address. Each of them sends an email.
    "address": (5, 3600),
    # Forms for addresses that differ only in tags.
    "mailbox": (10, 3600),
    # Forms for one event.
    "event": (environment.number("REGISTRATIONS_PER_EVENT", 3000), 3600),
    # Messages of one client through the contact page.
    "enquiry_client": (10, 3600),
    # Messages of everybody through the contact page. Each of them sends an email.
    "enquiry": (environment.number("ENQUIRIES_PER_HOUR", 60), 3600),
    # Requests of one client with personal links that do not exist.
    "token": (50, 600),
    # People without a registration who are added through one door link.
    "door": (200, 3600),
    # Code words that one participant enters.
    "code_word": (10, 600),
}

# Months after which messages from the contact page are deleted (`home/enquiries/retention.py`).
ENQUIRY_MONTHS = environment.number("ENQUIRY_MONTHS", 12)

# Security

# The keys that encrypt sensitive answers, newest first (`events/registration/encryption.py`). Without one, a key that is
# derived from SECRET_KEY is used.
ANSWERS_KEY = environment.keys("ANSWERS_KEY")
# The keys that sign badges, newest first (`events/certificates/keys.py`). Without a key there are no badges.
BADGE_KEY = environment.keys("BADGE_KEY")

SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None  # a session cookie
CSRF_FAILURE_VIEW = "home.views.form_expired"
CSRF_COOKIE_HTTPONLY = True  # the admin's scripts read the token from the page
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Wagtail shows previews in a frame of the same site.
X_FRAME_OPTIONS = "SAMEORIGIN"
# The form of a timetable with forty rows exceeds Django's default of 1,000 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
# The largest request body in bytes for people who are not signed in (`home/http/body_size.py`).
PUBLIC_MAX_BODY_SIZE = 1024 * 1024

# Browser features that the site does not use. Browsers log a warning for features that they do not know.
PERMISSIONS_POLICY = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), geolocation=(), gyroscope=(), "
    "hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), screen-wake-lock=(), serial=(), "
    "usb=(), xr-spatial-tracking=()"
)

# The sources of images: the site, and the bucket of scaled images.
IMAGE_SOURCES = ["'self'", *(["/".join(S3_MEDIA_URL.split("/")[:3])] if S3_MEDIA_URL else [])]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        # The middleware replaces this with the folders in `PUBLIC_SCRIPT_FOLDERS` on the host of the request.
        "script-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": [*IMAGE_SOURCES, "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "media-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'self'"],
    }
}
# The static folders to which `script-src` of public pages is limited. No script of the admin may be in them: attributes in a
# page control these scripts, which act with the rights of the signed-in user.
PUBLIC_SCRIPT_FOLDERS = ["js/", "events/js/"]
# The Wagtail admin uses inline styles (docs/decisions/0071).
ADMIN_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": ["'self'"],
    "script-src-attr": ["'none'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": [*IMAGE_SOURCES, "data:", "blob:"],
    "frame-src": ["'self'"],
}

# Logging without personal data (`config/masking.py`, `config/json_log.py`)

# "text": lines for people; "json": one JSON object a line, including a line for each request, task and job.
LOG_FORMAT = environment.choice("LOG_FORMAT", ("text", "json"))
# The request header with the id that the proxy in front sets. It must overwrite the header. Empty: the site makes ids.
REQUEST_ID_HEADER = environment.text("REQUEST_ID_HEADER")
# Queries that take at least this many milliseconds are logged; 0 logs none.
SLOW_QUERY_MS = environment.number("SLOW_QUERY_MS", 0)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.masking.MaskingFormatter", "format": "{levelname} {name}: {message}", "style": "{"},
        "request": {"()": "config.masking.MaskingFormatter", "format": "[{asctime}] {message}", "style": "{"},
        "json": {"()": "config.json_log.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json" if LOG_FORMAT == "json" else "line"},
        "requests": {"class": "logging.StreamHandler", "formatter": "request"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django's default handlers would send whole requests, with all form data, to ADMINS by email.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": ["requests"], "level": "INFO", "propagate": False},
        # A line for each request, task and job. It is only useful in a structured log.
        "home.http.request_log": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        "home.tasks.log": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}

# The token that Prometheus sends to `/metrics` (`home/metrics.py`). Without a token, the address does not exist.
METRICS_TOKEN = environment.long_text("METRICS_TOKEN", 20)

# Wagtail

# The name that is used until the project's acronym is entered in Settings > Project.
WAGTAIL_SITE_NAME = environment.text("SITE_NAME", "Project site")
WAGTAILADMIN_BASE_URL = PUBLIC_BASE_URL = environment.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
# The host name that serves the admin and nothing else; empty: every host serves it (`home/http/admin_host.py`).
ADMIN_HOST = ""
# The admin must not load anything from other hosts.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# Only zones with a slash, because others, such as "localtime", break the script of the account page.
WAGTAIL_USER_TIME_ZONES = [*sorted(zone for zone in available_timezones() if "/" in zone), "UTC"]
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 60_000_000
WAGTAILIMAGES_IMAGE_MODEL = "home.SiteImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "home.images.ImageForm"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "epub", "ics", "odp", "ods", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "home.documents.DocumentForm"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 40 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
FACT_SHEETS_MAX_UPLOAD_SIZE = environment.number("FACT_SHEETS_MAX_UPLOAD_SIZE", 40 * 1024 * 1024)
WAGTAIL_WORKFLOW_ENABLED = True
# No embeds, because they would load from other hosts. The video block shows a link, and a player after a click.
WAGTAILEMBEDS_FINDERS: list[dict[str, object]] = []

# A new translation stays a draft until an editor publishes it.
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
# The service that translates texts when translators request it. Without a service, there is no button.
WAGTAILLOCALIZE_MACHINE_TRANSLATOR = environment.machine_translator("off")
