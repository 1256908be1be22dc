"""Who may do what: one table, from which `setup_site` makes groups and their permissions."""

from __future__ import annotations

from collections.abc import Callable


def set_up_groups(report: Callable[[str], None]) -> None:
    """Make the groups of the table; permissions that somebody added by hand stay."""
