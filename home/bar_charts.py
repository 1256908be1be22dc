"""Bar charts as SVG. The admin shows them beside a table with the same numbers, and PDF files contain them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 640
# The width of the labels, the width of the numbers, and the height of a row.
LABELS, NUMBERS, ROW = 230, 50, 26
THICKNESS = 16
# The number of characters of a label that fit into its width. The table beside the chart has the full text.
LONGEST_LABEL = 34


def bar_chart(title: str, bars: Sequence[tuple[str, int]]) -> SafeString:
    """Return the SVG of a horizontal bar chart of (label, number) pairs. `title` is the name for screen readers.

    The colours are attributes, so that they work in a PDF; style sheets can override them.
    """
    most = max((number for _label, number in bars), default=0)
    room = WIDTH - LABELS - NUMBERS
    rows = []
    for place, (label, number) in enumerate(bars):
        length = round(room * number / most, 1) if most else 0.0
        middle = place * ROW + ROW // 2
        rows.append(
            (
                *(LABELS - 8, middle + 5, _shortened(label)),
                *(LABELS, middle - THICKNESS // 2, f"{length:.1f}", THICKNESS),
                *(f"{LABELS + length + 8:.1f}", middle + 5, number),
            )
        )
    body = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end">{}</text><rect x="{}" y="{}" width="{}" height="{}" fill="#00706d"/>'
        '<text x="{}" y="{}">{}</text>',
        rows,
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="bar-chart" role="img" viewBox="0 0 {} {}" font-size="14" '
        'font-family="Commissioner, Noto Sans, sans-serif"><title>{}</title>{}</svg>',
        WIDTH,
        max(len(bars), 1) * ROW,
        title,
        body,
    )


def _shortened(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"
