"""Checks of the doctor about registrations: unsent emails, the keys of sensitive answers, and the erasure log."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.utils import timezone

from events.models import ErasureRecord, SensitiveAnswer
from events.registration import change_notices
from events.registration.encryption import DecryptionError, decrypt
from events.registration.mail.hold import held_since
from events.registration.mail.queue import outbox_status
from home.doctor.results import Check, Result, count_of, error, warning

# `tick` runs every minute and sends the emails that are due.
MAIL_LATE_AFTER = datetime.timedelta(minutes=30)
# Organisers are reminded once a day.
UNSEEN_AFTER = datetime.timedelta(days=1)
COPY_LATE_AFTER = datetime.timedelta(minutes=30)
# How many of the oldest and how many of the newest answers are decrypted as a sample.
SAMPLE = 20


def emails() -> Iterator[Result]:
    now = timezone.now()
    status = outbox_status(now)
    held = held_since()
    if held is not None:
        yield warning(
            f"Emails are held back since a backup was restored at {held:%Y-%m-%d %H:%M} UTC.",
            "Look at the emails of each event, then run manage.py release_mail (--discard to send none of those that wait).",
        )
    elif status.is_throttled:
        yield warning(
            "Emails wait because an event has sent MAILS_PER_HOUR of them within an hour.",
            "If the event is that large, raise MAILS_PER_HOUR and restart. If someone misuses its form, leave it.",
        )
    elif status.due_since and now - status.due_since > MAIL_LATE_AFTER:
        yield error(
            f"Emails have been waiting since {status.due_since:%Y-%m-%d %H:%M} UTC.",
            "See that manage.py tick runs, and read its log: it names what the mail server answers.",
        )
    unseen_since = change_notices.waiting_since()
    if unseen_since and now - unseen_since > UNSEEN_AFTER:
        yield warning(
            f"Emails about a change of an event have waited for an organiser since {unseen_since:%Y-%m-%d %H:%M} UTC.",
            "The dashboard of the organisers names the event. Ask them to send or withhold these emails.",
        )
    if status.failed:
        yield warning(
            f"{count_of(status.failed, 'email')} could not be sent in ten attempts.",
            "Organisers see them on the page of each registration and can send them again.",
        )


def sensitive_answers() -> Iterator[Result]:
    """Decrypt some of the oldest and of the newest answers. Their content is not looked at."""
    answers = SensitiveAnswer.objects.order_by("pk").values_list("encrypted_value", flat=True)
    lost = 0
    for value in [*answers[:SAMPLE], *answers.reverse()[:SAMPLE]]:
        try:
            decrypt(value)
        except DecryptionError:
            lost += 1
    if lost:
        yield error(
            f"{lost} of {2 * SAMPLE} examined sensitive answers cannot be decrypted: their key is missing.",
            "Add the earlier key to the end of ANSWERS_KEY, or the earlier SECRET_KEY to SECRET_KEY_FALLBACKS, and restart.",
        )


def erasure_log() -> Iterator[Result]:
    late = ErasureRecord.objects.filter(copied_at=None, at__lt=timezone.now() - COPY_LATE_AFTER).count()
    if late:
        yield error(
            f"The private files lack {count_of(late, 'erasure')}: a restore would bring these data back.",
            "See that the private files can be written and that manage.py tick runs.",
        )


CHECKS = [
    Check("emails", emails, "No email waits too long.", needs_database=True),
    Check("sensitive answers", sensitive_answers, "Sensitive answers can be decrypted.", needs_database=True),
    Check("erasure log", erasure_log, "The erasure log is copied to the private files.", needs_database=True),
]
