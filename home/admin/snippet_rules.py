"""Hooks that decide who may add, change and publish snippets, and that show messages on the screens of drafts."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Locale, TranslatableMixin
from wagtail_localize.models import Translation

from home.models import Organisation, Person
from home.translations import permissions, tree_sync

HELD_BACK = gettext_lazy("A translation cannot be published while its source is not public. Publish the source first.")
PUBLISHING_ITEMS = {"action-publish", "action-unpublish"}


@hooks.register("before_edit_snippet", order=-20)
def check_language_permission(request, instance):
    if not isinstance(instance, TranslatableMixin):
        return
    if not permissions.may_edit(request.user, instance):
        raise PermissionDenied
    if isinstance(instance, Person):
        _check_organisation(request, instance.locale, instance)


@hooks.register("before_create_snippet", order=-20)
def check_adding_snippets(request, model):
    if not issubclass(model, TranslatableMixin):
        return
    locale = _locale_of(request)
    if not permissions.may_add(request.user, model, locale):
        raise PermissionDenied
    if model is Person:
        _check_organisation(request, locale)


def _locale_of(request) -> Locale:
    """Return the language of the snippet that the request adds."""
    return get_object_or_404(Locale, language_code=request.GET.get("locale") or settings.LANGUAGE_CODE)


def _check_organisation(request, locale, person=None):
    """Refuse a form that assigns a person to no organisation, or to one that the user may not edit."""
    key = request.POST.get("organisation", "")
    # The form of a translation does not have this field. Any other form without it would remove the organisation.
    if request.method == "POST" and ("organisation" in request.POST or not _is_updated_from_source(person)):
        organisation = Organisation.objects.filter(pk=key).first() if key.isdecimal() else None
        if not permissions.may_assign(request.user, organisation, locale):
            raise PermissionDenied


def _is_updated_from_source(person: Person | None) -> bool:
    return person is not None and (
        Translation.objects.filter(
            source__object_id=person.translation_key, target_locale=person.locale_id, enabled=True
        ).exists()
    )


@hooks.register("before_delete_snippet", order=-20)
def check_deleting_snippets(request, instances):
    return tree_sync.check_snippet_deletion(request, instances)


# Publishing


@hooks.register("construct_snippet_action_menu")
def hide_publishing(menu_items, request, context):
    """Remove the menu items to publish in languages in which the user may not publish."""
    instance = context.get("instance")
    locale = instance.locale_id if instance else _locale_of(request).pk
    if not permissions.may_publish_in(request.user, context["model"], locale):
        menu_items[:] = [item for item in menu_items if item.name not in PUBLISHING_ITEMS]


@hooks.register("before_edit_snippet", order=-15)
def check_publishing_translation(request, instance):
    """Refuse publishing from the translation editor without permission for the language. Wagtail checks the model's only."""
    if request.method != "POST" or request.POST.get("action") != "publish":
        return None
    if not permissions.may_publish(request.user, instance):
        raise PermissionDenied
    return _hold_back(request, instance)


@hooks.register("before_publish", order=-20)
def hold_back_snippet(request, instance):
    """Refuse to publish an unsynchronised translation while its source is not public. It is saved as a draft."""
    return _hold_back(request, instance)


def _hold_back(request, instance):
    if not getattr(instance, "is_held_back", False):
        return None
    messages.error(request, HELD_BACK)
    return redirect(reverse(instance.snippet_viewset.get_url_name("edit"), args=[instance.pk]))


@hooks.register("before_unpublish", order=-20)
def check_unpublishing_snippet(request, instance):
    return tree_sync.check_snippet_unpublishing(request, instance)
