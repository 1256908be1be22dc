"""Translations that are assigned to a person, with a day, and the emails about them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext, override
from django_tasks import task
from wagtail.models import Locale
from wagtail.users.models import UserProfile

from home.models import AssignmentMails, TranslationAssignment
from home.translations import overview, permissions

INTERVALS: dict[str, datetime.timedelta] = {
    AssignmentMails.Rhythm.AT_ONCE: datetime.timedelta(days=7),
    AssignmentMails.Rhythm.DAILY: datetime.timedelta(days=1),
    AssignmentMails.Rhythm.WEEKLY: datetime.timedelta(days=7),
}


@dataclass(frozen=True)
class Item:
    """An open assignment with what there is to do. `cell` is None if the page was deleted, or the language removed."""

    assignment: TranslationAssignment
    row: overview.Row | None
    cell: overview.Cell | None

    @property
    def is_reworded(self) -> bool:
        return self.cell is not None and bool(self.cell.stale)


def may_assign(user: User) -> bool:
    return user.has_perm("wagtail_localize.submit_translation")


@transaction.atomic
def assign(
    rows: Iterable[overview.Row], locale: Locale, assignee: User, due_on: datetime.date | None, assigned_by: User
) -> list[TranslationAssignment]:
    """Assign the rows to a person, instead of those who had them. Rows that they may not translate are left out."""
    languages = permissions.translated_languages(assignee)
    made = []
    for row in rows:
        if locale.pk == row.locale.pk or locale.pk not in languages.of(row.key):
            continue
        values = {
            "assignee": assignee,
            "due_on": due_on,
            "assigned_by": assigned_by,
            "assigned_at": timezone.now(),
            "title": row.title[:255],
            "model": row.model,
        }
        assignment, _created = TranslationAssignment.objects.update_or_create(
            key=row.key, locale=locale, done_at=None, defaults=values
        )
        made.append(assignment)
    if made and email_frequency_of(assignee) == AssignmentMails.Rhythm.AT_ONCE:
        keys = [assignment.pk for assignment in made]
        transaction.on_commit(partial(mail_assignments.enqueue, assignee.pk, keys))
    return made


def open_items(user: User) -> list[Item]:
    """Return the open assignments of the user, those that are due first. The number of queries does not depend on them.

    Those that the user may no longer translate are left out: their titles may be those of drafts.
    """
    assignments = _translatable(user, TranslationAssignment.objects.filter(assignee=user, done_at=None))
    if not assignments:
        return []
    rows = {row.key: row for row in overview.all_rows({assignment.key for assignment in assignments})}
    found = []
    for assignment in assignments:
        row = rows.get(assignment.key)
        cell = next((cell for cell in row.cells if cell.locale.pk == assignment.locale_id), None) if row else None
        found.append(Item(assignment, row, cell))
    return found


def _translatable(user: User, assignments: QuerySet[TranslationAssignment]) -> list[TranslationAssignment]:
    found = list(assignments.select_related("locale"))
    if not found:
        return []
    languages = permissions.translated_languages(user)
    return [item for item in found if item.locale_id in languages.of(item.key)]


def finish(pk: int, user: User) -> bool:
    """Mark an open assignment of the user as done. Returns whether there was one."""
    mine = TranslationAssignment.objects.filter(pk=pk, done_at=None)
    mine = mine if may_assign(user) else mine.filter(assignee=user)
    return bool(mine.update(done_at=timezone.now()))


def email_frequency_of(user: User) -> str:
    chosen = AssignmentMails.objects.filter(user=user).first()
    return chosen.rhythm if chosen else AssignmentMails.Rhythm.AT_ONCE


# Emails


@task()
def mail_assignments(user_pk: int, keys: list[int]) -> None:
    """Tell a person what was assigned to them just now."""
    user = User.objects.filter(pk=user_pk, is_active=True).first()
    if user is not None:
        _send(user, [item for item in open_items(user) if item.assignment.pk in keys])


@task()
def mail_digest(user_pk: int) -> None:
    """Email a person the list of their open assignments."""
    user = User.objects.filter(pk=user_pk, is_active=True).first()
    if user is not None:
        _send(user, open_items(user))


def enqueue_digests(now: datetime.datetime) -> int:
    """Enqueue the digests that are due. Returns how many."""
    number = 0
    waiting = TranslationAssignment.objects.filter(done_at=None).values("assignee")
    for user in User.objects.filter(is_active=True, pk__in=waiting):
        mails, _created = AssignmentMails.objects.get_or_create(user=user)
        interval = INTERVALS.get(mails.rhythm)
        last = mails.sent_at or user.translation_assignments.filter(done_at=None).earliest("assigned_at").assigned_at
        # Of two runs at once, one changes the row.
        if interval and last <= now - interval:
            number += AssignmentMails.objects.filter(pk=mails.pk, sent_at=mails.sent_at).update(sent_at=now)
            mail_digest.enqueue(user.pk)
    return number


def _send(user: User, items: list[Item]) -> None:
    if not items or not user.email:
        return
    profile = UserProfile.objects.filter(user=user).first()
    with override(profile.get_preferred_language() if profile else settings.LANGUAGE_CODE):
        number = len(items)
        subject = ngettext("%(number)d translation waits for you", "%(number)d translations wait for you", number)
        context = {
            "name": user.first_name or user.get_username(),
            "items": items,
            "url": settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_home"),
            "account_url": settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_account"),
        }
        body = render_to_string("wagtailadmin/translations/assigned_mail.txt", context)
        send_mail(subject % {"number": number}, body.strip() + "\n", None, [user.email])


def hand_over(user: User, successor: User | None) -> None:
    """Give the open assignments of someone who leaves to someone else, or take back what they may not translate."""
    mine = TranslationAssignment.objects.filter(assignee=user, done_at=None)
    if successor is not None:
        given = [item.pk for item in _translatable(successor, mine)]
        mine.filter(pk__in=given).update(assignee=successor)
    mine.delete()
