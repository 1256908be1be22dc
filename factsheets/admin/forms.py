from __future__ import annotations

from pathlib import PurePath

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.widgets import AdminDateInput

from factsheets.formats import EDITABLE, PDF
from factsheets.models import PublicationFile
from home.languages import language_choices

NOTE_LENGTH = 300


class UploadForm(forms.Form):
    """A new version of a file. What only a look inside can tell is left to the checks."""

    language = forms.ChoiceField(label=_("Language of the file"))
    kind = forms.ChoiceField(
        label=_("Kind of file"),
        choices=PublicationFile.Kind.choices,
        widget=forms.RadioSelect,
        initial=PublicationFile.Kind.PDF,
        help_text=_("Beside the PDF, an editable file lets others adapt the publication to their own use."),
    )
    upload = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{extension}" for extension in (PDF, *EDITABLE))}),
    )
    dated_on = forms.DateField(
        label=_("Date"),
        widget=AdminDateInput,
        initial=timezone.localdate,
        help_text=_("The day on which this version was finished. Visitors see it beside the file."),
    )
    note = forms.CharField(
        label=_("What changed"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Visitors see it in the version history. Write it in the language of the file, in at most 300 characters; "
            "the first version needs none."
        ),
    )

    def __init__(self, *args, languages, has_versions, **kwargs):
        """`languages` are those that the user may upload; `has_versions` tells of a language and kind if it has any."""
        super().__init__(*args, **kwargs)
        self.has_versions = has_versions
        self.fields["language"].choices = [pair for pair in language_choices() if pair[0] in languages]
        self.fields["upload"].help_text = _(
            "PDF, or one of %(formats)s for editable files. At most %(size)s. It is checked after you have uploaded it."
        ) % {
            "formats": ", ".join(extension.upper() for extension in EDITABLE),
            "size": filesizeformat(settings.FACT_SHEETS_MAX_UPLOAD_SIZE),
        }

    def clean_dated_on(self):
        day = self.cleaned_data["dated_on"]
        if day > timezone.localdate():
            raise ValidationError(
                _("This day is still to come. To publish later, set a time for the page's publication instead.")
            )
        return day

    def clean_upload(self):
        upload = self.cleaned_data["upload"]
        largest = settings.FACT_SHEETS_MAX_UPLOAD_SIZE
        if upload.size > largest:
            raise ValidationError(
                _("The file has %(size)s, and %(limit)s are allowed. Reduce its pictures and try again.")
                % {"size": filesizeformat(upload.size), "limit": filesizeformat(largest)}
            )
        return upload

    def clean(self):
        cleaned = super().clean()
        upload, kind = cleaned.get("upload"), cleaned.get("kind")
        if upload and kind:
            self._clean_extension(upload, kind)
        place = (cleaned.get("language"), kind)
        if all(place) and self.has_versions(*place) and not cleaned.get("note"):
            self.add_error("note", _("This replaces a file that visitors may know: say in a sentence what changed."))
        return cleaned

    def _clean_extension(self, upload, kind):
        extension = PurePath(upload.name).suffix.lower().lstrip(".")
        if kind == PublicationFile.Kind.PDF:
            upload.seek(0)
            if extension != PDF:
                self.add_error("upload", _("Choose a PDF here, or say that the file is an editable one."))
            elif b"%PDF-" not in upload.read(1024):
                self.add_error(
                    "upload",
                    _("This file is named PDF but is none. Export it from your program as PDF and try again."),
                )
            upload.seek(0)
        elif extension not in EDITABLE:
            self.add_error(
                "upload",
                _("An editable file is one of %(formats)s.")
                % {"formats": ", ".join(item.upper() for item in EDITABLE)},
            )
        self.cleaned_data["extension"] = extension


class PeriodForm(forms.Form):
    """From which day to which the report of downloads counts."""

    start = forms.DateField(label=pgettext_lazy("time", "From"), widget=AdminDateInput, required=False)
    end = forms.DateField(label=pgettext_lazy("time", "To"), widget=AdminDateInput, required=False)

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day is before the first one."))
        return cleaned
