"""Settings for the test suite: fast, and without data that is kept after a run."""

import tempfile
from pathlib import Path

from config import environment
from config.settings.base import *  # noqa: F403  (a settings module extends the shared one)
from config.settings.base import MIDDLEWARE, PRIVATE_FILES, STORAGES, TASK_BACKENDS, UPLOADS, database

DEBUG = False
SECRET_KEY = "only-for-tests"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
# The address of the site in the tests.
PUBLIC_BASE_URL = WAGTAILADMIN_BASE_URL = "http://localhost"

# `tests/conftest.py` deletes it after the tests.
TEMPORARY_DATA_DIR = DATA_DIR = Path(tempfile.mkdtemp(prefix="site-test-"))
MEDIA_ROOT = DATA_DIR / "media"
DATABASES = {"default": database(environment.text("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'site.sqlite3'}")}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"},
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
}
# Off, except in the tests of the page cache.
PAGE_CACHE_SECONDS = 0
STORAGES = {
    **STORAGES,
    "default": {**UPLOADS, "OPTIONS": {"location": str(DATA_DIR / "uploads")}},
    "private": {**PRIVATE_FILES, "OPTIONS": {"location": str(DATA_DIR / "private")}},
}
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise.")]
# Off, except in the tests of the second factor.
SECOND_FACTOR = "off"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# A thread would not see the data in the transaction of a test.
TASKS = {"default": {"BACKEND": TASK_BACKENDS["immediate"], "QUEUES": []}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# None, except in the tests of machine translation.
WAGTAILLOCALIZE_MACHINE_TRANSLATOR = None
