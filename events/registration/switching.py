"""Computes the consequences of a change of the attendance mode, so that a page can show them before the change."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from events.enums import ConsentPurpose, Mode
from events.models import Answer, Registration, SensitiveAnswer
from events.registration.agreements import current_agreements
from events.registration.chosen_sessions import ChosenSession, seats_of
from events.registration.consents import current_consents
from events.registration.detail import people_ahead
from events.registration.questions import FormQuestion, modes_of_questions
from events.registration.seats import seat_counts, session_counts, settings_of
from events.registration.waiting_list import is_promoting
from events.states import HOLDS_SEAT, RegistrationStatus


@dataclass(frozen=True)
class SwitchEffects:
    """The consequences of changing a registration to the attendance mode `after`."""

    before: Mode
    after: Mode
    # Whether no place is free, and whether the participant can join a waiting list.
    is_full: bool
    can_wait: bool
    # The position on the present waiting list, which is lost; 0 if there is none.
    queue_position: int
    # Whether a place is given up, and whether others may take it before the participant can return to it.
    frees_place: bool
    may_lose_place: bool
    # Whether the organisers have to approve the registration.
    needs_approval: bool
    # The questions whose answers are kept but not used in the new mode.
    kept_answers: list[str]
    kept_sensitive_count: int
    # The questions of the new mode that are not answered.
    new_questions: list[str]
    keeps_photo_consent: bool
    # Sessions in which the place on site is given up, and sessions whose places on site are full.
    sessions_given_up: list[str]
    sessions_to_wait_for: list[str]
    # True if the form has no sensitive questions in the new mode, so that the consent to such answers is no longer
    # needed.
    may_withdraw_sensitive: bool

    @property
    def cannot_be_undone(self) -> bool:
        """Whether something is lost that the participant may not get back."""
        return (
            bool(self.queue_position or self.sessions_given_up or self.sessions_to_wait_for)
            or self.may_lose_place
            or self.is_full
        )

    @property
    def needs_confirmation(self) -> bool:
        return self.cannot_be_undone or self.may_withdraw_sensitive


def effects_of(
    registration: Registration, mode: Mode, questions: Sequence[FormQuestion], now: datetime.datetime
) -> SwitchEffects:
    """Return what `commands.switch_mode` would change now. `questions` are the questions of the form. Writes nothing."""
    event = registration.event
    seats = seat_counts(event)
    old, new = seats.get(Mode(registration.mode)), seats.get(mode)
    is_full = new is None or new.is_full
    frees_place = registration.status in HOLDS_SEAT
    settings = settings_of(event)
    plain = dict(Answer.objects.filter(registration=registration).values_list("question_key", "label"))
    sensitive = set(SensitiveAnswer.objects.filter(registration=registration).values_list("question_key", flat=True))
    other = {key for key, only in modes_of_questions(event.pk).items() if only != mode}
    applicable = [question for question in questions if question.applies_to(mode)]
    latest = current_consents(registration)
    consents = {purpose for purpose, row in latest.items() if row.is_given and row.withdrawn_at is None}
    chosen = seats_of(registration, get_language() or "")
    given_up, to_wait_for = _sessions_affected(registration, chosen, mode)
    answered = {*plain, *sensitive, *current_agreements(registration)}
    return SwitchEffects(
        before=Mode(registration.mode),
        after=mode,
        is_full=is_full,
        can_wait=new is not None and new.has_waiting_list and is_promoting(event, now),
        queue_position=people_ahead(registration) + 1 if registration.status == RegistrationStatus.WAITING else 0,
        frees_place=frees_place,
        may_lose_place=frees_place and (old is None or old.waiting > 0 or not old.has_seat),
        needs_approval=bool(
            settings and settings.needs_approval and registration.status != RegistrationStatus.CONFIRMED
        ),
        kept_answers=[label for key, label in plain.items() if key in other],
        kept_sensitive_count=len(sensitive & other),
        new_questions=[
            question.label for question in applicable if question.only_mode and question.key not in answered
        ],
        sessions_given_up=given_up,
        sessions_to_wait_for=to_wait_for,
        keeps_photo_consent=ConsentPurpose.PHOTOS in consents,
        may_withdraw_sensitive=ConsentPurpose.SENSITIVE in consents
        and not any(question.is_sensitive for question in applicable),
    )


def _sessions_affected(
    registration: Registration, chosen: Sequence[ChosenSession], mode: Mode
) -> tuple[list[str], list[str]]:
    """Return the titles of two groups of sessions.

    In the first, the participant gives up a place on site. In the second, no place on site is free.
    """
    held = [item.session for item in chosen if not item.is_waiting and item.session.takes_place]
    if not held or not registration.event.is_on_site:
        return [], []
    if mode == Mode.ONLINE:
        return [session.title for session in held if session.capacity is not None], []
    counts = session_counts(registration.event)
    return [], [session.title for session in held if counts[session.pk].is_full]
