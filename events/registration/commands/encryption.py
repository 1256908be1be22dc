"""A question that turns out to be sensitive: what people answered before is protected like what they answer after."""

from __future__ import annotations

from django.db import transaction

from events.models import Answer, Event, EventQuestion, SensitiveAnswer
from events.registration.encryption import seal
from events.states import CLOSED

BATCH = 500
KEPT = ("registration_id", "question_key", "kind", "label", "language")


def protect_answers(event: Event) -> int:
    """Move the answers to the event's sensitive questions to the sealed ones, and return how many there were.

    Those of a registration that has ended are deleted, as sealed ones are. Nothing is ever moved back: what was promised
    to be sealed stays so. Safe to call twice at once.
    """
    page = event.find_source_page()
    if page is None:
        return 0
    keys = list(page.questions.filter(is_sensitive=True).values_list("translation_key", flat=True))
    count = 0
    with transaction.atomic():
        # Locked, so that an answer which is being changed is moved as it is afterwards.
        open_ones = Answer.objects.filter(registration__event=event, question_key__in=keys).order_by("pk")
        while some := list(open_ones.select_related("registration").select_for_update(of=("self",))[:BATCH]):
            _move(some)
            count += len(some)
    return count


def protect_due(_now: object = None) -> int:
    """Do it for every event that has such answers: somebody may have sent the form while the question was changed."""
    sensitive = EventQuestion.objects.filter(is_sensitive=True).values("translation_key")
    found = Answer.objects.filter(question_key__in=sensitive).values("registration__event")
    return sum(protect_answers(event) for event in Event.objects.filter(pk__in=found))


def _move(answers: list[Answer]) -> None:
    sealed = [
        SensitiveAnswer(sealed=seal(answer.value), **{name: getattr(answer, name) for name in KEPT})
        for answer in answers
        if answer.registration.status not in CLOSED
    ]
    SensitiveAnswer.objects.bulk_create(
        sealed,
        update_conflicts=True,
        unique_fields=["registration", "question_key"],
        update_fields=["sealed", "kind", "label", "language"],
    )
    Answer.objects.filter(pk__in=[answer.pk for answer in answers]).delete()
