"""The table of roles in `docs/editors.md`.

`python -m tests.permission_table --write` writes it again from `home/roles.py`.
"""

import os
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "editors.md"
BEGIN, END = "<!-- roles: begin -->\n", "<!-- roles: end -->\n"


def documented() -> str:
    return PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]


def expected() -> str:
    from django.utils.translation import override

    from home import roles

    with override("en"):
        labels = [column.label for column in roles.columns()]
        rows = [[label, *(cell or "–" for cell in cells)] for label, cells in roles.table()]
    lines = ["| what | " + " | ".join(labels) + " |", "|---" * (len(labels) + 1) + "|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def write() -> None:
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(text.replace(BEGIN + documented() + END, BEGIN + expected() + END), encoding="utf-8")


if __name__ == "__main__" and "--write" in sys.argv:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    root = str(PAGE.parents[1])
    sys.path[:0] = [root, f"{root}/site"]
    import django

    django.setup()
    write()
