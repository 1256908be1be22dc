"""Dates and times in each language, the same in all templates and PDFs."""

import datetime
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.formats import date_format, time_format
from django.utils.translation import override

from home.admin.date_fields import MomentInput
from tests.html import soup

pytestmark = pytest.mark.any_database

MOMENT = datetime.datetime(2026, 2, 3, 9, 5, tzinfo=datetime.UTC)
NAMES = ("DATE_FORMAT", "DATETIME_FORMAT", "SHORT_DATE_FORMAT", "SHORT_DATETIME_FORMAT", "MONTH_DAY_FORMAT")
# Machine-readable formats and parts of dates.
OTHER_FORMATS = {"c", "Y-m-d", "Y-m", "m", "j", "M", "Y", "D", "l", " N"}
TEMPLATES = sorted(
    path
    for folder in ("site/templates", "home", "site/accounts", "news", "events", "factsheets")
    for path in (settings.BASE_DIR / folder).rglob("*.html")
)


@pytest.mark.parametrize(
    ("language", "texts", "time"),
    [
        ("en", ["3 February 2026", "3 February 2026, 09:05", "3 Feb 2026", "3 Feb 2026, 09:05", "3 February"], "09:05"),
        (
            "fi",
            ["3. helmikuuta 2026", "3. helmikuuta 2026 klo 9.05", "3.2.2026", "3.2.2026 klo 9.05", "3. helmikuuta"],
            "9.05",
        ),
        (
            "et",
            ["3. veebruar 2026", "3. veebruar 2026, 9.05", "03.02.2026", "03.02.2026, 9.05", "3. veebruar"],
            "9.05",
        ),
        (
            "el",
            ["3 Φεβρουαρίου 2026", "3 Φεβρουαρίου 2026, 09:05", "03/02/2026", "03/02/2026, 09:05", "3 Φεβρουαρίου"],
            "09:05",
        ),
    ],
)
def test_dates_and_times_of_each_language(language, texts, time):
    with override(language):
        assert [date_format(MOMENT, name).replace("\u00a0", " ") for name in NAMES] == texts
        assert time_format(MOMENT.time()) == time


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_dates_contain_no_breaking_spaces(language):
    with override(language):
        for name in ("DATE_FORMAT", "SHORT_DATE_FORMAT", "MONTH_DAY_FORMAT", "YEAR_MONTH_FORMAT"):
            assert " " not in date_format(MOMENT, name)
        # A breaking space may stand only between date and time.
        assert date_format(MOMENT, "DATETIME_FORMAT").count(" ") == 1


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_templates_use_the_formats_of_the_language(path: Path):
    used = set(re.findall(r'\|(?:date|time):"([^"]*)"', path.read_text(encoding="utf-8")))
    assert {name for name in used if not name.endswith("_FORMAT")} <= OTHER_FORMATS


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("text", ["10.3.2027", "10.03.2027", "10/03/2027", "2027-03-10"])
def test_typed_date_has_the_day_first(language, text):
    with override(language):
        assert forms.DateField().clean(text) == datetime.date(2027, 3, 10)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("text", ["9.30", "09:30", "9:30", "09:30:00"])
def test_typed_time_has_a_point_or_a_colon(language, text):
    with override(language):
        assert forms.TimeField().clean(text) == datetime.time(9, 30)
        moment = forms.DateTimeField().clean(f"10.3.2027 {text}")
        assert (moment.date(), moment.time()) == (datetime.date(2027, 3, 10), datetime.time(9, 30))


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize(
    ("field", "text"),
    [
        (forms.DateField, "3/13/2027"),
        (forms.DateField, "10.3.27"),
        (forms.DateField, "tomorrow"),
        (forms.TimeField, "930"),
        (forms.TimeField, "25:00"),
    ],
)
def test_other_dates_and_times_are_refused(language, field, text):
    with override(language), pytest.raises(ValidationError):
        field().clean(text)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_a_moment_is_a_text_field_that_keeps_what_cannot_be_read(language):
    """The browser's own field would send nothing for it, and the form would save that."""

    class MomentForm(forms.Form):
        moment = forms.DateTimeField(required=False, widget=MomentInput())

    with override(language):
        field = soup(str(MomentForm({"moment": "1.2.2027 930"})["moment"])).input
        assert (field["type"], field["value"]) == ("text", "1.2.2027 930")
        assert field["data-calendar"] == "DateTime"
        shown = MOMENT.replace(second=5)
        assert MomentInput().format_value(shown) == "2026-02-03 09:05:05"
        assert MomentInput().format_value(shown.replace(second=0)) == "2026-02-03 09:05"
