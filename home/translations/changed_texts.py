"""Texts that changed in the source after they were translated: the screen on which translators check them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import TranslatableMixin
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from home.models import StaleString
from home.translations import glossary, machine_translation, permissions
from home.translations.links import below_overview, edit_url, target_of
from home.translations.sync import bring_up_to_date
from home.translations.text_diff import compare


def with_segment(translation: Translation):
    """Return the changed texts of a translation, each with the primary key of its segment."""
    segments = StringSegment.objects.filter(
        source_id=translation.source_id, context_id=OuterRef("context_id"), string_id=OuterRef("string_id")
    )
    rows = translation.stale_strings.select_related("string", "context")
    return rows.annotate(segment_id=Subquery(segments.values("pk")[:1]))


def changed_segments(translation: Translation) -> set[int]:
    """Return the primary keys of the segments that changed after they were translated."""
    return set(with_segment(translation).values_list("segment_id", flat=True))


@dataclass(frozen=True)
class ChangedText:
    """A row of the screen. `typed` is what the translator entered, or the old translation."""

    row: StaleString
    before: SafeString
    after: SafeString
    typed: str
    error: str = ""
    # `typed` is of a service, and nobody has read it.
    is_unread: bool = False
    # Pairs of a term and its translation.
    terms: tuple[tuple[str, str], ...] = ()


class ReviewView(WagtailAdminTemplateMixin, TemplateView):
    """Lists the texts that changed in the source. Translators keep the old translation or enter another one."""

    template_name = "wagtailadmin/translations/review.html"
    header_icon = "wagtail-localize-language"
    page_title = gettext_lazy("Changed texts")
    breadcrumbs_items = below_overview(page_title)

    class Form(forms.Form):
        text = forms.IntegerField()
        translation = forms.CharField(required=False)
        keep = forms.BooleanField(required=False)

    @cached_property
    def translation(self) -> Translation:
        rows = Translation.objects.select_related("source", "target_locale").filter(enabled=True)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def target(self) -> TranslatableMixin:
        return target_of(self.translation)

    @property
    def language(self) -> str:
        code: str = self.translation.target_locale.language_code
        return code

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permissions.may_edit(request.user, self.target):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return f"{self.target} ({self.translation.target_locale})"

    def get_context_data(self, failed: int = 0, typed: str = "", error: str = "", **kwargs: Any) -> dict[str, Any]:
        known = glossary.terms_of(self.language)
        unread = machine_translation.unread_texts(self.translation)
        texts = []
        for row in with_segment(self.translation):
            is_failed = row.pk == failed
            suggestion = unread.get((row.context_id, row.string_id))
            texts.append(
                ChangedText(
                    row,
                    *compare(row.old_source, row.string.data),
                    typed if is_failed else suggestion or row.old_translation,
                    error if is_failed else "",
                    suggestion is not None and not is_failed,
                    tuple(glossary.found_in(known, row.string.data, self.language)),
                )
            )
        return super().get_context_data(
            texts=texts,
            edit_url=edit_url(self.target),
            source_language=str(self.translation.source.locale),
            target_language=str(self.translation.target_locale),
            target_code=self.translation.target_locale.language_code,
            source_code=self.translation.source.locale.language_code,
            **kwargs,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.Form(request.POST)
        if not form.is_valid():
            raise Http404("no such text")
        row = get_object_or_404(StaleString, pk=form.cleaned_data["text"], translation=self.translation)
        is_kept = bool(form.cleaned_data["keep"])
        text = row.old_translation if is_kept else form.cleaned_data["translation"]
        if error := save_translation(row, text, request.user):
            return self.render_to_response(self.get_context_data(failed=row.pk, typed=text, error=error))
        if found := glossary.warning(glossary.terms_of(self.language), row.string.data, text, self.language):
            messages.warning(request, found)
        self._publish(request, row, is_kept=is_kept)
        return redirect(request.path)

    def _publish(self, request: HttpRequest, row: StaleString, *, is_kept: bool) -> None:
        if not permissions.may_publish(request.user, self.target):
            saved = _("You kept the old translation.") if is_kept else _("The translation is saved.")
            messages.success(request, f"{saved} {_('Visitors see it when the page is published.')}")
            return
        failure = bring_up_to_date(self.translation, request.user, [(row.context_id, row.string_id)])
        if failure:
            messages.error(request, _("The page could not be updated: %(reason)s") % {"reason": failure.reason})
        elif is_kept:
            messages.success(request, _("The old translation is kept and published."))
        else:
            messages.success(request, _("The translation is saved and published."))


def save_translation(row: StaleString, text: str, user: User | AnonymousUser) -> str:
    """Store the translation of a changed text, or return what is wrong with it and store nothing."""
    if not text:
        return _("Enter a translation.")
    with transaction.atomic():
        translation, _created = StringTranslation.objects.update_or_create(
            translation_of_id=row.string_id,
            context=row.context,
            locale_id=row.translation.target_locale_id,
            defaults={
                "data": text,
                "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                "tool_name": "",
                "last_translated_by": user,
                "has_error": False,
                "field_error": "",
            },
        )
        if not translation.has_error:
            return ""
        error = translation.get_error() or _("This text cannot be used as a translation.")
        transaction.set_rollback(True)
    return error
