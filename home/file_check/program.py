"""Checks one uploaded file in a process of its own: `python program.py REQUEST SITE`, where REQUEST is a JSON file.

Uploads are untrusted, and the libraries that read them are large. This program therefore imports only the modules beside it,
disconnects itself from the network and limits its own time and memory before it opens the file. It prints the result as
JSON. `runner.py` starts it without environment variables; the site never imports it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def check(request: dict[str, Any]) -> dict[str, Any]:
    from home.file_check.archives import check_archive  # noqa: PLC0415  (after the limits are set)
    from home.file_check.pdf import check_pdf  # noqa: PLC0415  (after the limits are set)
    from home.file_check.plain_text import check_text  # noqa: PLC0415  (after the limits are set)
    from home.file_check.tables import read_table  # noqa: PLC0415  (after the limits are set)

    extension = request["extension"]
    if "table" in request:
        return read_table(request)
    if extension == "pdf":
        return check_pdf(request)
    return check_text(request) if extension in {"csv", "ics", "txt"} else check_archive(request)


def main() -> int:
    request = json.loads(Path(sys.argv[1]).read_text())
    # In isolated mode, Python leaves the folder of the site out of the path.
    sys.path.append(sys.argv[2])
    from home.file_check.limits import isolate_from_network, limit  # noqa: PLC0415  (its folder is on the path only now)

    isolate_from_network()
    limit(request["limits"]["seconds"], request["limits"]["memory"])
    try:
        answer = check(request)
    except MemoryError:
        answer = {"issues": [{"code": "too_costly", **request["limits"]}]}
    except Exception:
        answer = {"issues": [{"code": "damaged"}]}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
