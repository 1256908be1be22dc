"""Check the length of lines in templates: `python -m tests.template_lines`."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST = 160  # characters
# A Django tag must be on one line.
ONE_TAG = re.compile(r"\s*\{%[^%]*%\}\s*")

# Number of longer lines that a break would change in the output, by file. It must not increase.
UNBREAKABLE = {
    "events/templates/events/admin/registrations/access.html": 3,
    "events/templates/events/admin/registrations/availability.html": 1,
    "events/templates/events/admin/registrations/check_in.html": 1,
    "events/templates/events/admin/registrations/counts.html": 2,
    "events/templates/events/admin/registrations/detail.html": 4,
    "events/templates/events/admin/registrations/list_results.html": 2,
    "events/templates/events/admin/registrations/mail.html": 4,
    "events/templates/events/admin/registrations/message.html": 1,
    "events/templates/events/admin/registrations/message_preview.html": 1,
    "events/templates/events/admin/registrations/statistics.html": 1,
    "events/templates/events/admin/timetable.html": 1,
    "events/templates/events/event_page.html": 6,
    "events/templates/events/includes/month.html": 1,
    "events/templates/events/includes/session.html": 1,
    "events/templates/events/includes/timetable.html": 1,
    "events/templates/events/mail/message.html": 1,
    "site/templates/components/field.html": 1,
    "site/templates/components/label_notes.html": 1,
    "events/templates/events/registration/page_head.html": 1,
    "events/templates/events/registration/personal.html": 1,
    "events/templates/events/registration/privacy.html": 1,
    "events/templates/events/registration/questions.html": 2,
    "events/templates/events/registration/registered.html": 1,
    "events/templates/events/registration/unavailable_reason.html": 1,
    "site/templates/components/date_range.html": 2,
    "site/templates/components/event_row.html": 1,
    "site/templates/components/hours.html": 1,
    "site/templates/wagtailadmin/translations/state.html": 1,
}


def too_long() -> list[str]:
    """Return one sentence for each line that is too long."""
    files = {
        file
        for pattern in ("site/templates", "*/templates", "site/*/templates")
        for file in ROOT.glob(f"{pattern}/**/*.html")
    }
    problems = []
    for file in sorted(files):
        name = str(file.relative_to(ROOT))
        found = [
            f"{name}:{number}: {len(line)} characters"
            for number, line in enumerate(file.read_text().splitlines(), 1)
            if len(line) > MOST and not ONE_TAG.fullmatch(line)
        ]
        problems += found if len(found) > UNBREAKABLE.get(name, 0) else []
    return problems


def main() -> int:
    problems = too_long()
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    if problems:
        sys.stdout.write(f"A line of a template holds at most {MOST} characters.\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
