"""The interface between the home page and the sections below it, which other apps define."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Cover:
    """An image outside the image library in several widths, such as the first page of a publication."""

    url: str
    srcset: str
    width: int
    height: int


@dataclass(frozen=True)
class Teaser:
    """An entry of a list that links to a page.

    `label` is its category. `motif` is the number of the illustration that is shown if there is no image. If there is a
    `cover`, it is shown instead of the `image`.
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
    """A mixin for list pages whose newest entries the home page shows.

    Such a page appears on the home page of its language if it is published as a child of that home page.
    """

    # The type of list, which selects the template: "news", "events" or "factsheets".
    section_kind = ""
    home_page_teasers = 3

    def teasers(self, request, limit: int) -> list[Teaser]:
        """Return at most `limit` live, public pages, newest first; of events, running and upcoming ones first.

        `self` has only the fields of `Page` loaded: do not use its other fields.
        """
        raise NotImplementedError
