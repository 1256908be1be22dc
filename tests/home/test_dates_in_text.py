"""Days that texts mention, in each language."""

import datetime

import pytest
from django.utils.formats import date_format
from django.utils.translation import override

from home.dates_in_text import mentions

pytestmark = pytest.mark.any_database

DAY = datetime.date(2026, 5, 12)  # a Tuesday


@pytest.mark.parametrize(
    ("language", "text", "weekday"),
    [
        ("en", "We meet on Tuesday, 12 May 2026 in Turku.", 1),
        ("en", "We meet on May 12, 2026.", None),
        ("en", "It starts on Wednesday 12 May 2026", 2),
        ("fi", "Tapaamme tiistaina 12. toukokuuta 2026.", 1),
        ("fi", "Tapaamme 12.5.2026", None),
        ("et", "Kohtume teisipäeval, 12. mail 2026.", 1),
        ("el", "Συναντιόμαστε την Τρίτη, 12 Μαΐου 2026.", 1),
        ("el", "ΤΕΤΑΡΤΗ 12 ΜΑΪΟΥ 2026", 2),
        ("en", "from 2026-05-12 on", None),
    ],
)
def test_a_day_is_found_with_its_weekday(language, text, weekday):
    assert [(found.day, found.weekday) for found in mentions(text, language)] == [(DAY, weekday)]


@pytest.mark.parametrize(
    "text", ["31 June 2026", "30.2.2026", "12 May", "version 1.5.2026.4 of it", "12 months 2026", ""]
)
def test_what_is_no_day_is_left_out(text):
    assert [found for found in mentions(text, "en") if found.text != "1.5.2026"] == []


@pytest.mark.parametrize("language", ["en", "fi", "et", "el"])
def test_every_month_and_weekday_is_recognised(language):
    for month in range(1, 13):
        day = datetime.date(2026, month, 7)
        with override(language):
            text = f"{date_format(day, 'l')} 7 {date_format(day, 'F')} 2026"
        assert [(found.day, found.weekday) for found in mentions(text, language)] == [(day, day.weekday())], text


@pytest.mark.parametrize("part", ["may", "may ", "1 may", "12 ", "1 may 2026 "])
def test_long_texts_end(part):
    """Names of months in a row once took a time that grew with the square of the length."""
    assert len(mentions(part * (200_000 // len(part)), "en")) in {0, 1}


def test_a_month_begins_a_word():
    assert mentions("Dismay 12, 2026", "en") == []
