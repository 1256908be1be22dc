"""Bar charts as SVG. The admin shows them beside a table with the same numbers, and PDF files contain them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Narrow, so that the text is still large enough to read on a phone, where the chart is as wide as the screen.
WIDTH = 440
# The width of the numbers, the height of a row with one line, and the height of each further line.
NUMBERS, ROW, LINE = 44, 26, 16
THICKNESS = 16
FONT_SIZE = 13
# The number of characters in a line of a label, and of lines. The table beside the chart has the full text.
LINE_LENGTH, MOST_LINES = 20, 3
# The width of a letter in the widest usual font. The column of the labels is as wide as the longest line.
LETTER = 8.2


def bar_chart(title: str, bars: Sequence[tuple[str, int]]) -> SafeString:
    """Return the SVG of a horizontal bar chart of (label, number) pairs. `title` is the name for screen readers.

    The colours are attributes, so that they work in a PDF; style sheets can override them.
    """
    most = max((number for _label, number in bars), default=0)
    labels = [_lines(label) for label, _number in bars]
    left = round(max((len(line) for lines in labels for line in lines), default=0) * LETTER) + 8
    room = WIDTH - left - NUMBERS
    rows, top = [], 0
    for lines, (_label, number) in zip(labels, bars, strict=True):
        height = ROW + (len(lines) - 1) * LINE
        length = round(room * number / most, 1) if most else 0.0
        middle = top + height // 2
        first = middle + 5 - (len(lines) - 1) * LINE // 2
        rows.append(
            (
                _label_text(lines, left - 8, first),
                *(left, middle - THICKNESS // 2, f"{length:.1f}", THICKNESS),
                *(f"{left + length + 8:.1f}", middle + 5, number),
            )
        )
        top += height
    body = format_html_join(
        "", '{}<rect x="{}" y="{}" width="{}" height="{}" fill="#00706d"/><text x="{}" y="{}">{}</text>', rows
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="bar-chart" role="img" viewBox="0 0 {} {}" font-size="{}" '
        'font-family="Commissioner, Noto Sans, sans-serif"><title>{}</title>{}</svg>',
        WIDTH,
        max(top, ROW),
        FONT_SIZE,
        title,
        body,
    )


def _lines(label: str) -> list[str]:
    return textwrap.wrap(label, LINE_LENGTH, max_lines=MOST_LINES, placeholder="…") or [""]


def _label_text(lines: Sequence[str], right: int, first: int) -> SafeString:
    spans = format_html_join(
        " ",
        '<tspan x="{}" y="{}">{}</tspan>',
        [(right, first + place * LINE, line) for place, line in enumerate(lines)],
    )
    return format_html('<text text-anchor="end">{}</text>', spans)
