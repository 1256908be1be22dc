"""The differences between two texts as markup."""

import re
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString

# Words, spaces and other characters: joined again, they give the whole text.
PARTS = re.compile(r"\s+|\w+|[^\w\s]")


def compare(old: str, new: str) -> tuple[SafeString, SafeString]:
    """Return both texts as HTML, with deletions marked in the first and insertions in the second."""
    before, after = PARTS.findall(strip_tags(old)), PARTS.findall(strip_tags(new))
    removed, added = [], []
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        removed.append(_mark("del", "".join(before[old_start:old_end]), is_same=kind == "equal"))
        added.append(_mark("ins", "".join(after[new_start:new_end]), is_same=kind == "equal"))
    return _joined(removed), _joined(added)


def _mark(tag: str, text: str, *, is_same: bool) -> SafeString:
    if is_same or not text:
        return format_html("{}", text)
    return format_html("<{0}>{1}</{0}>", tag, text)


def _joined(parts: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
