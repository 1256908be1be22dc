"""Keeps values that several parts of a response need, so that they are read from the cache only once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

Value = TypeVar("Value")
_values: ContextVar[dict[str, object] | None] = ContextVar("values_of_a_response", default=None)


@contextmanager
def for_one_response() -> Iterator[None]:
    """Keep the values read in this block until it ends. Outside of such a block, no values are kept."""
    token = _values.set({})
    try:
        yield
    finally:
        _values.reset(token)


def read_once(name: str, read: Callable[[], Value]) -> Value:
    """Return the result of `read()`. In a block of `for_one_response`, `read` is called once for each name."""
    values = _values.get()
    if values is None:
        return read()
    if name not in values:
        values[name] = read()
    return cast("Value", values[name])


def forget(name: str) -> None:
    """Forget a value that has changed, so that it is read again."""
    values = _values.get()
    if values is not None:
        values.pop(name, None)
