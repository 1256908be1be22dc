"""One registration in detail: for its participant, with the actions that are possible now, and for staff.

The commands check again what may be done.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import get_language

from events.enums import ENDED_PHASES, INACTIVE_PHASES, ConsentPurpose, EventPhase, MailKind, Mode
from events.models import (
    Agreement,
    Answer,
    CheckIn,
    Consent,
    Event,
    HistoryEntry,
    OutboxMail,
    Registration,
    RegistrationSettings,
    SensitiveAnswer,
)
from events.registration import access, consents
from events.registration.agreements import current_agreements
from events.registration.chosen_sessions import ChosenSession, seats_of
from events.registration.labels import answer_text
from events.registration.questions import FormQuestion, modes_of_questions
from events.registration.seats import SeatCount, seat_counts, settings_of
from events.registration.sensitive_answers import ReadAnswer, read_for_participant, read_for_staff
from events.registration.waiting_order import people_before
from events.states import ACTIVE, ATTENDING, CLOSED, RegistrationStatus

_S = RegistrationStatus

# How long before the start the joining link is shown. Participants can test it, but have little time to pass it on.
JOIN_BEFORE = datetime.timedelta(hours=12)
MAY_SWITCH = frozenset({_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED})
MAY_CHANGE = MAY_SWITCH
# The withdrawal deadline applies to these statuses. Others can be withdrawn until the event is over.
BOUND_BY_WITHDRAWAL_DEADLINE = frozenset({_S.PENDING, _S.CONFIRMED})


@dataclass(frozen=True)
class AnswerDetail:
    """An answer with the label that its question had. `language` is the value for the attribute `lang`, or empty."""

    label: str
    text: str
    language: str = ""
    # The attendance mode of the question, if it differs from the present mode of the registration.
    kept_for: Mode | None = None
    # The stored values, from which the answer can be shown in another language.
    question_key: uuid.UUID | None = None
    kind: str = ""
    value: object = None


@dataclass(frozen=True)
class RegistrationDetail:
    """One registration with its related records. History, emails and check-ins are loaded only for staff."""

    registration: Registration
    event: Event
    settings: RegistrationSettings | None
    now: datetime.datetime
    answers: list[AnswerDetail] = field(default_factory=list)
    # None if they are not shown. `sensitive_count` is their number.
    sensitive_answers: list[AnswerDetail] | None = None
    sensitive_count: int = 0
    # Sensitive answers that are for another attendance mode. Only the participant can read them.
    kept_sensitive_count: int = 0
    given_consents: list[Consent] = field(default_factory=list)
    # The latest agreement to each question for the participant, and all agreements for staff.
    agreements: list[Agreement] = field(default_factory=list)
    seats: dict[Mode, SeatCount] = field(default_factory=dict)
    sessions: list[ChosenSession] = field(default_factory=list)
    # The number of people who come before the participant on the waiting list.
    people_ahead: int = 0
    # Whether the participant ended the registration by declining an offered place.
    has_declined: bool = False
    # The reason that the organisers gave when they ended the registration.
    reason: str = ""
    history: list[HistoryEntry] = field(default_factory=list)
    mails: list[OutboxMail] = field(default_factory=list)
    check_ins: list[CheckIn] = field(default_factory=list)

    @property
    def status(self) -> RegistrationStatus:
        """The status. An offer past its deadline counts as expired even before a scheduled task has ended it."""
        expires_at = self.registration.offer_expires_at
        if self.registration.status == _S.OFFERED and expires_at is not None and self.now >= expires_at:
            return _S.EXPIRED
        return _S(self.registration.status)

    @property
    def mode(self) -> Mode:
        return Mode(self.registration.mode)

    @property
    def effective_mode(self) -> Mode:
        """How the participant attends. It is always online after the event has moved online."""
        return self.registration.effective_mode

    @property
    def is_inactive(self) -> bool:
        """Whether the event is cancelled, postponed or over."""
        return self.event.phase(self.now) in INACTIVE_PHASES

    @property
    def is_ended(self) -> bool:
        """Whether the event is cancelled or over."""
        return self.event.phase(self.now) in ENDED_PHASES

    @property
    def is_attending(self) -> bool:
        return self.status in ATTENDING

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED

    @property
    def may_register_again(self) -> bool:
        """Whether the registration is closed, but not by the organisers. The participant can then register again."""
        return self.is_closed and self.status not in {_S.REJECTED, _S.CANCELLED}

    @property
    def must_confirm_address(self) -> bool:
        """Whether a place is held for the participant until they confirm their email address."""
        return self.has_offer and not self.registration.is_address_confirmed

    @property
    def is_invitation(self) -> bool:
        """Whether a place is held for an invited person until they complete the form."""
        return self.has_offer and self.registration.is_invited

    @property
    def has_offer(self) -> bool:
        return self.status == _S.OFFERED and not self.is_inactive

    @property
    def others_wait(self) -> bool:
        """Whether people wait for a place in the mode of the registration."""
        seat = self.seats.get(self.mode)
        return seat is not None and seat.waiting > 0

    @property
    def waiting_until(self) -> datetime.datetime | None:
        """Until when places are offered from the waiting list."""
        return self.settings.waiting_ends_at if self.settings else None

    @property
    def waiting_list_ended(self) -> bool:
        """Whether the registration is on a waiting list that has ended."""
        return self.status == _S.WAITING and self._has_waiting_ended

    @property
    def _has_waiting_ended(self) -> bool:
        return self.settings is not None and self.settings.has_waiting_ended(self.now)

    @property
    def agrees_to_photos(self) -> bool:
        return any(consent.purpose == ConsentPurpose.PHOTOS for consent in self.given_consents)

    # What the participant may do

    @property
    def change_until(self) -> datetime.datetime | None:
        return self.settings.changes_end_at if self.settings else None

    @property
    def withdraw_until(self) -> datetime.datetime | None:
        return self.settings.withdrawal_ends_at if self.settings else None

    @property
    def may_change(self) -> bool:
        return (
            self.status in MAY_CHANGE
            and not self.is_invitation
            and not self.is_ended
            and self._is_before(self.change_until)
        )

    @property
    def may_choose_sessions(self) -> bool:
        """Whether the participant may choose sessions. They may also do so after check-in, for sessions of later days."""
        return (
            self.status in ACTIVE
            and not self.is_invitation
            and not self.is_inactive
            and self._is_before(self.change_until)
        )

    @property
    def may_withdraw(self) -> bool:
        if self.status not in MAY_SWITCH or self.is_ended:
            return False
        return self.status not in BOUND_BY_WITHDRAWAL_DEADLINE or self._is_before(self.withdraw_until)

    @property
    def other_modes(self) -> list[SeatCount]:
        """The attendance modes that the participant may switch to, also by joining a waiting list."""
        if (
            self.is_inactive
            or self.is_invitation
            or self.status not in MAY_SWITCH
            or not self._is_before(self.change_until)
        ):
            return []
        # After the event has moved online, participants with a place on site attend online.
        present = self.effective_mode if self.is_attending else self.mode
        return [
            seat
            for seat in self.seats.values()
            if seat.mode != present and (not seat.is_full or (seat.has_waiting_list and not self._has_waiting_ended))
        ]

    @property
    def has_calendar(self) -> bool:
        return self.is_attending and self.event.phase(self.now) != EventPhase.PAST

    # Joining online

    @property
    def attends_online(self) -> bool:
        return self.is_attending and self.effective_mode == Mode.ONLINE and not self.is_inactive

    @property
    def join_from(self) -> datetime.datetime | None:
        return self.event.starts_at - JOIN_BEFORE if self.event.starts_at else None

    @property
    def may_join(self) -> bool:
        """Whether the joining link is shown. Participants with an online place see it from `join_from` until the end."""
        opens = self.join_from
        return bool(self.attends_online and self.event.online_link and opens is not None and self.now >= opens)

    def _is_before(self, deadline: datetime.datetime | None) -> bool:
        return deadline is None or self.now < deadline


def participant_detail(registration: Registration, now: datetime.datetime) -> RegistrationDetail:
    """Return the data that a participant sees of their registration. At most twelve queries."""
    event = registration.event
    latest = consents.current_consents(registration)
    kept_for = _other_modes(registration)
    sensitive = list(registration.sensitive_answers.values_list("question_key", flat=True))
    kept_sensitive = [key for key in sensitive if key in kept_for]
    return RegistrationDetail(
        registration=registration,
        event=event,
        settings=settings_of(event),
        now=now,
        answers=_plain_answers(registration.answers.order_by("pk"), kept_for, registration.language),
        sensitive_count=len(sensitive) - len(kept_sensitive),
        kept_sensitive_count=len(kept_sensitive),
        given_consents=[row for row in latest.values() if row.is_given and row.withdrawn_at is None],
        agreements=list(current_agreements(registration).values()),
        seats=seat_counts(event),
        sessions=seats_of(registration),
        people_ahead=people_ahead(registration),
        has_declined=_has_declined(registration),
        reason=_reason(registration),
    )


def _has_declined(registration: Registration) -> bool:
    if registration.status != _S.WITHDRAWN:
        return False
    last = registration.history.filter(after=_S.WITHDRAWN).order_by("-at", "-pk").first()
    return last is not None and last.action == "decline_offer"


def _reason(registration: Registration) -> str:
    kinds = {_S.REJECTED: MailKind.REJECTED, _S.CANCELLED: MailKind.CANCELLED}
    kind = kinds.get(_S(registration.status))
    last = registration.mails.filter(kind=kind).order_by("-pk").first() if kind else None
    return str(last.payload.get("reason", "")) if last else ""


def staff_detail(
    event: Event, pk: int, *, sensitive_for: access.Visitor | None = None, now: datetime.datetime | None = None
) -> RegistrationDetail:
    """Return the data that staff see of a registration: answers, history, emails and check-ins.

    With the user `sensitive_for`, the sensitive answers are included, and the reading is recorded. Raises
    Registration.DoesNotExist, also for a registration of another event.
    """
    registrations = Registration.objects.select_related("added_by").prefetch_related(
        Prefetch("answers", queryset=Answer.objects.order_by("pk")),
        Prefetch("sensitive_answers", queryset=SensitiveAnswer.objects.order_by("pk")),
        "consents",
        "agreements",
        "session_seats",
        Prefetch("history", queryset=HistoryEntry.objects.select_related("user", "door").order_by("-at", "-pk")),
        Prefetch("mails", queryset=OutboxMail.objects.select_related("message").order_by("-created_at", "-pk")),
        Prefetch("check_ins", queryset=CheckIn.objects.select_related("user", "door")),
    )
    registration = registrations.get(event=event, pk=pk)
    registration.event = event
    kept_for = _other_modes(registration)
    stored = list(registration.sensitive_answers.all())
    sensitive = [answer for answer in stored if answer.question_key not in kept_for]
    shown = None
    if sensitive_for is not None:
        shown = [_sensitive_answer(item) for item in _read_by_staff(event, sensitive_for, registration, sensitive)]
    return RegistrationDetail(
        registration=registration,
        event=event,
        settings=settings_of(event),
        now=now or timezone.now(),
        answers=_plain_answers(registration.answers.all(), kept_for),
        sensitive_answers=shown,
        sensitive_count=len(sensitive),
        kept_sensitive_count=len(stored) - len(sensitive),
        agreements=list(registration.agreements.all()),
        history=list(registration.history.all()),
        mails=list(registration.mails.all()),
        check_ins=list(registration.check_ins.all()),
        sessions=seats_of(registration, get_language() or ""),
    )


def people_ahead(registration: Registration) -> int:
    """Return how many people come before the registration on the waiting list of its mode."""
    if registration.status != _S.WAITING:
        return 0
    waiting = Registration.objects.filter(event=registration.event_id, mode=registration.mode, status=_S.WAITING)
    return people_before(waiting, registration.queued_at, registration.pk)


def stored_answers(
    registration: Registration, questions: Sequence[FormQuestion], staff: access.Visitor | None = None
) -> dict[Any, Any]:
    """Return stored answers by the keys of their questions, for the participant or for the user `staff`.

    The value of an agreement is its `text_version`. Sensitive answers are decrypted if their question is still
    sensitive; for staff this is recorded. An answer to a question that was sensitive when it was answered, but is not
    now, is left out.
    """
    sensitive = [question.key for question in questions if question.is_sensitive]
    plain = Answer.objects.filter(registration=registration)
    found: dict[Any, Any] = {answer.question_key: answer.value for answer in plain}
    if any(question.statement for question in questions):
        found |= {key: agreement.text_version for key, agreement in current_agreements(registration).items()}
    if not sensitive:
        return found
    encrypted = SensitiveAnswer.objects.filter(registration=registration, question_key__in=sensitive)
    if staff is None:
        read = read_for_participant(encrypted)
    else:
        read = _read_by_staff(registration.event, staff, registration, encrypted)
    return found | {answer.question_key: value for answer, value in read}


def _read_by_staff(
    event: Event, user: access.Visitor, registration: Registration, answers: Iterable[SensitiveAnswer]
) -> Iterator[ReadAnswer]:
    return read_for_staff(event, user, answers, "sensitive", {"registration": str(registration.key)})


def _other_modes(registration: Registration) -> dict[uuid.UUID, Mode]:
    """Return the mode of each question that is for another attendance mode than that of the registration, by its key."""
    modes = modes_of_questions(registration.event_id)
    return {key: mode for key, mode in modes.items() if mode != registration.mode}


def _plain_answers(
    answers: Iterable[Answer], kept_for: Mapping[uuid.UUID, Mode], page_language: str = ""
) -> list[AnswerDetail]:
    """Return the answers. Those that are kept for another attendance mode come last."""
    found = [
        AnswerDetail(
            answer.label,
            answer_text(answer.kind, answer.value),
            answer.language if answer.language != page_language else "",
            kept_for.get(answer.question_key),
            answer.question_key,
            answer.kind,
            answer.value,
        )
        for answer in answers
    ]
    return sorted(found, key=lambda answer: answer.kept_for is not None)


def _sensitive_answer(item: ReadAnswer) -> AnswerDetail:
    answer, value = item
    text = answer_text(answer.kind, value)
    return AnswerDetail(answer.label, text, answer.language, None, answer.question_key, answer.kind, value)
