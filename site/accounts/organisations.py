"""The organisation of an account. It is stored in `Organisation.editors`, in the row in the source language."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Locale

from home.collation import sort_key
from home.language_fallback import in_language
from home.models import Organisation


def organisation_choices() -> list[tuple[str, str]]:
    """Return choices for the organisations by name, in the active language, after an empty choice."""
    rows = in_language(Organisation.objects.select_related("locale"), Locale.get_active(), with_drafts=True)
    choices = [(str(row.translation_key), row.name) for row in rows]
    return [("", _("None")), *sorted(choices, key=lambda choice: sort_key(choice[1]))]


def organisation_with(key: str) -> Organisation | None:
    """Return the organisation with this translation key: its row in the source language, or else its oldest row."""
    if not key:
        return None
    rows = Organisation.objects.filter(translation_key=uuid.UUID(key)).select_related("locale").order_by("pk")
    return next(iter(in_language(rows, Locale.get_default(), with_drafts=True)), None)


def names_of(user: User, locale: Locale | None = None) -> list[str]:
    """Return the names of the user's organisations in the language of `locale`, or in the active language.

    `organisations` may be prefetched, with their locale.
    """
    rows = in_language(user.organisations.all(), locale or Locale.get_active(), with_drafts=True)
    return [row.name for row in rows]


@transaction.atomic
def move(user: User, organisation: Organisation | None) -> None:
    """Make the user a member of this organisation only; of none if it is None."""
    user.organisations.set([organisation] if organisation else [])
