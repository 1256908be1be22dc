"""What a check of the doctor finds."""

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
    """One finding: what is so, in a sentence, and what to do about it (empty if nothing is to be done)."""

    level: Level
    text: str
    remedy: str = ""


def ok(text: str) -> Result:
    return Result(Level.OK, text)


def skipped(text: str) -> Result:
    return Result(Level.SKIPPED, text)


def warning(text: str, remedy: str) -> Result:
    """Return a finding with which the site works, for now or not for everybody."""
    return Result(Level.WARNING, text, remedy)


def error(text: str, remedy: str) -> Result:
    """Return a finding with which the site does not work, loses data or is not safe."""
    return Result(Level.ERROR, text, remedy)


@dataclass(frozen=True)
class Check:
    """A function that looks at one thing. It may be called on a live site at any time, and changes nothing.

    `run` returns its findings; none means that all is well, which `fine` says. With `needs_database`, it is left out while
    the database does not respond. Texts contain no passwords and no personal data.
    """

    name: str
    run: Callable[[], Iterable[Result]]
    fine: str
    needs_database: bool = False
    needs_network: bool = False
