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
    choices = [(str(key), row.name) for key, row in organisations_by_key().items()]
    return [("", _("None")), *sorted(choices, key=lambda choice: sort_key(choice[1]))]


def organisation_with(key: str) -> Organisation | None:
    """Return the organisation with this translation key: its row in the source language, or else its oldest row."""
    if not key:
        return None
    rows = Organisation.objects.filter(translation_key=uuid.UUID(key)).select_related("locale").order_by("pk")
    return next(iter(in_language(rows, Locale.get_default(), with_drafts=True)), None)


def organisations_by_key(locale: Locale | None = None) -> dict[uuid.UUID, Organisation]:
    """Return all organisations by translation key, each in the language of `locale` or, by default, in the active one."""
    rows = Organisation.objects.select_related("locale").order_by("pk")
    return {row.translation_key: row for row in in_language(rows, locale or Locale.get_active(), with_drafts=True)}


def name_of(organisation: Organisation | None, known: dict[uuid.UUID, Organisation] | None = None) -> str:
    """Return the name of an organisation in the active language, or "". `known` are those of `organisations_by_key()`."""
    if organisation is None:
        return ""
    shown = organisations_by_key() if known is None else known
    return shown[organisation.translation_key].name


def names_of(user: User, known: dict[uuid.UUID, Organisation] | None = None) -> list[str]:
    """Return the names of the user's organisations. `known` are those of `organisations_by_key()`.

    `organisations` may be prefetched.
    """
    shown = organisations_by_key() if known is None else known
    return [name_of(row, shown) for row in user.organisations.all()]


@transaction.atomic
def move(user: User, organisation: Organisation | None) -> None:
    """Make the user a member of this organisation only; of none if it is None."""
    user.organisations.set([organisation] if organisation else [])
