"""Name badges: the participants who get one, which are those with a place on site. A badge has the ticket code."""

from __future__ import annotations

from events.enums import Mode
from events.models import Event, Registration
from events.registration import access, tickets
from events.registration.access import Visitor
from events.registration.queries import Filters, filtered_registrations
from events.states import ADMITTED
from home.collation import sort_key


def gets_badge(registration: Registration) -> bool:
    return (
        registration.status in ADMITTED
        and registration.anonymised_at is None
        and registration.effective_mode == Mode.ON_SITE
    )


def people_with_badge(event: Event, filters: Filters, chosen: list[int] | None = None) -> list[Registration]:
    """Return the participants who get a badge, sorted by family name in the order of the active language.

    These are the participants that match the filters. With `chosen`, they are those with these primary keys, whatever
    the filters are. One query, and those of the filters.
    """
    if not event.is_on_site:
        return []
    found = filtered_registrations(event, filters if chosen is None else Filters())
    if chosen is not None:
        found = found.filter(pk__in=chosen)
    people = found.filter(status__in=ADMITTED, mode=Mode.ON_SITE).order_by()
    rows = people.only("name", "given_name", "family_name", "organisation")
    return sorted(rows, key=lambda person: (sort_key(person.sort_name), person.pk))


def recorded_codes(
    event: Event, user: Visitor, people: list[Registration], filters: Filters, sheet: str, *, is_choice: bool
) -> dict[int, str]:
    """Return the ticket codes of `people` for their badges by primary key, and log that the user gets them.

    Missing codes are made. If the user has chosen single registrations, only their number is logged.
    """
    detail: dict[str, object] = {"rows": len(people), "sheet": sheet}
    detail |= {"is_choice": True} if is_choice else {"filters": filters.as_detail()}
    access.log(event, user, "name_badges", detail)
    codes = tickets.make_missing(event)
    return {person.pk: codes[person.pk] for person in people if person.pk in codes}
