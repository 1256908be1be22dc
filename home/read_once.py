"""Values that a response reads from a cache once, however many of its parts ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

Value = TypeVar("Value")
_values: ContextVar[dict[str, object] | None] = ContextVar("values_of_a_response", default=None)


@contextmanager
def for_one_response() -> Iterator[None]:
    """Keep the values that the block reads. Outside of such a block, nothing is kept."""
    token = _values.set({})
    try:
        yield
    finally:
        _values.reset(token)


def read_once(name: str, read: Callable[[], Value]) -> Value:
    """Return `read()`, called once for a response."""
    values = _values.get()
    if values is None:
        return read()
    if name not in values:
        values[name] = read()
    return cast("Value", values[name])


def forget(name: str) -> None:
    """Read a value again: it has changed."""
    values = _values.get()
    if values is not None:
        values.pop(name, None)
