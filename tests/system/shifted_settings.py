"""Settings of a live site on a machine whose clock is wrong by `CLOCK_SHIFT` seconds."""

import datetime
import os
import time

from django.utils import timezone

# In small letters, or it would be a setting.
shift = float(os.environ["CLOCK_SHIFT"])
right_time = time.time


def shifted_time() -> float:
    return right_time() + shift


def shifted_now() -> datetime.datetime:
    return datetime.datetime.fromtimestamp(shifted_time(), datetime.UTC)


# Before the settings and the models are loaded, which refer to them.
time.time = shifted_time
timezone.now = shifted_now

from config.settings.production import *  # noqa: E402, F403  (a settings module extends the shared one)

# The machine has the same settings as the others, so that they share their responses (`home/http/release.py`).
SETTINGS_MODULE = "config.settings.production"
