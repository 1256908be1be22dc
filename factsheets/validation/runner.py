"""Runs `file_check.py` on an upload in a process with limits and returns its result."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.template.defaultfilters import filesizeformat

from factsheets.formats import media_type
from factsheets.models import FileVersion
from factsheets.validation.results import CoverImage, ValidationResult
from home.models import LanguageTexts

logger = logging.getLogger(__name__)

SECONDS = 10
MEGABYTES = 300
LIMITS = {"seconds": SECONDS, "memory": MEGABYTES}
PROGRAM = Path(__file__).with_name("file_check.py")
# Widths in pixels of the pictures of the first page: for lists and the page, on standard and high-density screens.
COVER_WIDTHS = [240, 480, 800]


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
        answer = _run(version, path, folder, statements)
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


def _environment() -> dict[str, str]:
    """Return what Python needs to start: nothing, except on Windows."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ and sys.platform == "win32"}


def _run(version: FileVersion, path: Path, folder: Path, statements: dict[str, str]) -> dict[str, Any]:
    request = folder / "request.json"
    content = {
        "path": str(path),
        "folder": str(folder),
        "extension": version.format,
        "media_type": media_type(version.format),
        "language": version.file.language,
        "statements": statements,
        "widths": COVER_WIDTHS,
        "limits": LIMITS,
    }
    request.write_text(json.dumps(content))
    command = [sys.executable, "-I", str(PROGRAM), str(request)]
    try:
        # The command holds only our own paths, not the name of the upload. The environment holds the site's secrets.
        result = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=SECONDS, check=False, cwd=folder, env=_environment()
        )
        return json.loads(result.stdout)
    except subprocess.TimeoutExpired:
        return {"issues": [{"code": "too_costly", **LIMITS}]}
    except ValueError:
        # A negative return code is a signal: the system stopped the process at a limit, or the file made it crash.
        # Either way the file is rejected.
        logger.warning("validation of version %s ended with %s", version.pk, result.returncode)
        if result.returncode < 0 or b"MemoryError" in result.stderr:
            return {"issues": [{"code": "too_costly", **LIMITS}]}
        logger.error("validation of version %s: %s", version.pk, result.stderr.decode(errors="replace")[-2000:])
        return {"issues": [{"code": "not_checked"}]}
