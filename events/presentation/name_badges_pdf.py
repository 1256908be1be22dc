"""Name badges to print: on sheets of labels, or on paper to cut. A tagged PDF in the organiser's language."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events.models import Event, Registration
from home import qr
from home.codes import grouped
from home.layout import Layout
from home.pdf import typeset

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TEMPLATE = Path(__file__).parent / "typst" / "name_badges.typ"


@dataclass(frozen=True)
class Sheet:
    """The positions of the badges on a page. All lengths are in millimetres.

    `left` and `top` are the margins of the first badge; `across` and `down` are the distances between the edges of
    neighbouring badges.
    """

    page_width: float
    page_height: float
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    across: float
    down: float
    # Whether lines show where to cut.
    is_cut: bool

    @property
    def count(self) -> int:
        return self.columns * self.rows


SHEETS: Mapping[str, Sheet] = {
    "l4785": Sheet(210, 297, 2, 5, 80, 50, 17.5, 13.5, 95, 55, is_cut=False),
    # A7 upright. Eight of them fill an A4 page, except for half a millimetre on each side.
    "a7": Sheet(297, 210, 4, 2, 74, 105, 0.5, 0, 74, 105, is_cut=True),
}
SHEET_LABELS: Mapping[str, StrPromise] = {
    "l4785": gettext_lazy("Labels of 80 × 50 mm, 10 on an A4 sheet (Avery L4785)"),
    "a7": gettext_lazy("A4 sheets with 8 cards (74 × 105 mm) to cut out"),
}


def name_badges_pdf(
    event: Event,
    layout: Layout,
    people: Sequence[Registration],
    codes: Mapping[int, str],
    sheet: Sheet,
    *,
    first: int = 1,
    role: str = "",
    made_at: datetime.datetime | None = None,
) -> bytes:
    """Return the badges of `people` in their order. `codes` has the ticket codes by the keys of the registrations.

    The labels before the label `first` of the first sheet stay empty. `role` is on every badge.
    """
    heading = event.title or str(event.first_day)
    data = {
        "title": _("Name badges: %(title)s") % {"title": heading},
        "heading": heading,
        "language": get_language() or "en",
        "author": layout.site_name,
        "role": role,
        "skipped": first - 1,
        "sheet": asdict(sheet),
        "people": [
            {
                "name": person.name,
                "organisation": person.organisation,
                "picture": _picture_key(person),
                "picture_text": _("QR code with the letters %(code)s") % {"code": grouped(codes[person.pk])},
            }
            for person in people
        ],
    }
    pictures = {_picture_key(person): qr.svg_file(codes[person.pk]) for person in people}
    made_at = (made_at or timezone.now()).replace(microsecond=0)
    return typeset(TEMPLATE, data, made_at=made_at, pictures=pictures)


def _picture_key(person: Registration) -> str:
    return f"qr_{person.pk}"
