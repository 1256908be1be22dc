"""Validates an upload of a fact sheet (`home/file_check/`)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.template.defaultfilters import filesizeformat

from factsheets.models import FileVersion
from factsheets.validation.results import CoverImage, ValidationResult
from home.file_check.runner import check_file
from home.models import LanguageTexts

# WebP quality of the pictures of the first page by their width in pixels, for lists and the page, on standard and
# high-density screens. Lists on phones load several of the smallest: it is as wide as its place on a screen of double
# density.
COVER_QUALITIES = {224: 35, 480: 65, 800: 80}


def validate(version: FileVersion, statements: dict[str, str]) -> ValidationResult:
    """Validate the content of a version. `statements` are the funding statements by language code."""
    largest = settings.FACT_SHEETS_MAX_UPLOAD_SIZE
    if version.size > largest:
        values = {"size": filesizeformat(version.size), "limit": filesizeformat(largest)}
        return ValidationResult([{"code": "too_large", **values}])
    with tempfile.TemporaryDirectory(prefix="validation-") as name:
        folder = Path(name)
        path = folder / "content"
        with version.content.open("rb") as stored:
            _copy(stored, path)
        answer = check_file(
            path,
            version.format,
            {
                "language": version.file.language,
                "statements": statements,
                "covers": list(COVER_QUALITIES.items()),
                "folder": str(folder),
            },
        )
        covers = [
            CoverImage(cover["width"], cover["height"], (folder / cover["file"]).read_bytes())
            for cover in answer.get("covers", [])
        ]
    return ValidationResult(answer["issues"], answer.get("pages"), covers)


def _copy(stored: File, path: Path) -> None:
    with path.open("wb") as target:
        for chunk in stored.chunks():
            target.write(chunk)


def funding_statements() -> dict[str, str]:
    """Return the official funding statements by language code."""
    texts = LanguageTexts.objects.exclude(funding_statement="").select_related("locale")
    return {text.locale.language_code: text.funding_statement for text in texts}
