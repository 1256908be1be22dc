"""Calendar files and feeds, and the timetable as PDF.

Addresses contain the keys of events and rows, so that a new title, slug or date does not break a subscription.
"""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.calendar.entries import Entry, event_entry, row_entries
from events.models import CalendarEntry, EventIndexPage, EventPage
from events.presentation.programme_pdf import programme_pdf
from home.expiry import unexpired
from home.layout import Layout
from home.links import public_page_url, public_url
from home.slugs import transliterate

CALENDAR_TYPE = "text/calendar; charset=utf-8"


def _language() -> str:
    return get_language() or ""


def _pages() -> QuerySet[EventPage]:
    return EventPage.objects.live().public().filter(unexpired(), locale__language_code=_language(), alias_of=None)


def _page(key: uuid.UUID) -> EventPage:
    """Return the event's public page in the language of the address. Raises Http404 if there is none."""
    page = _pages().select_related("event__registration_settings", "locale").filter(event__key=key).first()
    if page is None:
        raise Http404("no such event in this language")
    return page


def _site_name(request: HttpRequest) -> str:
    return Layout(request).site_name


def _source_url(request: HttpRequest) -> str:
    return public_url(request.path)


def _calendar_file(
    request: HttpRequest,
    entries: list[Entry],
    *,
    name: str,
    uid: str,
    file_name: str,
    url: str,
    description: str = "",
) -> HttpResponse:
    from events.calendar import ics  # noqa: PLC0415  (memory: most processes make no calendar file)

    content = ics.calendar(
        entries,
        name=name,
        language=_language(),
        uid=uid,
        source_url=_source_url(request),
        url=url,
        description=description,
    )
    return _inline_file(content, CALENDAR_TYPE, f"{slugify(transliterate(file_name)) or 'calendar'}.ics")


def _inline_file(content: bytes, content_type: str, file_name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=False, filename=file_name) or "inline"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})


@require_safe
def all_events(request: HttpRequest) -> HttpResponse:
    """Return the calendar of a language with all events, including cancelled and past ones."""
    lists = EventIndexPage.objects.live().public().filter(unexpired())
    index = lists.filter(locale__language_code=_language()).first()
    if index is None:
        raise Http404("no events in this language")
    pages = index.listed_pages().defer("report").order_by("event__first_day", "event__pk")
    found = CalendarEntry.objects.filter(is_row=False, event__in=pages.order_by().values("event"))
    entries = {entry.event_id: entry for entry in found.only("event", "sequence", "modified_at")}
    return _calendar_file(
        request,
        [event_entry(page, entries[page.event_id], request) for page in pages if page.event_id in entries],
        name=_("%(site)s: events") % {"site": _site_name(request)},
        uid=f"{index.translation_key}-{_language()}",
        file_name=f"{_site_name(request)}-events",
        description=index.teaser_text,
        url=public_page_url(index),
    )


@require_safe
def event(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Return the calendar entry of an event."""
    page = _page(key)
    entry = CalendarEntry.objects.filter(key=page.event.key).first()
    if entry is None:
        raise Http404("the event was not announced yet")
    return _calendar_file(
        request,
        [event_entry(page, entry)],
        name=page.title,
        uid=f"{page.event.key}-event-{_language()}",
        file_name=page.slug,
        url=public_page_url(page),
    )


@require_safe
def timetable(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Return the calendar of an event's timetable."""
    page = _page(key)
    entries = row_entries(page, page.event.calendar_entries.all(), timezone.now())
    if not entries:
        raise Http404("the event has no timetable")
    return _calendar_file(
        request,
        entries,
        name=_("%(title)s: timetable") % {"title": page.title},
        uid=f"{page.event.key}-timetable-{_language()}",
        file_name=f"{page.slug}-timetable",
        url=public_page_url(page),
    )


@require_safe
def row(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Return the calendar entry of one row. It still exists for some time after the row was removed."""
    known = CalendarEntry.objects.filter(key=key, is_row=True).select_related("event").first()
    page = _page(known.event.key) if known else None
    entries = row_entries(page, [known], timezone.now()) if known and page else []
    if not entries:
        raise Http404("no such row")
    return _calendar_file(
        request,
        entries,
        name=entries[0].summary,
        uid=f"{key}-row-{_language()}",
        file_name=entries[0].summary,
        url=entries[0].url,
    )


@require_safe
def programme(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Return the timetable as PDF in the language of the address."""
    page = _page(key)
    content = programme_pdf(page, Layout(request, page))
    return _inline_file(content, "application/pdf", f"{page.slug}-{_language()}.pdf")
