"""Check that no line of a template is longer than a screen is wide: `python -m tests.template_lines`."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST = 160  # characters
# Django reads a tag from one line: no line break helps.
ONE_TAG = re.compile(r"\s*\{%[^%]*%\}\s*")


def too_long() -> list[str]:
    """Return one sentence for each line that is too long."""
    files = sorted(path for pattern in ("site/templates", "*/templates") for path in ROOT.glob(f"{pattern}/**/*.html"))
    return [
        f"{file.relative_to(ROOT)}:{number}: {len(line)} characters"
        for file in dict.fromkeys(files)
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if len(line) > MOST and not ONE_TAG.fullmatch(line)
    ]


def main() -> int:
    problems = too_long()
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    if problems:
        sys.stdout.write(f"A line of a template holds at most {MOST} characters.\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
