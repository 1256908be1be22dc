"""The Atom feed of a language's events: new ones, and what changed after their publication."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.contrib.syndication.views import Feed
from django.http import Http404
from django.utils.feedgenerator import Atom1Feed
from wagtail.models import Locale, Site

from events.models import EventIndexPage, EventPage
from events.timetable.changes import change_notes
from home.layout import Layout

ENTRIES = 30
# Events whose changes are looked for: those that are not over for long.
CHANGING = 10


@dataclass(frozen=True)
class Item:
    guid: str
    title: str
    text: str
    url: str
    published_at: datetime.datetime
    updated_at: datetime.datetime


class EventsFeed(Feed):
    """The newest entries of one language. Raises Http404 while the language has no public list of events."""

    feed_type = Atom1Feed

    def get_object(self, request):
        site = Site.find_for_request(request)
        page = EventIndexPage.objects.live().public().filter(locale=Locale.get_active()).first() if site else None
        if page is None:
            raise Http404("no events in this language")
        return Layout(request, page)

    def title(self, layout):
        return f"{layout.site_name}: {layout.page.title}"

    def subtitle(self, layout):
        return layout.page.teaser_text

    def link(self, layout):
        return layout.canonical_url

    def feed_guid(self, layout):
        return layout.page.translation_key.urn

    def author_name(self, layout):
        return layout.site_name

    def items(self, layout):
        pages = list(layout.page.event_pages().order_by("-first_published_at")[:ENTRIES])
        found = [_event_item(page) for page in pages]
        for page in sorted(pages, key=lambda page: page.event.first_day, reverse=True)[:CHANGING]:
            if page.event.announcements.exists():
                found += _change_items(page)
        return sorted(found, key=lambda item: item.updated_at, reverse=True)[:ENTRIES]

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.text

    def item_link(self, item):
        return item.url

    def item_guid(self, item):
        return item.guid

    def item_pubdate(self, item):
        return item.published_at

    def item_updateddate(self, item):
        return item.updated_at


def _event_item(page: EventPage) -> Item:
    language = page.locale.language_code
    return Item(
        guid=f"{page.translation_key.urn}:{language}",
        title=page.title,
        text=page.teaser_text,
        url=page.full_url or "",
        published_at=page.first_published_at or page.last_published_at,
        updated_at=page.last_published_at or page.first_published_at,
    )


def _change_items(page: EventPage) -> list[Item]:
    language = page.locale.language_code
    return [
        Item(
            guid=f"{page.translation_key.urn}:{language}:change-{note.key}-{number}",
            title=f"{page.title}: {note.text}",
            text=note.text,
            url=f"{page.full_url}#{note.anchor or 'changes'}",
            published_at=note.changed_at,
            updated_at=note.changed_at,
        )
        for number, note in enumerate(change_notes(page, page.sessions))
    ]
