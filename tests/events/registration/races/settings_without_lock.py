"""The same server with the lock taken away, to see that there is a race to be lost."""

from tests.events.registration.races.settings import *  # noqa: F403  (a settings module extends another)
from tests.events.registration.races.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.events.registration.races.without_lock.WithoutLock"]
