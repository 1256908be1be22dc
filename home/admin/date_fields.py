"""Makes the date fields of model forms in the admin accept only the years in `home/accepted_dates.py`."""

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
