"""Text is shown as HTML without escaping in the places of these lists only. Whoever adds one says here why it is safe."""

import re
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_database
ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("home", "events", "factsheets", "news", "site")

# Calls of `mark_safe` by file.
MARK_SAFE = {
    "home/templatetags/site_tags.py": 1,  # an icon of the site
    "home/seo/json_ld.py": 2,  # nothing, and JSON in which <, > and & are escaped
    "events/admin/doors.py": 1,  # a QR code, made of the address of a door
    "events/views/personal/detail.py": 1,  # a QR code, made of the code of a ticket
    "events/forms/fields.py": 1,  # options, each made by `format_html`
}
# Templates of HTML with the filter `safe`.
SAFE_FILTER = {
    "site/templates/wagtailadmin/manual/chapter.html": 1,  # the manual, which is part of the code
    "site/templates/wagtailcore/shared/richtext.html": 1,  # rich text, as in Wagtail's template
}


def files(ending: str) -> dict[str, str]:
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob(f"*{ending}"))
    return {str(path.relative_to(ROOT)): path.read_text() for path in found}


def count(pattern: str, ending: str) -> dict[str, int]:
    return dict(+Counter({name: len(re.findall(pattern, text)) for name, text in files(ending).items()}))


def test_only_these_modules_call_mark_safe():
    assert count(r"\bmark_safe\(", ".py") == MARK_SAFE


def test_no_class_of_the_site_declares_its_own_markup_safe():
    assert count(r"def __html__|@html_safe|SafeString\(|SafeText\(", ".py") == {}


def test_only_these_templates_use_the_filter_safe():
    assert count(r"\|\s*safe(seq)?\b", ".html") == SAFE_FILTER


def test_html_is_always_escaped():
    """Texts are not: emails in plain text, and subjects."""
    assert count(r"autoescape\s+off", ".html") == {}
