"""Decides which links in a file are harmless."""

from __future__ import annotations

import re

SAFE_LINK = re.compile(r"(https?://|mailto:|tel:|#)", re.IGNORECASE)
SCHEME_OR_HOST = re.compile(r"([a-z][a-z0-9+.-]*:|[\\/]{2})", re.IGNORECASE)


def is_safe_link(link: str) -> bool:
    """Return whether a link leads to a web page, an email address or a place in the document."""
    link = re.sub(r"[\x00-\x20\x7f]", "", link)
    return bool(SAFE_LINK.match(link)) or not SCHEME_OR_HOST.match(link)
