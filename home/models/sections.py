"""What the home page shows of the sections below it, without knowing which apps they come from."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Cover:
    """A picture that does not come from the image library: the first page of a publication, in several widths."""

    url: str
    srcset: str
    width: int
    height: int


@dataclass(frozen=True)
class Teaser:
    """One line of a list: a page as other pages point to it.

    `label` names its category; `motif` is the number of the drawing that stands in for a missing picture. A `cover`
    goes before an `image`.
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
    """A list of pages that the home page shows the newest of.

    A page type that mixes this in stands on the home page of its language as soon as it is published below it.
    """

    # Names the kind of list, for the template that draws it: "news", "events", "factsheets".
    section_kind = ""
    home_page_teasers = 3

    def teasers(self, request, limit: int) -> list[Teaser]:
        """Return the newest live, public pages of the section.

        Must not touch deferred fields of `self`: only those of `Page` are loaded.
        """
        raise NotImplementedError
