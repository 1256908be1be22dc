"""Addresses and breadcrumbs of the screens of a translation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.urls import reverse, reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import Page, TranslatableMixin
from wagtail_localize.models import Translation


def below_overview(title: str | Promise) -> list[dict[str, Any]]:
    """Return the breadcrumbs of a screen that the overview of translations leads to."""
    overview = {"url": reverse_lazy("translations:overview"), "label": gettext_lazy("Translations")}
    return [*WagtailAdminTemplateMixin.breadcrumbs_items, overview, {"url": "", "label": title}]


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
