"""How an audit of many pages reports: all that it found, one line each."""

from collections.abc import Iterable

import pytest

MOST_LINES = 60


def assert_none(problems: Iterable[str]) -> None:
    """Fail with the list of problems, where there are any."""
    found = sorted(set(problems))
    if found:
        more = [f"… and {len(found) - MOST_LINES} more"] if len(found) > MOST_LINES else []
        pytest.fail("\n".join([f"{len(found)} problems:", *found[:MOST_LINES], *more]), pytrace=False)
