"""The translation editor of wagtail-localize: its words, no actions that destroy a translation, a question before one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy
from django.views.generic import TemplateView
from django.views.i18n import JavaScriptCatalog
from wagtail import hooks
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_valid_next_url_from_request
from wagtail.models import TranslatableMixin
from wagtail_localize.models import Translation
from wagtail_localize.views.edit_translation import stop_translation

from home.translations import editor_words
from home.translations.links import below_overview

ALIAS_ACTION = "localize-convert-to-alias"
RESTART_ACTION = "localize-restart-translation"


class EditorCatalog(JavaScriptCatalog):
    """The words of the editor's script, with those that the catalogue of the package lacks in some languages."""

    packages = ["wagtail_localize"]

    def get_catalog(self) -> dict[str, Any]:
        own = {text: gettext(text) for text in editor_words.EDITOR}
        return {**own, **super().get_catalog()}


@hooks.register("construct_page_action_menu")
def hide_alias_action(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    menu_items[:] = [item for item in menu_items if item.name != ALIAS_ACTION]


def refuse_alias(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take the place of the view that turns a translation into an alias: it replaces its texts by those of the source."""
    raise Http404("a translation does not become an alias")


class StopView(WagtailAdminTemplateMixin, TemplateView):
    """Asks before a translation is no longer updated from its source."""

    template_name = "wagtailadmin/translations/stop.html"
    page_title = gettext_lazy("Stop updating this translation?")
    breadcrumbs_items = below_overview(page_title)
    header_icon = "wagtail-localize-language"
    stop: Callable[..., HttpResponse] = staticmethod(stop_translation)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next_url=get_valid_next_url_from_request(self.request), **kwargs)

    def post(self, request: HttpRequest, translation_id: int) -> HttpResponse:
        if "confirmed" in request.POST:
            return self.stop(request, translation_id)
        return self.render_to_response(self.get_context_data())


def ask_before_restart(request: HttpRequest, instance: TranslatableMixin) -> HttpResponse | None:
    """Ask before a stopped translation is updated again: its texts are then replaced by the translations saved before.

    Returns None if nobody wants to start it, or if they have confirmed it.
    """
    if RESTART_ACTION not in request.POST or "confirmed" in request.POST:
        return None
    stopped = Translation.objects.filter(
        source__object_id=instance.translation_key, target_locale_id=instance.locale_id, enabled=False
    )
    if not stopped.exists():
        return None
    return RestartView.as_view(instance=instance)(request)


class RestartView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "wagtailadmin/translations/restart.html"
    page_title = gettext_lazy("Update this translation again?")
    breadcrumbs_items = below_overview(page_title)
    header_icon = "wagtail-localize-language"
    instance: TranslatableMixin | None = None

    def get_page_subtitle(self) -> str:
        return str(self.instance)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(restart_action=RESTART_ACTION, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.render_to_response(self.get_context_data())
