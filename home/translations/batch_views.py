"""The screen that exports and imports many translations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import Locale
from wagtail_localize.models import Translation

from home.translations import batch, permissions
from home.translations.links import below_overview

RELATED = ("source__locale", "source__specific_content_type", "target_locale")


def _label(row: Translation) -> str:
    """Return the title, kind and language: a page, a topic and a category may have the same title."""
    return f"{row.source.object_repr} ({row.source.specific_content_type.name}, {row.target_locale})"


class FilterForm(forms.Form):
    """Which translations are offered. Invalid values are ignored."""

    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=255)
    language = forms.ModelChoiceField(
        Locale.objects.all(), label=gettext_lazy("Language"), required=False, empty_label=gettext_lazy("All languages")
    )


class ExportForm(forms.Form):
    translations = forms.MultipleChoiceField(label=gettext_lazy("Translations"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, rows: list[Translation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["translations"]
        field.choices = [(row.pk, _label(row)) for row in rows]


class ImportForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("ZIP file"))

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > batch.LARGEST:
            raise forms.ValidationError(_("The ZIP file is too large. Upload its files in several parts."))
        return file


class BatchView(WagtailAdminTemplateMixin, TemplateView):
    """Offers the translations in the languages of the user, and says what became of each file of an upload.

    It offers no more of them than one ZIP file takes. A filter finds the others.
    """

    template_name = "wagtailadmin/translations/batch.html"
    header_icon = "wagtail-localize-language"
    page_title = gettext_lazy("Translate in other programs")
    breadcrumbs_items = below_overview(page_title)

    @cached_property
    def filter_form(self) -> FilterForm:
        form = FilterForm(self.request.GET)
        form.is_valid()
        return form

    @cached_property
    def found(self) -> list[int]:
        """The keys of all translations that the user may edit and that the filter finds."""
        mine = permissions.translated_languages(self.request.user)
        chosen = self.filter_form.cleaned_data
        rows = Translation.objects.filter(enabled=True)
        if title := chosen.get("title"):
            rows = rows.filter(source__object_repr__icontains=title)
        if language := chosen.get("language"):
            rows = rows.filter(target_locale=language)
        rows = rows.order_by("source__object_repr", "target_locale__language_code", "pk")
        # Values: objects of thousands of rows take much longer.
        names = rows.values_list("pk", "source__object_id", "target_locale_id", named=True)
        offered = [row for row in names if row.target_locale_id in mine.of(row.source__object_id)]
        return batch.editable(offered, self.request.user)

    @cached_property
    def translations(self) -> list[Translation]:
        shown = self.found[: batch.MOST_FILES // 2]
        rows = Translation.objects.select_related(*RELATED).in_bulk(shown)
        return [rows[pk] for pk in shown]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permissions.translated_languages(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {
            "filter_form": self.filter_form,
            "left_out": len(self.found) - len(self.translations),
            "export_form": ExportForm(rows=self.translations),
            "import_form": ImportForm(),
        }
        return super().get_context_data(**{**shown, **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._import(request) if "import" in request.POST else self._export(request)

    def _export(self, request: HttpRequest) -> HttpResponse:
        form = ExportForm(request.POST, rows=self.translations)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(export_form=form))
        chosen = {int(key) for key in form.cleaned_data["translations"]}
        rows = [row for row in self.translations if row.pk in chosen]
        content = batch.as_zip(rows)
        headers = {"Content-Disposition": 'attachment; filename="translations.zip"'}
        return HttpResponse(content, content_type="application/zip", headers=headers)

    def _import(self, request: HttpRequest) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES)
        outcomes = None
        if form.is_valid():
            try:
                outcomes = batch.import_translations(form.cleaned_data["file"].read(), request.user)
            except batch.UnreadableError as error:
                form.add_error("file", str(error))
        return self.render_to_response(self.get_context_data(import_form=form, outcomes=outcomes))
