"""Settings for a live site. All values that differ between sites come from environment variables."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import environment
from config.settings.base import *  # noqa: F403  (a settings module extends the shared one)
from config.settings.base import CACHES, LOGGING, STORAGES

environment.require(
    {
        "SECRET_KEY": "a long random text that signs sessions and links",
        "ALLOWED_HOSTS": "the host names of the site, separated by commas",
        "DATABASE_URL": "the address of the database, such as postgres://user:password@host/name",
        "EMAIL_URL": "the address of the mail server, such as smtp+tls://user:password@host:587",
        "BASE_URL": "the public address of the site, such as https://project.example.org",
    }
)

if environment.text("OIDC_SERVER"):
    environment.require(
        {
            "OIDC_CLIENT_ID": "the name of this site at the provider of single sign-on",
            "OIDC_CLIENT_SECRET": "its secret at the provider",
        }
    )
    if urlsplit(environment.text("OIDC_SERVER")).scheme != "https":
        raise ImproperlyConfigured("OIDC_SERVER must begin with https://.")

if environment.text("MACHINE_TRANSLATION") == "example":
    raise ImproperlyConfigured("MACHINE_TRANSLATION is example, which is for the demo: it translates nothing.")

DEBUG = False
SECRET_KEY = environment.secret_key("SECRET_KEY")
SECRET_KEY_FALLBACKS = environment.comma_separated("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = environment.comma_separated("ALLOWED_HOSTS")
ADMIN_HOST = environment.text("ADMIN_HOST")
if ADMIN_HOST and ADMIN_HOST not in ALLOWED_HOSTS:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, ADMIN_HOST]
BASE_URL = environment.text("BASE_URL").rstrip("/")
if urlsplit(BASE_URL).scheme != "https":
    raise ImproperlyConfigured("BASE_URL must begin with https://.")
if urlsplit(BASE_URL).hostname == ADMIN_HOST.lower():
    raise ImproperlyConfigured("ADMIN_HOST must be another host than that of BASE_URL.")
PUBLIC_BASE_URL = BASE_URL
# Both hosts are on the same port.
_port = urlsplit(BASE_URL).port
WAGTAILADMIN_BASE_URL = f"https://{ADMIN_HOST}{f':{_port}' if _port else ''}" if ADMIN_HOST else BASE_URL
# A leading dot means all subdomains; CSRF_TRUSTED_ORIGINS uses a star instead. A proxy may pass the host without its
# port.
CSRF_TRUSTED_ORIGINS = [f"https://{urlsplit(url).netloc}" for url in sorted({BASE_URL, WAGTAILADMIN_BASE_URL})]
CSRF_TRUSTED_ORIGINS += [
    f"https://{'*' if host.startswith('.') else ''}{host}" for host in ALLOWED_HOSTS if host != "*"
]

locals().update(environment.mail(environment.text("EMAIL_URL")))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.text("EMAIL_FROM") or f"noreply@{urlsplit(BASE_URL).hostname}"

REDIS_URL = environment.text("REDIS_URL")
if REDIS_URL:
    # Several sites may share a server, so the keys of each site begin with its address.
    CACHES = {
        name: {
            "BACKEND": "home.cache_backends.TolerantRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": f"{urlsplit(BASE_URL).netloc}:{name}",
        }
        for name in CACHES
    }

STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "config.static_files.MinifiedStaticFilesStorage"},
}

SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
MFA_TRUST_COOKIE_NAME = "__Host-factor"
DEVICE_COOKIE_NAME = "__Host-device"
CSRF_COOKIE_NAME = "__Host-csrf"
SECURE_SSL_REDIRECT = True
# Health checks request the process directly, without the proxy that handles TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = environment.flag("HSTS_SUBDOMAINS", default=True)
# X_FRAME_OPTIONS is not DENY, because Wagtail shows previews of pages in a frame (security.py).
SILENCED_SYSTEM_CHECKS = ["security.W019"]
# The number of the site's proxies in front. The client's address is at this position from the end of X-Forwarded-For.
PROXY_COUNT = environment.number("PROXY_COUNT", 1)

LOGGING = {**LOGGING, "root": {**LOGGING["root"], "level": environment.text("LOG_LEVEL", "INFO")}}

SLOW_QUERY_MS = environment.number("SLOW_QUERY_MS", 500)

CHECK_LINKS = environment.flag("CHECK_LINKS", default=True)
