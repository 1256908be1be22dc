"""The emblem of the European Union, drawn from its definition.

A blue rectangle, half as long again as it is high, with twelve five-pointed golden stars on a circle in its middle,
where the hours stand on a clock. The circle's radius is a third of the height. Each star stands upright in a circle
whose radius is an eighteenth of the height, and no two stars touch. On a ground that is not white, a white border of a
twenty-fifth of the height goes round the rectangle.
"""

from __future__ import annotations

from math import cos, pi, sin, tau

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

BLUE = "#003399"
GOLD = "#FFCC00"
WHITE = "#FFFFFF"

# A height that the definition divides without remainder.
HEIGHT = 810
WIDTH = HEIGHT * 3 // 2
BORDER = HEIGHT / 25
RING = HEIGHT / 3
STAR = HEIGHT / 18
STARS = 12
POINTS = 5
# The sides of a regular pentagram cross at this share of its radius.
NOTCH = cos(tau / POINTS) / cos(pi / POINTS)

Point = tuple[float, float]


def _on_circle(centre: Point, radius: float, turn: float) -> Point:
    """Return the point at `turn` (a share of the whole circle, clockwise from the top)."""
    return centre[0] + radius * sin(turn * tau), centre[1] - radius * cos(turn * tau)


def star_centres() -> list[Point]:
    """Return the middles of the stars, clockwise from twelve o'clock."""
    return [_on_circle((WIDTH / 2, HEIGHT / 2), RING, hour / STARS) for hour in range(STARS)]


def star_outline(centre: Point) -> list[Point]:
    """Return the ten corners of an upright star, clockwise from its topmost point."""
    corners = 2 * POINTS
    return [
        _on_circle(centre, STAR if corner % 2 == 0 else STAR * NOTCH, corner / corners) for corner in range(corners)
    ]


def _written(outline: list[Point]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in outline)


def _field(margin: float, kind: str, colour: str) -> SafeString:
    """Return the rectangle, larger by `margin` on each side."""
    return format_html(
        '<rect class="emblem__{}" x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        kind,
        *map(_number, (-margin, -margin, WIDTH + 2 * margin, HEIGHT + 2 * margin)),
        colour,
    )


def _number(value: float) -> str:
    return f"{value:.6g}"


def svg(*, border: bool = True, label: str = "", height: int = 50) -> SafeString:
    """Return the emblem as an inline `svg` element.

    `height` is that of the blue rectangle in CSS pixels, for pages without their style sheet. With a `label`, the
    emblem is a picture of that name; without one it is hidden from assistive technology: the funding statement stands
    beside it.
    """
    margin = BORDER if border else 0
    scale = height / HEIGHT
    size = (WIDTH + 2 * margin, HEIGHT + 2 * margin)
    outlines = [(_written(star_outline(centre)),) for centre in star_centres()]
    return format_html(
        '<svg class="emblem" viewBox="{}" width="{}" height="{}" focusable="false" {}>'
        '{}{}<g class="emblem__stars" fill="{}">{}</g></svg>',
        " ".join(_number(value) for value in (-margin, -margin, *size)),
        _number(size[0] * scale),
        _number(size[1] * scale),
        format_html('role="img" aria-label="{}"', label) if label else format_html('aria-hidden="{}"', "true"),
        _field(margin, "border", WHITE) if border else "",
        _field(0, "field", BLUE),
        GOLD,
        format_html_join("", '<polygon points="{}"/>', outlines),
    )
