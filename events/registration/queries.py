"""What the organiser's desk reads: people by filters, counts, and all of one person. The number of queries never
depends on the number of people.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from events.enums import MailStatus, Mode
from events.models import (
    Answer,
    CheckIn,
    Event,
    EventPage,
    HistoryEntry,
    OutboxMail,
    Registration,
    SeatPool,
    SensitiveAnswer,
)
from events.registration.encryption import unseal_or_none
from events.registration.labels import answer_in_words
from events.registration.questions import FormQuestion, questions_for
from events.states import ACTIVE, ADMITTED, CLOSED, HOLDS_SEAT, RegistrationStatus
from home.text_normalization import fold

# What the list may be ordered by, and how.
ORDERS = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "created": ("created_at", "pk"),
    "-created": ("-created_at", "-pk"),
    "organisation": ("organisation", "name", "pk"),
    "-organisation": ("-organisation", "-name", "-pk"),
    "country": ("country", "name", "pk"),
    "-country": ("-country", "-name", "-pk"),
    "status": ("status", "name", "pk"),
    "-status": ("-status", "-name", "-pk"),
}
NEWEST_FIRST = "-created"
# A longer list of organisations is no help; the search finds them as well.
MOST_CHOICES = 300
# Groups of states that organisers think in, beside the states themselves.
GROUPS = {"live": ACTIVE, "ended": CLOSED}


@dataclass(frozen=True)
class Filters:
    """Whom the list shows. Empty values leave nobody out. `state` is a state, or one of `GROUPS`.

    `has_needs` asks for people with sensitive answers: only for users who may see them.
    """

    search: str = ""
    status: str = ""
    mode: str = ""
    country: str = ""
    organisation: str = ""
    language: str = ""
    has_needs: bool = False

    @property
    def is_any(self) -> bool:
        return self != Filters()

    def as_detail(self) -> dict[str, object]:
        """Return what a log may hold: which filters were set, without what was searched for."""
        set_ones = {name: value for name, value in asdict(self).items() if value}
        return {name: (True if name in {"search", "organisation"} else value) for name, value in set_ones.items()}


def registrations_of(event: Event, filters: Filters = Filters(), order: str = NEWEST_FIRST) -> QuerySet[Registration]:
    """Return the registrations that pass the filters. A search costs one more query, however many people there are.

    Nobody who is anonymous is among them: one by one, their country and state would tell who they were.
    """
    found = Registration.objects.filter(event=event, anonymised_at=None)
    if filters.status:
        found = found.filter(status__in=GROUPS.get(filters.status, {filters.status}))
    exact = {name: getattr(filters, name) for name in ("mode", "country", "organisation", "language")}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if filters.has_needs:
        found = found.filter(Exists(SensitiveAnswer.objects.filter(registration=OuterRef("pk"))))
    if filters.search:
        found = found.filter(pk__in=matching(found, filters.search, "name", "email", "organisation"))
    return found.order_by(*ORDERS.get(order, ORDERS[NEWEST_FIRST]))


def matching(people: QuerySet[Registration], text: str, *fields: str) -> list[int]:
    """Return the ids of those in whose fields every word of `text` is found, without regard to case and accents.

    Neither database compares Greek, Estonian and Finnish letters as people do, so the names are compared here.
    """
    words = fold(text).split()
    rows = people.order_by().values_list("pk", *fields)
    return [pk for pk, *values in rows if _has_all(fold(" ".join(values)), words)]


def _has_all(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)


@dataclass(frozen=True)
class Choices:
    """What the filters offer: only what somebody has."""

    countries: list[str]
    organisations: list[str]
    languages: list[str]


def choices_of(event: Event) -> Choices:
    """Return what the event's registrations hold. Three queries."""

    def known(name: str) -> list[str]:
        values = Registration.objects.filter(event=event, anonymised_at=None).exclude(**{name: ""}).order_by(name)
        return [str(value) for value in values.values_list(name, flat=True).distinct()[:MOST_CHOICES]]

    return Choices(known("country"), known("organisation"), known("language"))


# Counts


def anonymous_count(event: Event) -> int:
    """Return how many registrations are those of nobody any more. One query."""
    return Registration.objects.filter(event=event, anonymised_at__isnull=False).count()


@dataclass(frozen=True)
class ModeCount:
    """How the seats for one way of taking part stand. `left` is negative when more are taken than there are seats."""

    mode: Mode
    capacity: int | None
    is_offered: bool
    statuses: dict[str, int] = field(default_factory=dict)

    def of(self, *statuses: RegistrationStatus) -> int:
        return sum(self.statuses.get(status, 0) for status in statuses)

    @property
    def confirmed(self) -> int:
        return self.of(*ADMITTED)

    @property
    def pending(self) -> int:
        return self.of(RegistrationStatus.PENDING)

    @property
    def offered(self) -> int:
        return self.of(RegistrationStatus.OFFERED)

    @property
    def waiting(self) -> int:
        return self.of(RegistrationStatus.WAITING)

    @property
    def held(self) -> int:
        return self.of(*HOLDS_SEAT)

    @property
    def left(self) -> int | None:
        return None if self.capacity is None else self.capacity - self.held

    @property
    def missing(self) -> int:
        """How many seats more are taken than there are."""
        return max(0, -(self.left or 0))

    @property
    def share(self) -> int:
        """Taken seats in percent of all, at most 100; 0 where there is no limit."""
        return min(100, round(100 * self.held / self.capacity)) if self.capacity else 0


def counts(event: Event) -> list[ModeCount]:
    """Return the counts of each way of taking part that is offered or was, on site first. Two queries."""
    pools = {pool.mode: pool for pool in SeatPool.objects.filter(event=event)}
    statuses: dict[str, dict[str, int]] = {}
    grouped = Registration.objects.filter(event=event).order_by().values("mode", "status").annotate(number=Count("pk"))
    for row in grouped:
        statuses.setdefault(row["mode"], {})[row["status"]] = row["number"]
    return [
        ModeCount(mode, pools[mode].capacity if mode in pools else None, mode in pools, statuses.get(mode, {}))
        for mode in Mode
        if mode in pools or mode in statuses
    ]


@dataclass(frozen=True)
class MailCounts:
    waiting: int
    sent: int
    failed: int
    withheld: int


def mail_counts(event: Event) -> MailCounts:
    """Return how the event's mails stand. One query."""
    found = OutboxMail.objects.filter(event=event).aggregate(
        waiting=Count("pk", filter=Q(status__in=[MailStatus.QUEUED, MailStatus.SENDING])),
        sent=Count("pk", filter=Q(status=MailStatus.SENT)),
        failed=Count("pk", filter=Q(status=MailStatus.FAILED)),
        withheld=Count("pk", filter=Q(status=MailStatus.WITHHELD)),
    )
    return MailCounts(**found)


def mails_of(event: Event, status: str = "") -> QuerySet[OutboxMail]:
    """Return the event's mails, those with problems first, then the newest."""
    mails = OutboxMail.objects.filter(event=event).select_related("registration", "message")
    if status:
        mails = mails.filter(status=status)
    return mails.alias(is_fine=~Q(status=MailStatus.FAILED)).order_by("is_fine", "-created_at", "-pk")


# One person


@dataclass(frozen=True)
class GivenAnswerView:
    label: str
    text: str
    language: str


@dataclass(frozen=True)
class Personal:
    """All that is known of one person, for her page at the desk."""

    registration: Registration
    answers: list[GivenAnswerView]
    # None where the user may not see them; then `sensitive_count` says how many there are.
    sensitive: list[GivenAnswerView] | None
    sensitive_count: int
    history: list[HistoryEntry]
    mails: list[OutboxMail]
    check_ins: list[CheckIn]


def personal(event: Event, pk: int, *, with_sensitive: bool) -> Personal:
    """Return one person's data. Raises Registration.DoesNotExist, also for an id of another event."""
    people = Registration.objects.select_related("added_by").prefetch_related(
        Prefetch("answers", queryset=Answer.objects.order_by("pk")),
        Prefetch("sensitive_answers", queryset=SensitiveAnswer.objects.order_by("pk")),
        "consents",
        Prefetch("history", queryset=HistoryEntry.objects.select_related("user").order_by("-at", "-pk")),
        Prefetch("mails", queryset=OutboxMail.objects.select_related("message").order_by("-created_at", "-pk")),
        Prefetch("check_ins", queryset=CheckIn.objects.select_related("user")),
    )
    registration = people.get(event=event, pk=pk)
    registration.event = event
    sealed = list(registration.sensitive_answers.all())
    return Personal(
        registration=registration,
        answers=[
            GivenAnswerView(row.label, answer_in_words(row.kind, row.value), row.language)
            for row in registration.answers.all()
        ],
        sensitive=[_unsealed(row) for row in sealed] if with_sensitive else None,
        sensitive_count=len(sealed),
        history=list(registration.history.all()),
        mails=list(registration.mails.all()),
        check_ins=list(registration.check_ins.all()),
    )


def _unsealed(row: SensitiveAnswer) -> GivenAnswerView:
    return GivenAnswerView(row.label, answer_in_words(row.kind, unseal_or_none(row.sealed)), row.language)


# Questions


@dataclass(frozen=True)
class AskedQuestion:
    """A question that somebody answered or may answer, in the organiser's language where it still stands."""

    key: uuid.UUID
    label: str
    labels: dict[str, str]
    is_sensitive: bool


def asked_questions(event: Event, language: str) -> list[AskedQuestion]:
    """Return the questions of the event's form, then those that were taken off it but have answers.

    The words are those of the page in `language`, else of the page that the event is written in.
    """
    page = EventPage.objects.filter(event=event, alias_of=None, locale__language_code=language).first()
    page = page or event.find_source_page()
    standing = [_as_asked(question) for question in questions_for(page)] if page else []
    known = {question.key for question in standing}
    for model, is_sensitive in ((Answer, False), (SensitiveAnswer, True)):
        rows = model.objects.filter(registration__event=event).exclude(question_key__in=known)
        for key, label in rows.order_by("pk").values_list("question_key", "label"):
            if key not in known:
                known.add(key)
                standing.append(AskedQuestion(key, label, {}, is_sensitive))
    return standing


def _as_asked(question: FormQuestion) -> AskedQuestion:
    return AskedQuestion(question.key, question.label, dict(question.choices), question.is_sensitive)


# Messages


def audience(event: Event, filters: Filters) -> QuerySet[Registration]:
    """Return those whom a message reaches: of the filtered, whoever has an address and not left or been let go."""
    return registrations_of(event, filters, "created").exclude(status__in=CLOSED).exclude(email="")


def to_be_told(event: Event) -> int:
    """Return how many people get a mail when the event is called off: those with a place and those who wait."""
    return Registration.objects.filter(event=event).live().exclude(email="").count()
