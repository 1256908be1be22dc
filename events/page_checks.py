"""A check of event pages: dates in their texts that are not days of the event."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.models import Page

from events.models import EventPage
from home.dates_in_text import mentions
from home.page_checks import Finding
from home.page_content import Content


def check_event_page(page: Page, content: Content) -> list[Finding]:
    if not isinstance(page, EventPage) or page.event_id is None:
        return []
    return [*_days(page, content)]


def _days(page: EventPage, content: Content) -> Iterator[Finding]:
    """Yield dates with a wrong weekday, and dates that are not days of the event, which may be correct."""
    for mention in mentions(f"{page.title}\n{page.lead}\n{content.text}", page.locale.language_code):
        values = {"text": mention.text, "day": date_format(mention.day, "DATE_FORMAT")}
        if mention.weekday is not None and mention.weekday != mention.day.weekday():
            values |= {"said": WEEKDAYS[mention.weekday], "weekday": WEEKDAYS[mention.day.weekday()]}
            text = _("The text says %(said)s, but %(day)s is a %(weekday)s.")
            yield Finding(text % values, is_fault=True)
        if not page.event.first_day <= mention.day <= page.event.last_day:
            yield Finding(_("The text mentions %(text)s, which is not a day of the event. Is it right?") % values)
