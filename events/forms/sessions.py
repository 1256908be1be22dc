"""The choice of sessions: one question for each start time, answered with one of the sessions or none."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.formats import time_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.dates import format_day
from events.enums import Mode
from events.registration.chosen_sessions import Slot, clashes, slots
from events.registration.labels import seats_label
from events.registration.seats import SeatCount
from events.registration.sessions import SessionDetail
from home.public_forms import PublicForm

PREFIX = "session_"


@dataclass(frozen=True)
class SessionChoices:
    """The sessions that a form offers, with the places on site in each, and the sessions that are already chosen.

    `waits` has the keys of the chosen sessions for which the participant is on the waiting list. `text` returns the
    text about the places of a session. `names_days` is true if the event has several days.
    """

    sessions: Sequence[SessionDetail] = ()
    counts: Mapping[int, SeatCount] = field(default_factory=dict)
    chosen: Collection[uuid.UUID] = frozenset()
    waits: Collection[uuid.UUID] = frozenset()
    text: Callable[[int, SeatCount], str] = lambda _pk, count: seats_label(count)
    names_days: bool = False


NO_SESSIONS = SessionChoices()


@dataclass(frozen=True)
class SessionOption:
    """A session as one option of the form. If `session` is None, the option means no session at that time."""

    id: str
    value: str
    is_checked: bool
    session: SessionDetail | None = None
    # The text about the places on site; empty if their number is not limited.
    note: str = ""

    @property
    def facts(self) -> str:
        """When the session ends and where it takes place."""
        if self.session is None:
            return ""
        end = self.session.ends_at
        until = gettext("until %(time)s") % {"time": time_format(end)} if end else ""
        return ", ".join(filter(None, [until, self.session.place]))


@dataclass(frozen=True)
class SlotField:
    """The sessions that begin at one time, with the field for the choice."""

    slot: Slot
    field: BoundField
    options: list[SessionOption]
    # Empty if the event is on one day.
    day: str

    @property
    def time(self) -> str:
        return time_format(self.slot.starts_at)


def slot_name(slot: Slot) -> str:
    return f"{PREFIX}{slot.starts_at:%Y%m%d_%H%M}"


class SessionsMixin(PublicForm):
    """A form in which participants choose sessions. It has no such fields if the event has no sessions to choose."""

    session_choices = NO_SESSIONS
    asks_mode = False

    def add_sessions(self, choices: SessionChoices, *, asks_mode: bool = False) -> None:
        """Add a field for each start time. `asks_mode` is true if the form also asks how the participant attends."""
        self.session_choices, self.asks_mode = choices, asks_mode
        for slot in slots(choices.sessions):
            chosen = [str(session.key) for session in slot.sessions if session.key in choices.chosen]
            self.fields[slot_name(slot)] = forms.ChoiceField(
                label=time_format(slot.starts_at),
                required=False,
                choices=[("", _("None of these")), *((str(item.key), item.title) for item in slot.sessions)],
                widget=forms.RadioSelect,
                initial=chosen[0] if chosen else "",
                error_messages={"invalid_choice": _("Choose one of these sessions, or none.")},
            )

    def count_sessions(self, counts: Mapping[int, SeatCount]) -> None:
        """Store the numbers of places, which the form shows beside the sessions."""
        self.session_choices = replace(self.session_choices, counts=counts)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        names = {slot_name(slot) for slot in slots(self.session_choices.sessions)}
        if any(name.startswith(PREFIX) and value and name not in names for name, value in self.data.items()):
            self.add_error(None, ValidationError(sessions_changed_message(), code="sessions_changed"))
        for first, second in clashes(self._chosen()):
            self.add_error(self._name_of(second), ValidationError(_clash_message(first, second), code="clash"))
        return found

    def _chosen(self) -> list[SessionDetail]:
        keys = {self.cleaned_data.get(slot_name(slot)) for slot in slots(self.session_choices.sessions)}
        return [session for session in self.session_choices.sessions if str(session.key) in keys]

    def _name_of(self, session: SessionDetail) -> str:
        return slot_name(Slot(session.starts_at, []))

    def chosen_sessions(self) -> set[uuid.UUID]:
        """Return the keys of the chosen sessions."""
        return {session.key for session in self._chosen()}

    # For the templates

    @property
    def slot_fields(self) -> list[SlotField]:
        found: list[SlotField] = []
        for slot in slots(self.session_choices.sessions):
            bound = self[slot_name(slot)]
            value = str(bound.value() or "")
            options = [
                SessionOption(
                    f"{bound.auto_id}_{number}",
                    str(session.key),
                    str(session.key) == value,
                    session,
                    self._note(session),
                )
                for number, session in enumerate(slot.sessions)
            ]
            known = any(option.is_checked for option in options)
            options.append(SessionOption(f"{bound.auto_id}_none", "", not known))
            day = format_day(slot.starts_at.date()) if self.session_choices.names_days else ""
            found.append(SlotField(slot, bound, options, day))
        return found

    def _note(self, session: SessionDetail) -> str:
        count = self.session_choices.counts.get(session.pk)
        if session.key in self.session_choices.waits:
            return gettext("You are on the waiting list.")
        if session.key in self.session_choices.chosen:
            return gettext("You have a place.")
        if count is None or count.capacity is None:
            return ""
        text = self.session_choices.text(session.pk, count)
        return gettext("On site: %(places)s") % {"places": text} if self.asks_mode else text

    def session_order(self) -> list[str]:
        return [slot_name(slot) for slot in slots(self.session_choices.sessions)]


class SessionsForm(SessionsMixin):
    """The choice of sessions as a separate form, for the personal page and for staff."""

    def __init__(self, data: Any = None, *, choices: SessionChoices, mode: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if mode == Mode.ONLINE:
            choices = replace(choices, counts={}, waits=frozenset())
        self.add_sessions(choices)

    def page_order(self) -> list[str]:
        return self.session_order()


def sessions_changed_message() -> str:
    return gettext("The sessions have changed. Check your choice and send the form again.")


def _clash_message(first: SessionDetail, second: SessionDetail) -> str:
    values = {"second": second.title, "first": first.title}
    if first.ends_at is None:
        return gettext("“%(second)s” is at the same time as “%(first)s”. Choose one of them.") % values
    values |= {"end": time_format(first.ends_at)}
    return gettext("“%(second)s” begins before “%(first)s” ends at %(end)s. Choose one of them.") % values
