"""The dates that forms accept. Others are mistakes, and Python cannot calculate with dates near the years 1 and 9999."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100


def validate_year(value: datetime.date) -> None:
    """Raise ValidationError for a date or time outside the accepted years."""
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise ValidationError(
            _("Enter a year from %(first)s to %(last)s.") % {"first": EARLIEST_YEAR, "last": LATEST_YEAR}, code="year"
        )
