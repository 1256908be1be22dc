"""HTTP clients of a live server: many at once, each with its own connection and cookies."""

from __future__ import annotations

import html
import http.client
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r"\b(name|value|type)=\"([^\"]*)\"")
TIMEOUT = 60  # seconds
BUSY = 429
MAX_ATTEMPTS = 20
PAUSE = 0.2  # seconds
Result = TypeVar("Result")


@dataclass
class Reply:
    status: int
    text: str
    location: str = ""

    def hidden_fields(self) -> dict[str, str]:
        inputs = [dict(ATTRIBUTE.findall(tag)) for tag in HIDDEN.findall(self.text)]
        return {
            item["name"]: html.unescape(item.get("value", ""))
            for item in inputs
            if item.get("type") == "hidden" and "name" in item
        }


class Visitor:
    """A minimal browser: a persistent connection, cookies and hidden fields."""

    def __init__(self, address: str) -> None:
        self.address = address
        parts = urlsplit(address)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
        self.cookies: dict[str, str] = {}

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *exception: object) -> None:
        self.connection.close()

    def get(self, path: str) -> Reply:
        return self._request("GET", path, None, {})

    def post(self, path: str, fields: dict[str, str]) -> Reply:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self.address,
            "Referer": f"{self.address}{path}",
        }
        return self._request("POST", path, urlencode(fields), headers)

    def send_json(self, path: str, body: bytes) -> Reply:
        return self._request("POST", path, body, {"Content-Type": "application/json"})

    def _request(self, method: str, path: str, body: str | bytes | None, headers: dict[str, str]) -> Reply:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, headers | ({"Cookie": cookies} if cookies else {}))
        response = self.connection.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _equals, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        location = response.headers.get("Location", "")
        return Reply(response.status, text, urlsplit(location).path if location else "")


@dataclass
class Registrant:
    """A person with the form open."""

    visitor: Visitor
    form: str
    name: str
    mode: str = "on_site"
    hidden: dict[str, str] = field(default_factory=dict)
    # More fields that they fill in.
    more: dict[str, str] = field(default_factory=dict)

    def open(self) -> Registrant:
        reply = self.visitor.get(self.form)
        assert reply.status == 200, reply.text[:500]
        self.hidden = reply.hidden_fields()
        # Filling in the form takes longer than a server keeps a connection open.
        self.visitor.connection.close()
        return self

    def send(self) -> Reply:
        fields = {
            "given_name": self.name,
            "email": f"{self.name.lower().replace(' ', '.')}@example.org",
            "mode": self.mode,
        }
        return self.visitor.post(self.form, self.hidden | fields | self.more)

    def send_and_read(self) -> Reply:
        """Send the form and return the end page, or the form with its errors if it was refused."""
        reply = self.send()
        if reply.status != 303:
            return reply
        return Reply(303, self.visitor.get(reply.location).text, reply.location)


def at_once(calls: Sequence[Callable[[], Result]]) -> list[Result]:
    """Call all `calls` at the same moment, each in a thread, and return their results."""
    barrier = threading.Barrier(len(calls))
    results: list[Result | BaseException | None] = [None] * len(calls)

    def run(number: int, call: Callable[[], Result]) -> None:
        barrier.wait()
        try:
            results[number] = call()
        except BaseException as exception:  # raised again in the thread of the test
            results[number] = exception

    threads = [threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results  # type: ignore[return-value]  # no exception is left among them


def retry_if_busy(call: Callable[[], Reply]) -> Callable[[], Reply]:
    """Return a function that repeats `call` while the response is "busy, please try again" (429), as people do."""

    def run() -> Reply:
        for _attempt in range(MAX_ATTEMPTS):
            reply = call()
            if reply.status != BUSY:
                break
            time.sleep(PAUSE)
        return reply

    return run


def timed(call: Callable[[], Result]) -> Callable[[], tuple[Result, float]]:
    def run() -> tuple[Result, float]:
        started = time.monotonic()
        return call(), time.monotonic() - started

    return run


def percentile(seconds: Iterable[float], part: float) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
