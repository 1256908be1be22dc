"""The screen on which translators let a service translate texts: it says what will happen, and what went wrong.

Also the hook that refuses to publish texts that nobody has read. Other ways to publish take the last version, and no version
has such a text: see `home/translations/public_texts.py`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.log_actions import log
from wagtail.models import TranslatableMixin
from wagtail_localize.models import Translation

from home.translations import machine_translation, permissions
from home.translations.links import below_overview, edit_url, target_of
from home.translations.machine_services import ServiceError

# Refused texts that the message names at most.
MOST_NAMED = 5
TRANSLATED = "home.machine_translation"


class MachineForm(forms.Form):
    texts = forms.MultipleChoiceField(
        label=gettext_lazy("Texts"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose which texts are to be translated.")},
    )

    def __init__(self, *args: Any, found: list[machine_translation.Text], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        changed = sum(text.is_stale for text in found)
        missing = len(found) - changed
        self.choices = []
        if missing:
            label = ngettext("%(number)d text without a translation", "%(number)d texts without a translation", missing)
            self.choices.append((machine_translation.MISSING, label % {"number": missing}))
        if changed:
            label = ngettext(
                "%(number)d text that changed in the source. Its old translation stays under Changed texts.",
                "%(number)d texts that changed in the source. Their old translations stay under Changed texts.",
                changed,
            )
            self.choices.append((machine_translation.CHANGED, label % {"number": changed}))
        field: Any = self.fields["texts"]
        field.choices = self.choices
        # An old translation is often nearly right.
        field.initial = [machine_translation.MISSING if missing else machine_translation.CHANGED]


class MachineView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "wagtailadmin/translations/machine.html"
    page_title = gettext_lazy("Machine translation")
    breadcrumbs_items = below_overview(page_title)
    header_icon = "wagtail-localize-language"
    http_method_names = ["get", "head", "options", "post"]

    @cached_property
    def translation(self) -> Translation:
        rows = Translation.objects.select_related("source__locale", "target_locale").filter(enabled=True)
        # `require_language_permission` passes it by position.
        return get_object_or_404(rows, pk=self.args[0])

    @cached_property
    def target(self) -> TranslatableMixin:
        return target_of(self.translation)

    @cached_property
    def service(self) -> Any:
        return machine_translation.service_for(self.translation)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if getattr(self.target, "locked", False) or not permissions.may_edit(request.user, self.target):
            raise PermissionDenied
        if self.service is None:
            raise Http404("no service translates this")
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return f"{self.target} ({self.translation.target_locale})"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "form" not in kwargs:
            kwargs["form"] = MachineForm(found=machine_translation.waiting(self.translation))
        source = self.translation.source
        return super().get_context_data(
            service=self.service,
            most_texts=self.service.most_texts,
            edit_url=edit_url(self.target),
            source_language=str(source.locale),
            target_language=str(self.translation.target_locale),
            is_draft=not getattr(source.get_source_instance(), "live", True),
            **kwargs,
        )

    def post(self, request: HttpRequest, translation_id: int) -> HttpResponse:
        found = machine_translation.waiting(self.translation)
        form = MachineForm(request.POST, found=found)
        if form.is_valid():
            try:
                outcome = machine_translation.translate(self.translation, form.cleaned_data["texts"], request.user)
            except ServiceError as failure:
                form.add_error(None, machine_translation.in_words(failure, self.service, self.translation))
            else:
                self._report(request, outcome)
                return redirect(request.path if outcome.left and outcome.translated else edit_url(self.target))
        return self.render_to_response(self.get_context_data(form=form))

    def _report(self, request: HttpRequest, outcome: machine_translation.Outcome) -> None:
        service = self.service.display_name
        if outcome.translated:
            text = ngettext(
                "%(number)d text was translated with %(service)s. Read it and confirm it.",
                "%(number)d texts were translated with %(service)s. Read each of them and confirm it.",
                outcome.translated,
            )
            values = {"number": outcome.translated, "service": service}
            messages.success(request, text % values)
            log(self.target, TRANSLATED, user=request.user, data=values)
        if outcome.refused:
            text = ngettext(
                "%(number)d text stays without a machine translation:",
                "%(number)d texts stay without a machine translation:",
                len(outcome.refused),
            )
            named = [f"“{Truncator(source).chars(60)}”: {problem}" for source, problem in outcome.refused[:MOST_NAMED]]
            messages.warning(request, " ".join([text % {"number": len(outcome.refused)}, *named]))


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
    unread = machine_translation.unread_segments(translation) if translation else {}
    if not unread:
        return None
    # It may be on another tab.
    button = messages.button(f"{edit_url(instance)}#segment-{min(unread)}", gettext("Open the text"))
    messages.error(request, machine_translation.refusal(len(unread)), buttons=[button])
    return redirect(edit_url(instance))


def register_machine_translation(actions: Any) -> None:
    actions.register_action(
        TRANSLATED, gettext_lazy("Translate by machine"), gettext_lazy("Texts translated by machine")
    )
