"""A flag that is set while pages are rendered for the static copy (`manage.py freeze`), in which nobody can register."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_frozen: ContextVar[bool] = ContextVar("is_frozen", default=False)


def is_frozen() -> bool:
    return _is_frozen.get()


@contextmanager
def frozen() -> Iterator[None]:
    """Set the flag in this block and thread. The caches of pages are not used meanwhile."""
    token = _is_frozen.set(True)
    try:
        yield
    finally:
        _is_frozen.reset(token)
