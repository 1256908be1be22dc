"""Reads an event's registrations for staff: filtered lists, counts, emails and recipients.

The number of queries never depends on the number of registrations.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Expression, F, OrderBy, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from events.enums import ConsentPurpose, MailStatus, QuestionKind, SeatStatus
from events.models import (
    Agreement,
    Answer,
    Consent,
    Event,
    EventPage,
    OutboxMail,
    Registration,
    SensitiveAnswer,
    SessionSeat,
)
from events.models.mail import IS_FINE
from events.registration import access
from events.registration.answer_filters import AnswerFilter, with_answer
from events.registration.questions import FormQuestion, for_other_mode, questions_for
from events.states import ACTIVE, CLOSED
from home.collation import in_order
from home.http.recently_used import RecentlyUsed
from home.names import fold_name

# The orders of the list, by their names in the query string.
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
# Squares of primary keys are summed modulo this number. With the plain sum, they distinguish sets of rows.
LARGE_PRIME = 1_000_003
# The maximum number of choices in a filter. Other values can be found with the search.
MAX_CHOICES = 300
# The number of registrations from which on the choices are kept, and for how long.
MANY, KEPT_SECONDS = 5_000, 60
# Groups of statuses that the filter offers in addition to single statuses.
GROUPS = {"active": ACTIVE, "closed": CLOSED}


@dataclass(frozen=True)
class Filters:
    """The filters of the list. An empty value does not filter. `status` is a status or a key of `GROUPS`.

    `photos` is a key of `PHOTO_CHOICES`: whether the participant consents to photos at present.

    `has_needs` selects registrations with sensitive answers for their attendance mode. Offer it only to users who may
    see these answers.
    """

    search: str = ""
    status: str = ""
    mode: str = ""
    country: str = ""
    organisation: str = ""
    language: str = ""
    has_needs: bool = False
    profession: str = ""
    photos: str = ""
    # The primary key of a session that the participants have chosen. With "waiting-" before it, they are on its waiting
    # list.
    session: str = ""
    answers: tuple[AnswerFilter, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the filters as JSON can store them. `from_json` restores them."""
        return {**vars(self), "answers": [item.as_json() for item in self.answers]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Filters:
        # Filters that were stored before there were filters by answers have no `answers`.
        answers = tuple(AnswerFilter.from_json(item) for item in stored.get("answers", ()))
        return cls(**{**stored, "answers": answers})

    def as_detail(self) -> dict[str, object]:
        """Return the filters that are set, as an entry of the history states them.

        Search terms may be personal data, so the entry has True in their place. Of filters by answers, it has only the
        keys of the questions.
        """
        set_filters = {name: value for name, value in vars(self).items() if value}
        if self.answers:
            set_filters["answers"] = [str(item.key) for item in self.answers]
        return {name: (True if name in {"search", "organisation"} else value) for name, value in set_filters.items()}


def filtered_registrations(
    event: Event, filters: Filters = Filters(), order: str = NEWEST_FIRST
) -> QuerySet[Registration]:
    """Return the registrations that match the filters. Each filter by an answer costs one query.

    Anonymised registrations are left out, because country and status of a single row could reveal the participant.
    """
    found: QuerySet[Registration] = Registration.objects.filter(event=event, anonymised_at=None)
    if filters.status:
        found = found.filter(status__in=GROUPS.get(filters.status, {filters.status}))
    exact = {name: getattr(filters, name) for name in ("mode", "country", "organisation", "language", "profession")}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if filters.has_needs:
        needs = SensitiveAnswer.objects.exclude(for_other_mode(event.pk))
        found = found.filter(Exists(needs.filter(registration=OuterRef("pk"))))
    if filters.photos:
        given = Consent.objects.filter(purpose=ConsentPurpose.PHOTOS, is_given=True, withdrawn_at=None)
        consents = Exists(given.filter(registration=OuterRef("pk")))
        found = found.filter(consents if filters.photos == "yes" else ~consents)
    if filters.session:
        found = found.filter(Exists(_seats_in(filters.session).filter(registration=OuterRef("pk"))))
    for wanted in filters.answers:
        found = with_answer(event, found, wanted)
    if filters.search:
        found = found.filter(matches(filters.search, "searchable_name", "searchable_details"))
    return found.order_by(*_ordering(ORDERS.get(order, ORDERS[NEWEST_FIRST])))


WAITING_FOR = "waiting-"


def _seats_in(session: str) -> QuerySet[SessionSeat]:
    status = SeatStatus.WAITING if session.startswith(WAITING_FOR) else SeatStatus.HELD
    return SessionSeat.objects.filter(session_id=int(session.removeprefix(WAITING_FOR)), status=status)


def _ordering(fields: Iterable[str]) -> list[OrderBy]:
    """Return the expressions for `order_by`: texts in the order of the active language, names by family name."""
    found = []
    for field in fields:
        name = field.removeprefix("-")
        expressions: list[Expression | F] = [F(name)]
        if name == "name":
            by_family: Expression = Coalesce(NullIf(F("family_name"), Value("")), F("name"))
            expressions = [in_order(by_family), in_order(F("given_name")), in_order(F("name"))]
        elif name == "organisation":
            expressions = [in_order(F(name))]
        found += [item.desc() if field.startswith("-") else item.asc() for item in expressions]
    return found


def matches(text: str, *fields: str) -> Q:
    """Return the condition that every word of `text` is in one of the searchable fields.

    Case, accents and apostrophes make no difference, and Latin letters match Greek names (`home/names.py`). The
    databases do not fold these letters as readers expect, so the fields are stored folded.
    """
    found = Q()
    for word in fold_name(text).split():
        in_one = Q()
        for field in fields:
            in_one |= Q(**{f"{field}__contains": word})
        found &= in_one
    return found


# By event: until when (monotonic time) the choices are kept, and the choices.
_kept_choices: RecentlyUsed[tuple[float, FilterChoices]] = RecentlyUsed(20)


@dataclass(frozen=True)
class FilterChoices:
    """The choices of the filters. They include only values that occur."""

    countries: list[str]
    organisations: list[str]
    languages: list[str]
    professions: list[str]
    # Whether any participant was asked for consent to photos.
    has_photo_consent: bool


def filter_choices(event: Event) -> FilterChoices:
    """Return the values that occur in the event's registrations. Four queries.

    For an event with more than MANY registrations, each process keeps them for KEPT_SECONDS. A value that is new may be
    missing so long, but each screen with the filters is a third faster. They stay in memory, because they are personal data.
    """
    if not Registration.objects.filter(event=event).order_by("pk")[MANY:].exists():
        return _find_choices(event)
    kept = _kept_choices.get(str(event.pk))
    if kept is None or kept[0] <= time.monotonic():
        kept = (time.monotonic() + KEPT_SECONDS, _find_choices(event))
        _kept_choices.put(str(event.pk), kept)
    return kept[1]


def _find_choices(event: Event) -> FilterChoices:
    people = Registration.objects.filter(event=event, anonymised_at=None)
    # There are few combinations of these values. Reading all registrations once is faster than reading them three
    # times.
    found = set(people.order_by().values_list("country", "language", "profession").distinct())
    countries = sorted({str(country) for country, _language, _profession in found if country})
    languages = sorted({language for _country, language, _profession in found if language})
    professions = sorted({profession for _country, _language, profession in found if profession})
    organisations = people.exclude(organisation="").order_by("organisation").values_list("organisation", flat=True)
    consents = Consent.objects.filter(registration__event=event, purpose=ConsentPurpose.PHOTOS)
    return FilterChoices(
        countries[:MAX_CHOICES],
        list(organisations.distinct()[:MAX_CHOICES]),
        languages,
        professions,
        consents.exists(),
    )


def anonymous_count(event: Event) -> int:
    """Return the number of anonymised registrations. One query."""
    return Registration.objects.filter(event=event, anonymised_at__isnull=False).count()


# Emails


@dataclass(frozen=True)
class MailCounts:
    waiting: int
    sent: int
    failed: int
    withheld: int


def mail_counts(event: Event) -> MailCounts:
    """Return the numbers of the event's emails by status. One query."""
    mails = OutboxMail.objects.filter(event=event).order_by()
    counts = Counter(dict(mails.values_list("status").annotate(number=Count("*"))))
    return MailCounts(
        waiting=counts[MailStatus.QUEUED] + counts[MailStatus.SENDING],
        sent=counts[MailStatus.SENT],
        failed=counts[MailStatus.FAILED],
        withheld=counts[MailStatus.WITHHELD],
    )


def mails_of(event: Event, status: str = "") -> QuerySet[OutboxMail]:
    """Return the event's emails, failed ones first, then the newest."""
    mails = OutboxMail.objects.filter(event=event).select_related("registration", "message")
    if status:
        mails = mails.filter(status=status)
    return mails.order_by(*([] if status else [IS_FINE.asc()]), "-created_at", "-pk")


# Questions


@dataclass(frozen=True)
class QuestionSummary:
    """A question of the form, or a removed one that has answers. `labels` has its choices by their keys.

    If the question was removed, `kind` is the kind of its oldest answer. `only_mode` is empty if it is for every mode.
    """

    key: uuid.UUID
    label: str
    labels: dict[str, str]
    is_sensitive: bool
    kind: str = QuestionKind.TEXT
    only_mode: str = ""


def question_summaries(event: Event, language: str) -> list[QuestionSummary]:
    """Return the questions of the event's form, then removed questions that have answers.

    The labels are in `language` if the event has a page in it, otherwise in the language of the source page.
    """
    found = [_summary(question) for question in form_questions(event, language)]
    known = {question.key for question in found}
    for model, is_sensitive in ((Answer, False), (SensitiveAnswer, True)):
        rows = model.objects.filter(registration__event=event).exclude(question_key__in=known)
        for key, label, kind in rows.order_by("pk").values_list("question_key", "label", "kind"):
            if key not in known:
                known.add(key)
                found.append(QuestionSummary(key, label, {}, is_sensitive, kind))
    agreements = Agreement.objects.filter(registration__event=event).exclude(question_key__in=known).order_by("pk")
    labels: dict[uuid.UUID, str] = {}
    for key, label in agreements.values_list("question_key", "label"):
        labels.setdefault(key, label)
    for key, label in labels.items():
        found.append(QuestionSummary(key, label, {}, is_sensitive=False, kind=QuestionKind.AGREEMENT))
    return found


def form_questions(event: Event, language: str) -> list[FormQuestion]:
    """Return the questions of the form with the texts of the page in `language`, or of the source page."""
    page = EventPage.objects.filter(event=event, alias_of=None, locale__language_code=language).first()
    page = page or event.find_source_page()
    return questions_for(page) if page else []


def _summary(question: FormQuestion) -> QuestionSummary:
    return QuestionSummary(
        question.key,
        question.label,
        dict(question.choices),
        question.is_sensitive,
        question.kind,
        question.only_mode,
    )


# Recipients


def audience(event: Event, filters: Filters) -> QuerySet[Registration]:
    """Return the recipients of a message: filtered registrations with a confirmed address that are not closed."""
    found = filtered_registrations(event, filters, "created").exclude(status__in=CLOSED).exclude(email="")
    return found.filter(is_address_confirmed=True)


def may_use_filters(user: access.Visitor, event: Event, filters: Filters) -> bool:
    """Return whether the user may use the filters.

    Filters by sensitive answers are only for users who may see these answers.
    """
    if access.may_see_sensitive(user, event):
        return True
    sensitive = {question.key for question in question_summaries(event, "") if question.is_sensitive}
    return not filters.has_needs and sensitive.isdisjoint(item.key for item in filters.answers)


def fingerprint(registrations: QuerySet[Registration]) -> str:
    """Return a digest of these registrations. It differs if one is added, removed or replaced by another. One query."""
    sums = registrations.order_by().aggregate(
        number=Count("pk"), first=Sum("pk"), second=Sum(F("pk") * F("pk") % LARGE_PRIME)
    )
    return hashlib.sha256(repr([int(value or 0) for value in sums.values()]).encode()).hexdigest()


def called_off_recipient_count(event: Event) -> int:
    """Return how many people are emailed when the event is cancelled or postponed."""
    return Registration.objects.filter(event=event, is_address_confirmed=True).active().exclude(email="").count()
