"""Reports the problems of many pages, one line each."""

from collections.abc import Iterable

import pytest

MAX_LINES = 60


def assert_none(problems: Iterable[str]) -> None:
    """Fail with the list of problems if there are any."""
    found = sorted(set(problems))
    if found:
        more = [f"… and {len(found) - MAX_LINES} more"] if len(found) > MAX_LINES else []
        pytest.fail("\n".join([f"{len(found)} problems:", *found[:MAX_LINES], *more]), pytrace=False)
