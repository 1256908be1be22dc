"""The preview of an import: the result for each row of a guest list. Stores nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from events.enums import Mode
from events.guest_lists.answers import QuestionColumn, question_columns
from events.guest_lists.guests import Guest, RowDefaults, read_guest
from events.models import GuestList, GuestListRow, Registration
from events.registration.addresses import email_key
from events.registration.seats import SeatCount, seat_counts

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

NEW = "new"
_O = GuestListRow.Outcome

STATES: dict[str, StrPromise] = {
    NEW: _("New"),
    _O.KNOWN.value: _("Registered already"),
    _O.DOUBLE.value: _("Twice in the file"),
    _O.WRONG.value: _("Not correct"),
    _O.FULL.value: _("No place left"),
}


@dataclass(frozen=True)
class RowPreview:
    """A row with the result of importing it. `state` is a key of `STATES`.

    If the address occurs twice, `first` is the number of the earlier row.
    """

    number: int
    guest: Guest
    state: str
    first: int = 0

    @property
    def label(self) -> StrPromise:
        return STATES[self.state]

    @property
    def css_class(self) -> str:
        """The suffix of the class `registrations-status--…`."""
        return {NEW: "good", str(_O.WRONG): "attention"}.get(self.state, "neutral")


@dataclass(frozen=True)
class Preview:
    rows: list[RowPreview] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The number of rows in each state, in the order of `STATES`. States without rows are left out."""
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in STATES if found[state]}


def preview(guest_list: GuestList) -> Preview:
    """Return each row with the result of importing it now.

    The number of queries does not depend on the number of rows.
    """
    event = guest_list.event
    questions = question_columns(event)
    seats = seat_counts(event)
    known = set(Registration.objects.active().filter(event=event).values_list("email_key", flat=True))
    first: dict[str, int] = {}
    taken: Counter[Mode] = Counter()
    found = []
    for row in guest_list.rows.all():
        guest = guest_of(guest_list, row, seats, questions)
        state = _state(guest, known, first, taken, {} if guest_list.force else seats)
        key = email_key(guest.email)
        found.append(RowPreview(row.number, guest, state, first.get(key, 0) if state == _O.DOUBLE else 0))
        if guest.applicant is not None:
            first.setdefault(key, row.number)
    return Preview(found)


def guest_of(
    guest_list: GuestList,
    row: GuestListRow,
    seats: Mapping[Mode, SeatCount],
    questions: Mapping[str, QuestionColumn],
) -> Guest:
    """Return the person of a row, read with the settings of the list."""
    defaults = RowDefaults(Mode(guest_list.mode), guest_list.language)
    return read_guest(row.cells, guest_list.columns, list(seats), defaults, questions)


def result_of(
    guest_list: GuestList,
    row: GuestListRow,
    seats: Mapping[Mode, SeatCount],
    questions: Mapping[str, QuestionColumn],
) -> Guest:
    """Return the person of an imported row.

    It has name and address of the registration if there is one, otherwise those of the list. For a row that is not
    correct it also has the problems.
    """
    if row.registration is not None:
        return Guest(row.registration.name, row.registration.email)
    guest = guest_of(guest_list, row, seats, questions)
    return guest if row.outcome == _O.WRONG else Guest(guest.name, guest.email)


def _state(
    guest: Guest, known: set[str], first: dict[str, int], taken: Counter[Mode], seats: Mapping[Mode, SeatCount]
) -> str:
    if guest.applicant is None:
        return str(_O.WRONG)
    key, mode = email_key(guest.email), guest.applicant.mode
    if key in first:
        return str(_O.DOUBLE)
    if key in known:
        return str(_O.KNOWN)
    seat = seats.get(mode)
    if seat is not None and (seat.is_full or (seat.left is not None and taken[mode] >= seat.left)):
        return str(_O.FULL)
    taken[mode] += 1
    return NEW
