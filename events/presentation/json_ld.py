"""Structured data of an event for search engines (schema.org Event)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from events import timezones
from events.enums import Attendance, EventStatus
from events.presentation.page import registration_state
from events.registration.availability import RegistrationAvailability
from events.timetable.schedule import Session

if TYPE_CHECKING:
    from events.models import EventPage
    from home.layout import Layout

ATTENDANCE = {
    Attendance.ON_SITE: "https://schema.org/OfflineEventAttendanceMode",
    Attendance.ONLINE: "https://schema.org/OnlineEventAttendanceMode",
    Attendance.HYBRID: "https://schema.org/MixedEventAttendanceMode",
}
STATUS = {
    EventStatus.SCHEDULED: "https://schema.org/EventScheduled",
    EventStatus.MOVED_ONLINE: "https://schema.org/EventMovedOnline",
    EventStatus.RESCHEDULED: "https://schema.org/EventRescheduled",
    EventStatus.POSTPONED: "https://schema.org/EventPostponed",
    EventStatus.CANCELLED: "https://schema.org/EventCancelled",
}
Node = dict[str, Any]


def event_nodes(page: EventPage, layout: Layout) -> list[Node]:
    """Return the event with its sessions. A cancelled or postponed event keeps its date."""
    event = page.event
    identity = f"{layout.canonical_url}#event"
    zone = timezones.zone_info(event.zone)
    starts = event.starts_at.astimezone(zone).isoformat() if event.has_hours and event.starts_at else event.first_day
    ends = event.known_until.astimezone(zone).isoformat() if event.has_hours and event.known_until else event.last_day
    location = _location(page, layout)
    organisers = [{"@type": "Organization", "name": item.name, "url": item.website or None} for item in page.organisers]
    node: Node = {
        "@type": "Event",
        "@id": identity,
        "name": page.title,
        "description": page.teaser_text,
        "startDate": starts,
        "endDate": ends,
        "eventStatus": STATUS[EventStatus(event.status)],
        "eventAttendanceMode": ATTENDANCE[event.mode],
        "location": location,
        "organizer": [_full(item) for item in organisers] or {"@id": layout.project_id},
        "image": layout.images,
        "inLanguage": event.languages_spoken or layout.language_code,
        "url": layout.canonical_url,
        "isAccessibleForFree": True,
        "offers": _offers(page, layout),
        "funding": {"@id": layout.grant_id} if layout.grant_id else None,
    }
    if event.status == EventStatus.RESCHEDULED and event.previous_first_day:
        node["previousStartDate"] = event.previous_first_day
    sessions = [session for session in page.sessions if not session.is_break and not session.is_cancelled]
    node["performer"] = _performers(sessions)
    node["subEvent"] = [_session(session, page, layout, location) for session in sessions]
    return [_full(node)]


def _full(node: Node) -> Node:
    return {key: value for key, value in node.items() if value not in (None, "", [], {})}


def _location(page: EventPage, layout: Layout) -> list[Node]:
    """Return the locations. The online location is the page itself, because the joining link is never public."""
    event = page.event
    places: list[Node] = []
    if event.is_on_site:
        address = _full(
            {
                "streetAddress": event.venue_address,
                "postalCode": event.venue_postcode,
                "addressLocality": event.venue_town,
                "addressCountry": event.venue_country.code,
            }
        )
        # Without a venue the location is left out: neither the town nor the title is the name of a location.
        if event.venue_name or address:
            place: Node = {"@type": "Place", "name": event.venue_name}
            place["address"] = {"@type": "PostalAddress", **address} if address else None
            places.append(_full(place))
    if event.is_online:
        places.append({"@type": "VirtualLocation", "url": layout.canonical_url})
    return places


AVAILABILITY = {
    RegistrationAvailability.OPEN: "https://schema.org/InStock",
    RegistrationAvailability.FULL: "https://schema.org/SoldOut",
    RegistrationAvailability.NOT_YET: "https://schema.org/PreOrder",
    RegistrationAvailability.CLOSED: "https://schema.org/OutOfStock",
}


def _offers(page: EventPage, layout: Layout) -> Node | None:
    """Return the offer of a place, with the address of the form or of another site. Registration is free of charge."""
    event = page.event
    if event.is_over(timezone.now()) or event.status in {EventStatus.CANCELLED, EventStatus.POSTPONED}:
        return None
    offer: Node = {"@type": "Offer", "price": 0, "priceCurrency": "EUR"}
    if event.registration_url:
        return {**offer, "url": event.registration_url}
    state = registration_state(page)
    if state.settings is None or state.availability not in AVAILABILITY:
        return None
    opens, ends = state.settings.opens_at, state.settings.registration_ends_at
    return _full(
        {
            **offer,
            "url": layout.absolute(page.register_path(layout.request)),
            "availability": AVAILABILITY[state.availability],
            "validFrom": opens.isoformat() if opens else None,
            "validThrough": ends.isoformat() if ends else None,
        }
    )


def _performers(sessions: list[Session]) -> list[Node]:
    people = {person.name: person for session in sessions for person in (*session.chairs, *session.speakers)}
    return [{"@type": "Person", "name": name} for name in people]


def _session(session: Session, page: EventPage, layout: Layout, location: list[Node]) -> Node:
    return _full(
        {
            "@type": "Event",
            "@id": f"{layout.canonical_url}#{session.anchor}",
            "name": session.title,
            "description": session.abstract,
            "startDate": session.starts_at.isoformat(),
            "endDate": session.ends_at.isoformat() if session.ends_at else None,
            "eventStatus": STATUS[EventStatus(page.event.status)],
            "eventAttendanceMode": ATTENDANCE[page.event.mode],
            "location": location,
            "performer": _performers([session]),
            "inLanguage": session.language,
            "url": f"{layout.canonical_url}#{session.anchor}",
            "superEvent": {"@id": f"{layout.canonical_url}#event"},
        }
    )
