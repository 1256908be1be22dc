"""Dates and times in the format of each language."""

import datetime

import pytest
from django.utils.formats import date_format
from django.utils.translation import override

from events.dates import format_short_day

pytestmark = pytest.mark.any_database

AFTERNOON = datetime.datetime(2026, 11, 2, 15, 5, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("language", "day"), [("en", "2\u00a0Nov"), ("fi", "2.11."), ("et", "02.11."), ("el", "02/11")]
)
def test_a_day_without_its_year(language, day):
    with override(language):
        assert format_short_day(AFTERNOON.date()) == day


@pytest.mark.parametrize("form", ["DATETIME_FORMAT", "SHORT_DATETIME_FORMAT", "TIME_FORMAT"])
@pytest.mark.parametrize("language", ["en", "fi", "et", "el"])
def test_every_language_uses_the_24_hour_clock(language, form):
    with override(language):
        text = date_format(AFTERNOON, form)
    assert text.endswith(("15:05", "15.05"))
