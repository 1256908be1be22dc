"""Refuses to publish machine translations that nobody has read.

Other ways to publish take the last version, and no version has such a text: see `home/translations/public_texts.py`.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.models import TranslatableMixin
from wagtail_localize.models import Translation

from home.translations import machine
from home.translations.links import edit_url
from home.translations.machine_views import TRANSLATED


def refuse_unread_texts(request: HttpRequest, instance: Any) -> HttpResponse | None:
    """Refuse to publish in the translation editor while it has texts that nobody has read."""
    if request.method != "POST" or request.POST.get("action") != "publish":
        return None
    if not isinstance(instance, TranslatableMixin):
        return None
    translation = (
        Translation.objects.filter(
            source__object_id=instance.translation_key, target_locale_id=instance.locale_id, enabled=True
        )
        .select_related("source")
        .first()
    )
    number = len(machine.unread_segments(translation)) if translation else 0
    if not number:
        return None
    messages.error(request, machine.refusal(number))
    return redirect(edit_url(instance))


def register_machine_translation(actions: Any) -> None:
    actions.register_action(
        TRANSLATED, gettext_lazy("Translate by machine"), gettext_lazy("Texts translated by machine")
    )
