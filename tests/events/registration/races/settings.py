"""Settings of the server in race tests: only the lock of the event restricts the clients."""

from tests.e2e.settings import *  # noqa: F403  (a settings module extends another)
from tests.e2e.settings import RATE_LIMITS

# All clients have one IP address, and send at once.
RATE_LIMITS = {scope: (1_000_000, seconds) for scope, (_most, seconds) in RATE_LIMITS.items()}
# Clients are faster than a tenth of a second, to which the time in a form token is rounded.
REGISTRATION_MINIMUM_SECONDS = -1
# As on a live site.
PAGE_CACHE_SECONDS = 60
# No task runs: emails stay in the outbox, where the tests count them.
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": []}}
