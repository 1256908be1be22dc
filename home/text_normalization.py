"""Converts texts to plain text, and to the form in which the search index stores them: no case, accents and markup.

Neither database stems Finnish, Estonian and Greek well, and SQLite distinguishes Greek letters with and without accents. So
the index stores folded text, and each query is folded in the same way.
"""

import html
import re
import unicodedata

from django.utils.html import strip_tags

TAG = re.compile(r"<[^>]*>")
LIST_ITEM = re.compile(r"<li[^>]*>(.*?)</li>", re.DOTALL)
# PostgreSQL would index "306/2019" as one word (a path), and would not find its parts.
SPACE = re.compile(r"[\s/]+")
# Only these invisible characters are removed: some scripts and words need others.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def fold(text: str) -> str:
    """Return `text` without tags, accents and case: `ΕΚΔΗΛΩΣΗ`, `εκδήλωση` and `<b>εκδήλωση</b>` become the same."""
    # Tags are searched only up to the last ">": looking for the end of each of many "<" would take minutes.
    end = text.rfind(">") + 1
    plain = html.unescape(TAG.sub(" ", text[:end]) + text[end:])
    without_accents = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    # casefold() also replaces the final sigma by the normal one.
    return SPACE.sub(" ", without_accents.casefold()).strip()


def one_line(text: str) -> str:
    """Return `text` with spaces for line breaks, other control characters, and characters that change the text direction."""
    return " ".join(CONTROL.sub(" ", text).split()) if CONTROL.search(text) else text


def plain_text(markup: object) -> str:
    """Return the text of rich text in one line, without tags."""
    return " ".join(html.unescape(strip_tags(str(markup).replace("<", " <"))).split())


def list_items(markup: object) -> list[str]:
    """Return the text of each list item in rich text."""
    return [plain_text(item) for item in LIST_ITEM.findall(str(markup))]
