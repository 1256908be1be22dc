"""The date fields of forms in the admin: model forms accept only the years in `home/accepted_dates.py`."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from wagtail.admin import widgets
from wagtail.admin.forms.models import register_form_field_override

from home.accepted_dates import validate_year


def register() -> None:
    """Register the form fields in place of Wagtail's own overrides, which only set the widget."""
    for field, widget in (
        (models.DateField, widgets.AdminDateInput),
        (models.DateTimeField, widgets.AdminDateTimeInput),
    ):
        register_form_field_override(field, override={"widget": widget, "validators": [validate_year]})


class MomentInput(widgets.AdminDateTimeInput):
    """Wagtail's field for a date and time, with seconds. The screen has to include the form's media.

    Unlike the browser's own field it keeps what cannot be read, and takes dates as the account's language writes them.
    """

    def format_value(self, value: Any) -> str | None:
        """Return the value with seconds if it has any, so that saving the form does not change it."""
        if isinstance(value, datetime.datetime) and value.second:
            return value.strftime("%Y-%m-%d %H:%M:%S")
        text: str | None = super().format_value(value)
        return text
