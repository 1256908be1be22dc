"""Checks uploaded documents: their content as well as the extension of the file name."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from wagtail.documents.forms import BaseDocumentForm

from home.file_check.errors import ERRORS
from home.file_check.runner import check_file


class DocumentForm(BaseDocumentForm):
    """Refuses a file if its content does not match its extension, if it contains programs, or if it cannot be read."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        # If only the title of a document changes, there is no new file to check.
        if isinstance(file, UploadedFile):
            refuse_harmful(file)
        return file

    def add_error(self, field: str | None, error: Any) -> None:
        # The model also checks the extension. If the form has refused the file, the model finds no file and reports a second
        # error.
        if field is None and hasattr(error, "error_dict") and self.has_error("file"):
            error.error_dict.pop("file", None)
        super().add_error(field, error)


def refuse_harmful(file: UploadedFile) -> None:
    """Raise ValidationError if the content of an upload does not match its extension, or can harm readers."""
    extension = PurePath(file.name or "").suffix.removeprefix(".").lower()
    if extension not in settings.WAGTAILDOCS_EXTENSIONS:
        raise ValidationError(
            _("The name of the file must end in the format of its content, which must be one of these: %(formats)s.")
            % {"formats": ", ".join(settings.WAGTAILDOCS_EXTENSIONS)},
            "format",
        )
    with tempfile.TemporaryDirectory(prefix="document-") as folder:
        path = Path(folder) / "content"
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        issues = check_file(path, extension)["issues"]
    file.seek(0)
    if not issues:
        return
    code = issues[0]["code"]
    if code not in ERRORS:
        raise ValidationError(
            _("The check of this file failed. Try again, or contact the administrator of this site."), code
        )
    title, text = ERRORS[code]
    raise ValidationError(f"{title}. {str(text) % issues[0]}", code)
