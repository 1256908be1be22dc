"""Years near 1 and 9999 are refused in words in every form: adding days to them raises OverflowError."""

import datetime

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.forms.models import formfield_for_dbfield
from wagtail.models import Page

from events.models import Event
from home.accepted_dates import validate_year
from tests.factories.events import make_event
from tests.factories.users import admin_url, make_editor

APPS = ("home", "accounts", "events", "factsheets", "news")
# The day is looked up among the days of the event, or is text that a participant enters.
FREE = {("CheckInForm", "day"), ("DoorForm", "day"), ("DoorSearchForm", "day"), ("ScanForm", "day")}


def own_forms():
    def below(form):
        return {item for sub in form.__subclasses__() for item in {sub} | below(sub)}

    return sorted(
        (form for form in below(forms.BaseForm) if form.__module__.split(".")[0] in APPS),
        key=lambda form: form.__name__,
    )


@pytest.mark.any_database
def test_every_form_of_the_admin_limits_its_dates():
    # Imports all forms.
    from config import urls  # noqa: F401

    found = {
        (form.__name__, name): validate_year in field.validators
        for form in own_forms()
        for name, field in form.base_fields.items()
        if isinstance(field, forms.DateField | forms.DateTimeField)
    }
    assert len(found) > 5
    # Settings of registration get it when the form is made.
    assert {key for key, is_limited in found.items() if not is_limited and key[0] != "SettingsForm"} <= FREE


@pytest.mark.any_database
def test_every_date_that_editors_enter_is_limited():
    fields = [
        field
        for model in [Page, *apps.get_models()]
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.DateField) and field.editable and model._meta.app_label in {*APPS, "wagtailcore"}
    ]
    assert {"go_live_at", "first_day", "date"} <= {field.name for field in fields}
    for field in fields:
        form_field = formfield_for_dbfield(field)
        assert form_field is None or validate_year in form_field.validators, field


@pytest.mark.any_database
@pytest.mark.parametrize("year", [1, 1899, 2101, 9999])
def test_other_years_are_refused(year):
    with pytest.raises(ValidationError, match="Enter a year from 1900 to 2100"):
        validate_year(datetime.date(year, 1, 1))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_an_event_of_such_a_year_is_refused_beside_the_field(client, home_page, day):
    event = make_event()
    client.force_login(make_editor())
    response = client.post(admin_url(event, "edit"), {"first_day": day, "last_day": day})
    assert response.status_code == 200
    assert response.content.decode().count("Enter a year from 1900 to 2100.") == 2
    copied = client.post(admin_url(event, "copy"), {"title": "Copy", "first_day": day})
    assert copied.status_code in {200, 302, 422}
    assert Event.objects.get().first_day == event.first_day


def test_an_event_lasts_at_most_sixty_days():
    first = datetime.date(2030, 1, 1)
    for days, is_refused in ((59, False), (60, True)):
        event = Event(first_day=first, last_day=first + datetime.timedelta(days=days))
        if is_refused:
            with pytest.raises(ValidationError, match="at most 60 days"):
                event.clean()
        else:
            event.clean()
