from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import PurePath
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from factsheets.formats import EDITABLE, PDF
from factsheets.models import PublicationFile
from home.accepted_dates import validate_year
from home.languages import language_choices

NOTE_LENGTH = 300


class UploadForm(forms.Form):
    """Uploads a new version of a file. A background task validates the content afterwards."""

    language = forms.ChoiceField(label=_("Language of the file"))
    kind = forms.ChoiceField(
        label=_("Type of file"),
        choices=PublicationFile.Kind.choices,
        widget=forms.RadioSelect,
        initial=PublicationFile.Kind.PDF,
        help_text=_("An editable file lets others adapt the publication. Offer it in addition to the PDF."),
    )
    upload = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{extension}" for extension in (PDF, *EDITABLE))}),
    )
    dated_on = forms.DateField(
        label=_("Date"),
        widget=AdminDateInput,
        initial=timezone.localdate,
        validators=[validate_year],
        help_text=_("The day this version was finished. Visitors see it next to the file."),
    )
    note = forms.CharField(
        label=_("What changed"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Shown in the version history. Write it in the language of the file. At most 300 characters. "
            "Optional for the first version."
        ),
    )

    def __init__(
        self, *args: Any, languages: set[str], has_versions: Callable[[str, str], bool], **kwargs: Any
    ) -> None:
        """`languages` has the languages that the user may upload.

        `has_versions` takes a language and a kind of file, and returns whether that file has versions.
        """
        super().__init__(*args, **kwargs)
        self.has_versions = has_versions
        language = cast("forms.ChoiceField", self.fields["language"])
        language.choices = [pair for pair in language_choices() if pair[0] in languages]
        self.fields["upload"].help_text = _(
            "PDF, or one of these formats for editable files: %(formats)s. At most %(size)s. "
            "The file is checked after the upload."
        ) % {
            "formats": ", ".join(extension.upper() for extension in EDITABLE),
            "size": filesizeformat(settings.FACT_SHEETS_MAX_UPLOAD_SIZE),
        }

    def clean_dated_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["dated_on"]
        if day > timezone.localdate():
            raise ValidationError(_("The date cannot be in the future. To publish later, schedule the page."))
        return day

    def clean_upload(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["upload"]
        size, limit = upload.size or 0, settings.FACT_SHEETS_MAX_UPLOAD_SIZE
        if size > limit:
            raise ValidationError(
                _("The file is %(size)s. The limit is %(limit)s. Reduce the size of its pictures and try again.")
                % {"size": filesizeformat(size), "limit": filesizeformat(limit)}
            )
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        upload, kind = cleaned.get("upload"), cleaned.get("kind")
        if upload and kind:
            self._clean_extension(upload, kind)
        language = cleaned.get("language")
        if language and kind and self.has_versions(language, kind) and not cleaned.get("note"):
            self.add_error("note", _("Enter what changed. This upload replaces a published file."))
        return cleaned

    def _clean_extension(self, upload: UploadedFile, kind: str) -> None:
        extension = PurePath(upload.name or "").suffix.lower().lstrip(".")
        if kind == PublicationFile.Kind.PDF:
            upload.seek(0)
            if extension != PDF:
                self.add_error("upload", _("Choose a PDF, or select “Editable file” as the type of file."))
            elif b"%PDF-" not in upload.read(1024):
                self.add_error(
                    "upload",
                    _("The content of this file is not a PDF. Export the document as PDF and try again."),
                )
            upload.seek(0)
        elif extension not in EDITABLE:
            self.add_error(
                "upload",
                _("Choose an editable file in one of these formats: %(formats)s.")
                % {"formats": ", ".join(item.upper() for item in EDITABLE)},
            )
        self.cleaned_data["extension"] = extension
