"""Descriptions of errors for logs, without personal data."""

import traceback


def describe_error(error: BaseException) -> str:
    """Return the class of an error and the place that raised it, without its text, which may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].filename}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
