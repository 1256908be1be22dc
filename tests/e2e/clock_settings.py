"""Settings of a site whose clock the test sets: the file `clock` has the seconds to add to the time of the machine."""

import datetime

from django.utils import timezone

from tests.e2e.settings import *  # noqa: F403  (a settings module extends the shared one)
from tests.e2e.settings import DATA_DIR  # type: ignore[attr-defined]  # comes with the star


def now() -> datetime.datetime:
    seconds = float((DATA_DIR / "clock").read_text())
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)


# Before the models are loaded, whose defaults refer to it.
timezone.now = now
