"""Runs `program.py` on an uploaded file in a process with limits and returns what it found."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

SECONDS = 10
MEGABYTES = 300
LIMITS = {"seconds": SECONDS, "memory": MEGABYTES}
PROGRAM = Path(__file__).with_name("program.py")


def check_file(path: Path, extension: str, fact_sheet: dict[str, Any] | None = None) -> dict[str, Any]:
    """Check the file at `path`, in a folder of its own, and return its issues: `{"issues": [{"code": ...}]}`.

    `fact_sheet` has the language and statements to look for, and the widths and folder of the pictures of the first page.
    """
    return _run(path, {"path": str(path), "extension": extension, "fact_sheet": fact_sheet, "limits": LIMITS})


def read_table(path: Path, extension: str, max_rows: int, encoding: str = "") -> dict[str, Any]:
    """Read the table of a CSV or XLSX file at `path`, in a folder of its own.

    Returns its rows as `{"rows": [[number, [text, ...]], ...]}`, the headings first, or its issues.
    """
    table = {"max_rows": max_rows, "encoding": encoding}
    return _run(path, {"path": str(path), "extension": extension, "table": table, "limits": LIMITS})


def _run(path: Path, content: dict[str, Any]) -> dict[str, Any]:
    request = path.with_name("request.json")
    request.write_text(json.dumps(content))
    command = [sys.executable, "-I", str(PROGRAM), str(request), str(settings.BASE_DIR)]
    try:
        # The command holds only our own paths, not the name of the upload. The environment holds the site's secrets.
        result = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=SECONDS, check=False, cwd=path.parent, env=environment()
        )
        return json.loads(result.stdout)
    except subprocess.TimeoutExpired:
        return {"issues": [{"code": "too_costly", **LIMITS}]}
    except ValueError:
        # A negative return code is a signal: the system stopped the process at a limit, or the file made it crash.
        # Either way the file is rejected.
        logger.warning("the check of a file ended with %s", result.returncode)
        if result.returncode < 0 or b"MemoryError" in result.stderr:
            return {"issues": [{"code": "too_costly", **LIMITS}]}
        logger.error("the check of a file failed: %s", result.stderr.decode(errors="replace")[-2000:])
        return {"issues": [{"code": "not_checked"}]}


def environment() -> dict[str, str]:
    """Return what Python needs to start: nothing, except on Windows."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ and sys.platform == "win32"}
