"""The interface between the home page and the sections below it, which come from other apps."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Cover:
    """An image outside the image library, in several widths: the first page of a publication."""

    url: str
    srcset: str
    width: int
    height: int


@dataclass(frozen=True)
class Teaser:
    """An entry of a list that links to a page.

    `label` is its category. `motif` is the number of the illustration that is shown if there is no image. A `cover`
    is shown instead of an `image`.
    """

    title: str
    url: str
    summary: str = ""
    date: datetime.date | None = None
    label: str = ""
    image: object | None = None
    motif: int = 0
    cover: Cover | None = None


class SectionIndexMixin:
    """A list page of which some entries appear on the home page.

    A page of such a type appears on the home page of its language when it is published as a child of that home page.
    """

    # The type of list, which selects the template: "news", "events" or "factsheets".
    section_kind = ""
    home_page_teasers = 3

    def teasers(self, request, limit: int) -> list[Teaser]:
        """Return at most `limit` live, public pages: the newest first; of events, running and upcoming ones first.

        `self` has only the fields of `Page`: do not use its others.
        """
        raise NotImplementedError
