"""Whether pages are rendered for the static copy of the site (`manage.py freeze`), in which nobody can register."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_frozen: ContextVar[bool] = ContextVar("is_frozen", default=False)


def is_frozen() -> bool:
    return _is_frozen.get()


@contextmanager
def frozen() -> Iterator[None]:
    """Render the pages that are requested in this block, in this thread, for the static copy. No cache is used."""
    token = _is_frozen.set(True)
    try:
        yield
    finally:
        _is_frozen.reset(token)
