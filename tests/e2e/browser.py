"""Finds a browser, sets its options, and records its requests and errors."""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

WHOLE = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
# The shell has no user interface, and takes a third of the processor time of the whole browser.
NAMES = ["chromium-headless-shell", *WHOLE]
# Prevents Chromium's own requests to update servers. The sandbox does not work as root.
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


def find(names: list[str] = NAMES) -> str | None:
    """Return the path of Chromium: the environment's CHROMIUM, or the first of `names` on the PATH."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen if Path(chosen).exists() else None
    return next(filter(None, map(shutil.which, names)), None)


def missing() -> str | None:
    """Return why no browser is available, or None if there is one."""
    if find():
        return None
    if os.environ.get("CHROMIUM"):
        return "CHROMIUM names a file that does not exist"
    return f"no Chromium found (CHROMIUM is not set, and none of {', '.join(NAMES)} is on the PATH)"


class Watch:
    """Records requests to other hosts, console messages and script errors of a page."""

    def __init__(self, page: Page, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.problems: list[str] = []
        page.on("request", self.on_request)
        page.on("console", self.on_console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))

    def on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.problems.append(f"request to another host: {request.url}")

    def on_console(self, message: ConsoleMessage) -> None:
        # The browser also reports the 404 status of the error page that is tested.
        if message.type in {"error", "warning"} and "no-such-page" not in message.location.get("url", ""):
            self.problems.append(f"console: {message.text}")


def expect_kept(page: Page) -> None:
    """Wait for the service worker of a page, which has everything that the page needs once it controls it."""
    page.evaluate(
        """async () => {
            const workers = navigator.serviceWorker;
            await workers.ready;
            if (workers.controller) return;
            await new Promise((done, failed) => {
                workers.addEventListener("controllerchange", done, { once: true });
                setTimeout(failed, 60_000, new Error("no worker"));
            });
        }"""
    )
