"""Settings of the demo server that the browser tests visit: a live site's pages, in a folder that goes away."""

from config.settings.dev import *  # noqa: F403  (a settings module extends the shared one)

# Visitors of a live site meet its own 404 page, not Django's report for developers.
DEBUG = False
# Passkeys belong to a name; an address has none.
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
# Static files straight from their sources: no collectstatic before a test.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# What goes wrong in the server goes into its log, and from there into the report of the tests.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "loggers": {"django.request": {"handlers": ["console"], "propagate": False}},
}
ROOT_URLCONF = "tests.e2e.urls"
# The form believes quicker people here than on a live site: each test would wait for it.
REGISTRATION_MINIMUM_SECONDS = 1
# A test looks at the next page at once.
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": []}}
