"""Events, pages and timetables for tests, made as the site itself makes them."""

import datetime

from django.test import TestCase
from wagtail.models import Locale, Page

from events.models import Event, EventIndexPage, EventPage, TimetableRow
from tests.factories import reload
from tests.factories.translations import TARGETS, make_translations

DAY = datetime.date(2030, 5, 16)


def time(text: str) -> datetime.time | None:
    return datetime.time.fromisoformat(text) if text else None


def commit():
    """Run the callbacks of `transaction.on_commit` at the end of the block, as after a request."""
    return TestCase.captureOnCommitCallbacks(execute=True)


def make_event(**fields) -> Event:
    values = {"first_day": DAY, "zone": "Europe/Helsinki", "venue_town": "Turku", "venue_country": "FI"} | fields
    with commit():
        return Event.objects.create(**values)


def make_index(home_page) -> EventIndexPage:
    found = EventIndexPage.objects.child_of(home_page).first()
    return found or home_page.add_child(
        instance=EventIndexPage(title="Events", slug="events", locale=home_page.locale, show_in_menus=True)
    )


def row(start: str, title: str, end: str = "", **values) -> TimetableRow:
    return TimetableRow(start=time(start), end=time(end), title=title, **values)


def make_page(
    home_page, *rows: TimetableRow, title: str = "Forum", slug: str = "forum", live=True, **fields
) -> EventPage:
    """Make an event with its page in the source language, published with these rows."""
    event = fields.pop("event", None) or make_event(**fields)
    page = EventPage(title=title, slug=slug, event=event, locale=home_page.locale, live=False)
    make_index(home_page).add_child(instance=page)
    for number, item in enumerate(rows):
        item.locale, item.sort_order = home_page.locale, number
    page.timetable_rows.set(rows)
    revision = page.save_revision()
    if live:
        with commit():
            revision.publish()
    return reload(page)


def publish(page, rows=None, **values):
    """Reload a page, change it, publish it and return it. `rows` replace the timetable of an event page."""
    page = reload(page)
    for name, value in values.items():
        setattr(page, name, value)
    if rows is not None:
        for number, item in enumerate(rows):
            item.locale, item.sort_order = page.locale, number
        page.timetable_rows.set(rows)
    with commit():
        page.save_revision().publish()
    return reload(page)


def rows_of(page: EventPage) -> list[TimetableRow]:
    return list(reload(page).timetable_rows.all())


def translate_all(*pages, codes=TARGETS) -> None:
    """Translate pages into these languages, and publish them.

    Each page has its own transaction: wagtail-localize publishes a translation after the commit, as it was when saved,
    and would overwrite the number of children if a page had been added below it meanwhile.
    """
    for page in pages:
        make_translations(page, codes)


def in_language(instance, code: str):
    """Return the translation of a page or row."""
    translation = instance.get_translation(Locale.objects.get(language_code=code))
    return translation.specific if isinstance(translation, Page) else translation


def change_event(event: Event, **fields) -> Event:
    event = Event.objects.get(pk=event.pk)
    for name, value in fields.items():
        setattr(event, name, value)
    with commit():
        event.save()
    return Event.objects.get(pk=event.pk)
