"""The results of the checks of the doctor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    SKIPPED = "skipped"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Result:
    """One finding: a sentence about the state, and a remedy (empty if nothing has to be done)."""

    level: Level
    text: str
    remedy: str = ""


def ok(text: str) -> Result:
    return Result(Level.OK, text)


def skipped(text: str) -> Result:
    return Result(Level.SKIPPED, text)


def warning(text: str, remedy: str) -> Result:
    """Return a finding for a problem with which the site still works, but perhaps not for long or not for everyone."""
    return Result(Level.WARNING, text, remedy)


def error(text: str, remedy: str) -> Result:
    """Return a finding for a problem with which the site does not work, loses data or is not secure."""
    return Result(Level.ERROR, text, remedy)


@dataclass(frozen=True)
class Check:
    """A check of one thing. It can run on a live site at any time, and changes nothing.

    `run` yields findings. If there are none, all is well, and `fine` is shown. A check is skipped if it has `needs_database`
    and the database does not respond, or `needs_network` and the doctor runs offline. Texts contain no passwords and no
    personal data.
    """

    name: str
    run: Callable[[], Iterable[Result]]
    fine: str
    needs_database: bool = False
    needs_network: bool = False


def count_of(number: int, noun: str) -> str:
    """Return a number and the noun that it counts, such as "1 error" or "2 errors"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
