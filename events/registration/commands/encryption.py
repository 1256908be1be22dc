"""Encrypts stored answers when a question is marked as sensitive."""

from __future__ import annotations

from django.db import transaction

from events.models import Answer, Event, EventQuestion, SensitiveAnswer
from events.registration.encryption import encrypt
from events.states import CLOSED

BATCH = 500
COPIED_FIELDS = ("registration_id", "question_key", "kind", "label", "language")


def encrypt_answers(event: Event) -> int:
    """Replace the plain answers to the event's sensitive questions by encrypted ones. Returns how many there were.

    The answers of closed registrations are deleted, as sensitive answers are when a registration is closed. Encrypted
    answers are never decrypted again, because participants were told that they stay encrypted. Two calls may run at the
    same time.
    """
    page = event.find_source_page()
    if page is None:
        return 0
    keys = list(page.questions.filter(is_sensitive=True).values_list("translation_key", flat=True))
    count = 0
    with transaction.atomic():
        plain = Answer.objects.filter(registration__event=event, question_key__in=keys).order_by("pk")
        # The rows are locked, so that an answer that is being changed is read only after the change.
        while batch := list(plain.select_related("registration").select_for_update(of=("self",))[:BATCH]):
            _encrypt(batch)
            count += len(batch)
    return count


def encrypt_due_answers(_now: object = None) -> int:
    """Call `encrypt_answers` for all events.

    An answer may have been sent while its question was being marked as sensitive.
    """
    sensitive = EventQuestion.objects.filter(is_sensitive=True).values("translation_key")
    found = Answer.objects.filter(question_key__in=sensitive).values("registration__event")
    return sum(encrypt_answers(event) for event in Event.objects.filter(pk__in=found))


def _encrypt(answers: list[Answer]) -> None:
    encrypted = [
        SensitiveAnswer(
            encrypted_value=encrypt(answer.value), **{name: getattr(answer, name) for name in COPIED_FIELDS}
        )
        for answer in answers
        if answer.registration.status not in CLOSED
    ]
    SensitiveAnswer.objects.bulk_create(
        encrypted,
        update_conflicts=True,
        unique_fields=["registration", "question_key"],
        update_fields=["encrypted_value", "kind", "label", "language"],
    )
    Answer.objects.filter(pk__in=[answer.pk for answer in answers]).delete()
