"""Settings of the server for browser tests: pages as in production, with data in a temporary folder."""

from config.settings.dev import *  # noqa: F403  (a settings module extends the shared one)

# Shows the site's 404 page instead of Django's debug page.
DEBUG = False
# Passkeys belong to a name; an address has none.
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
# Serves static files from their sources, without collectstatic.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Errors are logged, and the tests fail with the log.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "loggers": {"django.request": {"handlers": ["console"], "propagate": False}},
}
ROOT_URLCONF = "tests.e2e.urls"
# Shorter than in production, so that tests need not wait before they submit the form.
REGISTRATION_MINIMUM_SECONDS = 1
# Tasks run immediately, because tests request the next page at once.
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": []}}
