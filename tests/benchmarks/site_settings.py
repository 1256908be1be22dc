"""Settings of the demo's server in benchmarks: no task runs, and PAGE_CACHE_SECONDS is what the benchmark sets."""

from tests.e2e.settings import *  # noqa: F403  (a settings module extends another)

ROOT_URLCONF = "config.urls"
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": []}}
