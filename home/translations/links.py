"""Addresses of the screens of a translation."""

from __future__ import annotations

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.urls import reverse
from wagtail.models import Page, TranslatableMixin
from wagtail_localize.models import Translation


def target_of(translation: Translation) -> TranslatableMixin:
    """Return the translated page or snippet. Raises Http404 if it was deleted."""
    try:
        return translation.get_target_instance()
    except ObjectDoesNotExist as error:
        raise Http404("no such translation any more") from error


def edit_url(instance: TranslatableMixin) -> str:
    if isinstance(instance, Page):
        return reverse("wagtailadmin_pages:edit", args=[instance.pk])
    return reverse(type(instance).snippet_viewset.get_url_name("edit"), args=[instance.pk])


def submit_url(instance: TranslatableMixin) -> str:
    if isinstance(instance, Page):
        return reverse("wagtail_localize:submit_page_translation", args=[instance.pk])
    model = instance._meta
    return reverse("wagtail_localize:submit_snippet_translation", args=[model.app_label, model.model_name, instance.pk])
