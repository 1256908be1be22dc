"""Settings for the test suite: fast, and without data that outlives a run."""

import tempfile
from pathlib import Path

from config import environment
from config.settings.base import *  # noqa: F403  (a settings module extends the shared one)
from config.settings.base import MIDDLEWARE, PRIVATE_FILES, STORAGES, TASK_BACKENDS, UPLOADS, database

DEBUG = False
SECRET_KEY = "only-for-tests"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
# The address of the site that the tests set up.
PUBLIC_BASE_URL = WAGTAILADMIN_BASE_URL = "http://localhost"

# Removed after the tests (`tests/conftest.py`).
TEMPORARY_DATA_DIR = DATA_DIR = Path(tempfile.mkdtemp(prefix="site-test-"))
MEDIA_ROOT = DATA_DIR / "media"
DATABASES = {"default": database(environment.text("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'site.sqlite3'}")}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"},
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
}
# Only the tests of the page cache switch it on.
PAGE_CACHE_SECONDS = 0
STORAGES = {
    **STORAGES,
    "default": {**UPLOADS, "OPTIONS": {"location": str(DATA_DIR / "uploads")}},
    "private": {**PRIVATE_FILES, "OPTIONS": {"location": str(DATA_DIR / "private")}},
}
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise.")]
# The tests of the second factor switch it on.
SECOND_FACTOR = "off"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# A thread would not see the data of the test's transaction.
TASKS = {"default": {"BACKEND": TASK_BACKENDS["immediate"], "QUEUES": []}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The tests of machine translation name a service.
WAGTAILLOCALIZE_MACHINE_TRANSLATOR = None
