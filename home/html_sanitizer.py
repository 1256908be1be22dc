"""Removes markup that the rich text editor cannot make from texts that reach the site in another way.

Translations come as HTML from the translation editor and from PO files. wagtail-localize checks them with Python's
`html.parser`, which takes `<!-->…-->` and `<![CDATA[>…]]>` for comments; browsers do not. nh3 parses as browsers do.
"""

from __future__ import annotations

import nh3
from wagtail.whitelist import check_url

# The inline elements of the features of the rich text editor (`TEXT_FEATURES` in `home/blocks/body.py`). wagtail-localize
# keeps attributes, such as the address of a link, apart from the text and refers to them with `id`.
TAGS = {"a", "b", "br", "i"}
ATTRIBUTES = {"a": {"id"}}


def clean_segment(html: str) -> str:
    """Return `html` with only the elements above, without comments, and with all other characters escaped.

    Every parser reads the result in the same way. Cleaning it again changes nothing.
    """
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, link_rel=None)


def is_safe_address(address: str) -> bool:
    """Return whether the rich text editor accepts the address of a link: a relative one, or one with a permitted scheme."""
    return check_url(address) is not None
