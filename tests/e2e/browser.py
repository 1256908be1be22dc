"""Where the tests find a browser, and how they start it."""

import os
import shutil
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
# Without these, Chromium asks hosts of its maker for updates; root has no sandbox.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def find() -> str | None:
    """Return the path of Chromium: the environment's CHROMIUM, or the first known name on the PATH."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen if Path(chosen).exists() else None
    return next(filter(None, map(shutil.which, NAMES)), None)


def missing() -> str | None:
    """Return why there is no browser, or None where there is one."""
    if find():
        return None
    if os.environ.get("CHROMIUM"):
        return "CHROMIUM names a file that does not exist"
    return f"no Chromium found (CHROMIUM is not set, and none of {', '.join(NAMES)} is on the PATH)"
