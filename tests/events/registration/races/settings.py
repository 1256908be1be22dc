"""Settings of the server that is raced: nothing stands between the clients and the seats but the lock."""

from tests.e2e.settings import *  # noqa: F403  (a settings module extends another)
from tests.e2e.settings import RATE_LIMITS

# Everybody comes from one address, and at once.
RATE_LIMITS = {scope: (1_000_000, seconds) for scope, (_most, seconds) in RATE_LIMITS.items()}
# Clients are faster than the tenth of a second to which a stamp is rounded.
REGISTRATION_MINIMUM_SECONDS = -1
# As on a live site.
PAGE_CACHE_SECONDS = 60
# The races ask about seats: no task runs, and mail stays in the outbox, where it is counted.
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": []}}
