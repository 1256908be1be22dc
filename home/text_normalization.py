"""Text as the search compares it: no case, no accents, no markup.

Neither database stems Finnish, Estonian and Greek well, and SQLite keeps Greek accents apart. So the index holds folded
text, and a query is folded in the same way.
"""

import html
import re
import unicodedata

TAG = re.compile(r"<[^>]*>")
# PostgreSQL takes "306/2019" for one word, a path, and does not find it by its parts.
SPACE = re.compile(r"[\s/]+")


def fold(text: str) -> str:
    """Return `text` without tags, accents and case; `ΕΚΔΗΛΩΣΗ`, `εκδήλωση` and `<b>εκδήλωση</b>` give the same."""
    plain = html.unescape(TAG.sub(" ", text))
    bare = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    # casefold() already turns the final sigma into the common one.
    return SPACE.sub(" ", bare.casefold()).strip()
