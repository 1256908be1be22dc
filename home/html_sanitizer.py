"""Removes markup that the rich text editor cannot produce from texts that come from elsewhere.

Translations come as HTML from the translation editor and from PO files. wagtail-localize checks them with Python's
`html.parser`, which reads `<!-->…-->` and `<![CDATA[>…]]>` as comments, unlike browsers. nh3 parses HTML as browsers do.
"""

from __future__ import annotations

import nh3
from wagtail.whitelist import check_url

# The inline elements that the rich text editor can produce (`TEXT_FEATURES` in `home/blocks/body.py`). wagtail-localize
# stores attributes, such as the address of a link, outside the text and refers to them with `id`.
TAGS = {"a", "b", "br", "i"}
ATTRIBUTES = {"a": {"id"}}


def clean_segment(html: str) -> str:
    """Return `html` with only the elements above, without comments, and with special characters escaped.

    Every parser reads the result in the same way. Cleaning it again changes nothing.
    """
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, link_rel=None)


def is_safe_address(address: str) -> bool:
    """Return whether the rich text editor would accept the address of a link: relative, or with a permitted scheme."""
    return check_url(address) is not None
