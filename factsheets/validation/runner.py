"""Has an upload looked into by a process with limits (`pdf.py`), and turns its answer into a verdict."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.template.defaultfilters import filesizeformat

from factsheets.formats import media_type
from factsheets.models import FileVersion
from factsheets.versions import Cover, Verdict, settle
from home.models import LanguageTexts

logger = logging.getLogger(__name__)

SECONDS = 10
MEGABYTES = 300
LIMITS = {"seconds": SECONDS, "memory": MEGABYTES}
PROGRAM = Path(__file__).with_name("pdf.py")
# Widths of the pictures of the first page, for lists and the page itself, on plain and on dense screens.
COVER_WIDTHS = [240, 480, 800]


def check(version_pk: int) -> None:
    """Inspect a version and settle it. Does nothing if the version was deleted in the meantime."""
    version = FileVersion.objects.select_related("file").filter(pk=version_pk).first()
    if version is not None:
        settle(version_pk, verdict_on(version, statements()))


def check_together(version_pks: list[int]) -> None:
    """Inspect several versions at once, in as many processes as there are processors, and settle them."""
    versions = list(FileVersion.objects.select_related("file").filter(pk__in=version_pks).order_by("pk"))
    # Threads wait for the processes; none of them asks the database.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(partial(verdict_on, official=statements()), versions))
    for version, verdict in zip(versions, verdicts, strict=True):
        settle(version.pk, verdict)


def verdict_on(version: FileVersion, official: dict[str, str]) -> Verdict:
    """Return what the inspection finds; `official` are the funding statements by language."""
    largest = settings.FACT_SHEETS_MAX_UPLOAD_SIZE
    if version.size > largest:
        values = {"size": filesizeformat(version.size), "limit": filesizeformat(largest)}
        return Verdict([{"code": "too_large", **values}])
    with tempfile.TemporaryDirectory(prefix="inspection-") as folder:
        path = Path(folder) / "content"
        with version.content.open("rb") as stored:
            _copy(stored, path)
        answer = _inspect(version, path, Path(folder), official)
        covers = [
            Cover(cover["width"], cover["height"], (Path(folder) / cover["file"]).read_bytes())
            for cover in answer.get("covers", [])
        ]
    return Verdict(answer["findings"], answer.get("pages"), covers)


def _copy(stored: File, path: Path) -> None:
    with path.open("wb") as target:
        for chunk in stored.chunks():
            target.write(chunk)


def statements() -> dict[str, str]:
    """Return the official funding statements by language."""
    texts = LanguageTexts.objects.exclude(funding_statement="").select_related("locale")
    return {text.locale.language_code: text.funding_statement for text in texts}


def _inspect(version: FileVersion, path: Path, folder: Path, official: dict[str, str]) -> dict[str, Any]:
    request = folder / "request.json"
    question = {
        "path": str(path),
        "folder": str(folder),
        "extension": version.format,
        "media_type": media_type(version.format),
        "language": version.file.language,
        "statements": official,
        "widths": COVER_WIDTHS,
        "limits": LIMITS,
    }
    request.write_text(json.dumps(question))
    command = [sys.executable, "-I", str(PROGRAM), str(request)]
    try:
        # The command is made of our own paths; the upload's name is not in it.
        result = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, cwd=folder)  # noqa: S603
        return json.loads(result.stdout)
    except subprocess.TimeoutExpired:
        return {"findings": [{"code": "too_costly", **LIMITS}]}
    except ValueError:
        # Killed by the system at a limit, or by the fault that the file provokes: both speak against the file.
        logger.warning("inspection of version %s ended with %s", version.pk, result.returncode)
        if result.returncode < 0 or b"MemoryError" in result.stderr:
            return {"findings": [{"code": "too_costly", **LIMITS}]}
        logger.error("inspection of version %s: %s", version.pk, result.stderr.decode(errors="replace")[-2000:])
        return {"findings": [{"code": "not_checked"}]}
