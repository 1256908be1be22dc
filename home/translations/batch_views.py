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
from wagtail_localize.models import Translation

from home.translations import batch, permissions
from home.translations.links import below_overview


class ExportForm(forms.Form):
    translations = forms.MultipleChoiceField(label=gettext_lazy("Translations"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, rows: list[Translation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["translations"]
        field.choices = [(row.pk, f"{row.source.object_repr} ({row.target_locale})") for row in rows]

    def clean_translations(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["translations"]
        # Each gives two files.
        if len(chosen) > batch.MOST_FILES // 2:
            most = {"limit": batch.MOST_FILES // 2}
            raise forms.ValidationError(_("Choose at most %(limit)d translations.") % most)
        return chosen


class ImportForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("ZIP file"))

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > batch.LARGEST:
            raise forms.ValidationError(_("The ZIP file is too large. Upload its files in several parts."))
        return file


class BatchView(WagtailAdminTemplateMixin, TemplateView):
    """Offers the translations in the languages of the user, and says what became of each file of an upload."""

    template_name = "wagtailadmin/translations/batch.html"
    header_icon = "wagtail-localize-language"
    page_title = gettext_lazy("Translate in other programs")
    breadcrumbs_items = below_overview(page_title)

    @cached_property
    def translations(self) -> list[Translation]:
        mine = permissions.translated_languages(self.request.user)
        rows = Translation.objects.filter(enabled=True).select_related("source__locale", "target_locale")
        rows = rows.order_by("source__object_repr", "target_locale__language_code", "pk")
        offered = [row for row in rows if row.target_locale_id in mine.of(row.source.object_id)]
        return batch.editable(offered, self.request.user)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permissions.translated_languages(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        forms_shown = {"export_form": ExportForm(rows=self.translations), "import_form": ImportForm()}
        return super().get_context_data(**{**forms_shown, **kwargs})

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
