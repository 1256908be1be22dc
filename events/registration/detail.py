"""What somebody sees of her own registration, and what she may do with it at a moment. The commands decide again."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from events.enums import EventPhase, Mode
from events.models import Answer, Consent, Event, Registration, RegistrationSettings, SensitiveAnswer
from events.registration import consents
from events.registration.encryption import unseal_or_none
from events.registration.labels import answer_in_words
from events.registration.questions import FormQuestion
from events.registration.seats import OFF, OVER, SeatCount, seat_counts, settings_of
from events.states import ATTENDING, CLOSED, RegistrationStatus

_S = RegistrationStatus

# How long before the beginning the way in is shown: time enough to try it, too early to be passed on.
JOIN_BEFORE = datetime.timedelta(hours=12)
MAY_SWITCH = frozenset({_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED})
MAY_CHANGE = MAY_SWITCH
# Whoever holds no confirmed place may leave whatever the last moment to withdraw says.
BOUND_TO_WITHDRAW_IN_TIME = frozenset({_S.PENDING, _S.CONFIRMED})


@dataclass(frozen=True)
class ShownAnswer:
    """An answer in the words it was asked and given in. `language` marks them where it is not the page's."""

    label: str
    value: str
    language: str = ""


@dataclass(frozen=True)
class PersonalView:
    """One registration, as its owner sees it."""

    registration: Registration
    event: Event
    asked: RegistrationSettings | None
    now: datetime.datetime
    answers: list[ShownAnswer] = field(default_factory=list)
    sensitive_count: int = 0
    standing_consents: list[Consent] = field(default_factory=list)
    seats: dict[Mode, SeatCount] = field(default_factory=dict)
    # How many people wait before her.
    ahead: int = 0

    @property
    def status(self) -> RegistrationStatus:
        """Her state; an offer that has run out counts as such before the clock has said so."""
        expires_at = self.registration.offer_expires_at
        if self.registration.status == _S.OFFERED and expires_at is not None and self.now >= expires_at:
            return _S.EXPIRED
        return _S(self.registration.status)

    @property
    def mode(self) -> Mode:
        return Mode(self.registration.mode)

    @property
    def effective_mode(self) -> Mode:
        """How she takes part: online in any case once the event has moved there."""
        return self.registration.effective_mode

    @property
    def is_off(self) -> bool:
        return self.event.phase(self.now) in OFF

    @property
    def is_over(self) -> bool:
        return self.event.phase(self.now) in OVER

    @property
    def is_in(self) -> bool:
        return self.status in ATTENDING

    @property
    def has_ended(self) -> bool:
        return self.status in CLOSED

    @property
    def has_offer(self) -> bool:
        return self.status == _S.OFFERED and not self.is_off

    @property
    def waited_in_vain(self) -> bool:
        """Whether the waiting list has ended: nobody is moved up any more."""
        return self.status == _S.WAITING and self._has_waiting_ended

    @property
    def _has_waiting_ended(self) -> bool:
        return self.asked is not None and self.asked.has_waiting_ended(self.now)

    # What may be done

    @property
    def change_until(self) -> datetime.datetime | None:
        return self.asked.end_of_changes if self.asked else None

    @property
    def withdraw_until(self) -> datetime.datetime | None:
        return self.asked.end_of_withdrawal if self.asked else None

    @property
    def may_change(self) -> bool:
        return self.status in MAY_CHANGE and not self.is_over and self._is_before(self.change_until)

    @property
    def may_withdraw(self) -> bool:
        if self.status not in MAY_SWITCH or self.is_over:
            return False
        return self.status not in BOUND_TO_WITHDRAW_IN_TIME or self._is_before(self.withdraw_until)

    @property
    def other_modes(self) -> list[SeatCount]:
        """The ways of taking part that she could change to, also by waiting for them."""
        if self.is_off or self.status not in MAY_SWITCH or not self._is_before(self.change_until):
            return []
        # Who has a place needs no other one where the event has moved to.
        present = self.effective_mode if self.is_in else self.mode
        return [
            seat
            for seat in self.seats.values()
            if seat.mode != present and (not seat.is_full or (seat.has_waiting_list and not self._has_waiting_ended))
        ]

    @property
    def has_calendar(self) -> bool:
        return self.is_in and self.event.phase(self.now) != EventPhase.PAST

    # Joining online

    @property
    def takes_part_online(self) -> bool:
        return self.is_in and self.effective_mode == Mode.ONLINE and not self.is_off

    @property
    def join_from(self) -> datetime.datetime | None:
        return self.event.starts_at - JOIN_BEFORE if self.event.starts_at else None

    @property
    def may_join(self) -> bool:
        """Whether the link is shown: to those who have a place online, from some hours before until the end."""
        opens = self.join_from
        return bool(self.takes_part_online and self.event.online_link and opens is not None and self.now >= opens)

    def _is_before(self, end: datetime.datetime | None) -> bool:
        return end is None or self.now < end


def personal_view(registration: Registration, now: datetime.datetime) -> PersonalView:
    """Return what its owner sees of a registration, in eight queries at most, whatever the size of the event."""
    event = registration.event
    latest = consents.current_consents(registration)
    return PersonalView(
        registration=registration,
        event=event,
        asked=settings_of(event),
        now=now,
        answers=[_shown(answer, registration) for answer in registration.answers.order_by("pk")],
        sensitive_count=registration.sensitive_answers.count(),
        standing_consents=[row for row in latest.values() if row.is_given and row.withdrawn_at is None],
        seats=seat_counts(event),
        ahead=people_before(registration),
    )


def people_before(registration: Registration) -> int:
    """Return how many people stand before her on the waiting list of her mode."""
    if registration.status != _S.WAITING:
        return 0
    waiting = Registration.objects.filter(event=registration.event_id, mode=registration.mode, status=_S.WAITING)
    came = registration.queued_at
    return waiting.filter(Q(queued_at__lt=came) | Q(queued_at=came, pk__lt=registration.pk)).count()


def stored_answers(registration: Registration, questions: Iterable[FormQuestion]) -> dict[Any, Any]:
    """Return stored answers by the keys of their questions. Sealed ones are opened for sensitive questions alone: what
    was given to one that was sensitive then stays closed, whoever sees the form.
    """
    sensitive = [question.key for question in questions if question.is_sensitive]
    plain = Answer.objects.filter(registration=registration)
    apart = SensitiveAnswer.objects.filter(registration=registration, question_key__in=sensitive)
    found = {answer.question_key: answer.value for answer in plain}
    return found | {answer.question_key: unseal_or_none(answer.sealed) for answer in apart}


def _shown(answer: Answer, registration: Registration) -> ShownAnswer:
    language = answer.language if answer.language != registration.language else ""
    return ShownAnswer(answer.label, answer_in_words(answer.kind, answer.value), language)
