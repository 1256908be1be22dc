"""Runs `program.py` on an uploaded file in a process with limits and returns its result."""

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
    """Check the file at `path` and return its issues: `{"issues": [{"code": ...}]}`.

    Its folder must contain nothing else: the request is written into it. `fact_sheet` contains the language and the
    statements to look for, the width and WebP quality of each picture of the first page, and their folder.
    """
    return _run(path, {"path": str(path), "extension": extension, "fact_sheet": fact_sheet, "limits": LIMITS})


def read_table(path: Path, extension: str, max_rows: int, encoding: str = "") -> dict[str, Any]:
    """Read the table of a CSV or XLSX file at `path`, whose folder must contain nothing else.

    Returns its rows as `{"rows": [[number, [text, ...]], ...]}`, beginning with the headings, or its issues.
    """
    table = {"max_rows": max_rows, "encoding": encoding}
    return _run(path, {"path": str(path), "extension": extension, "table": table, "limits": LIMITS})


def _run(path: Path, content: dict[str, Any]) -> dict[str, Any]:
    request = path.with_name("request.json")
    request.write_text(json.dumps(content))
    command = [sys.executable, "-I", str(PROGRAM), str(request), str(settings.BASE_DIR)]
    try:
        # The command contains only paths of the site, not the name of the upload. The environment is replaced, because it
        # contains secrets.
        result = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=SECONDS, check=False, cwd=path.parent, env=environment()
        )
        return json.loads(result.stdout)
    except subprocess.TimeoutExpired:
        return {"issues": [{"code": "too_costly", **LIMITS}]}
    except ValueError:
        # A negative return code is a signal: the system stopped the process at a limit, or the file made it crash. The file
        # is rejected in both cases.
        logger.warning("the check of a file ended with %s", result.returncode)
        if result.returncode < 0 or b"MemoryError" in result.stderr:
            return {"issues": [{"code": "too_costly", **LIMITS}]}
        logger.error("the check of a file failed: %s", result.stderr.decode(errors="replace")[-2000:])
        return {"issues": [{"code": "not_checked"}]}


def environment() -> dict[str, str]:
    """Return the environment variables that Python needs to start: none, except on Windows."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ and sys.platform == "win32"}
