"""Settings for development and the demo. No environment variable is required."""

from django.core.exceptions import ImproperlyConfigured

from config import environment
from config.settings.base import *  # noqa: F403  (a settings module extends the shared one)
from config.settings.base import DATA_DIR, MIDDLEWARE

# On a live site, these settings would write emails to files and sign links with a key that is public.
if live := environment.live_site_variables():
    raise ImproperlyConfigured(
        f"The settings for development do not start where {', '.join(live)} is set. For a live site, set "
        "DJANGO_SETTINGS_MODULE=config.settings.production; otherwise remove the variables."
    )

DEBUG = True
# Not a secret, because this file is public. The production settings refuse it.
SECRET_KEY = environment.DEVELOPMENT_KEY
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
# Visitors of the demo see the same page as on a live site.
MIDDLEWARE = [*MIDDLEWARE, "config.middleware.NotFoundPageMiddleware"]

# No page cache, so that changed templates are shown at once; `make demo` switches it on.
PAGE_CACHE_SECONDS = environment.number("PAGE_CACHE_SECONDS", 0)

# The accounts of the demo need only their password; the sign-in page says so.
SECOND_FACTOR = "off"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True

# Shows the button without a service: nothing is sent or translated.
WAGTAILLOCALIZE_MACHINE_TRANSLATOR = environment.machine_translator("example")

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"

DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
