"""The same settings without the lock, to show that seats are overbooked without it."""

from tests.events.registration.races.settings import *  # noqa: F403  (a settings module extends another)
from tests.events.registration.races.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.events.registration.races.without_lock.WithoutLock"]
