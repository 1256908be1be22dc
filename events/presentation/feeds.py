"""The Atom feed of a language: new events, and changes of published ones."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from events.models import EventIndexPage, EventPage
from events.timetable.changes import change_notes
from home.seo.feeds import ENTRIES, SectionFeed, as_html, entry_id, printable

# The number of events whose changes are listed. These are the events with the latest changes.
EVENTS_WITH_CHANGES = 10


@dataclass(frozen=True)
class Item:
    guid: str
    title: str
    text: str
    url: str
    published_at: datetime.datetime
    updated_at: datetime.datetime


class EventsFeed(SectionFeed):
    """The newest entries of one language."""

    index_model = EventIndexPage

    def items(self, layout):
        pages = list(layout.page.event_pages().order_by("-first_published_at")[:ENTRIES])
        found = [_event_item(page) for page in pages]
        for page in sorted(pages, key=lambda page: page.event.first_day, reverse=True)[:EVENTS_WITH_CHANGES]:
            if page.event.announcements.exists():
                found += _change_items(page)
        return sorted(found, key=lambda item: item.updated_at, reverse=True)[:ENTRIES]

    def item_title(self, item):
        return printable(item.title)

    def item_description(self, item):
        return as_html(item.text)

    def item_link(self, item):
        return item.url

    def item_guid(self, item):
        return item.guid

    def item_pubdate(self, item):
        return item.published_at

    def item_updateddate(self, item):
        return item.updated_at


def _event_item(page: EventPage) -> Item:
    return Item(
        guid=entry_id(page),
        title=page.title,
        text=page.teaser_text,
        url=page.full_url or "",
        published_at=page.first_published_at or page.last_published_at,
        updated_at=page.last_published_at or page.first_published_at,
    )


def _change_items(page: EventPage) -> list[Item]:
    return [
        Item(
            guid=entry_id(page, f"change-{note.key}"),
            title=f"{page.title}: {note.text}",
            text=note.text,
            url=f"{page.full_url}#{note.anchor or 'changes'}",
            published_at=note.changed_at,
            updated_at=note.changed_at,
        )
        for note in change_notes(page, page.sessions)
    ]
