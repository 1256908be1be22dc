"""The EU emblem's SVG file against the official definition of its geometry, calculated with complex numbers."""

import cmath
import itertools
import math
from xml.etree import ElementTree

import pytest
from django.template.loader import get_template

pytestmark = pytest.mark.any_database

# The coordinates in the file have two decimals.
CLOSE = 0.01
HEIGHT = 810


@pytest.fixture
def emblem() -> ElementTree.Element:
    tree = ElementTree.fromstring(get_template("home/emblem.svg").render())  # noqa: S314  (a file of the project)
    for element in tree.iter():
        element.tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
    return tree


def rectangle(svg: ElementTree.Element, kind: str) -> dict[str, str]:
    return next(item.attrib for item in svg.iter("rect") if item.get("class") == f"emblem__{kind}")


def stars(svg: ElementTree.Element) -> list[list[complex]]:
    """Return the corners of each star. The origin is the middle of the emblem, and the vertical axis points up."""
    middle = complex(HEIGHT * 1.5 / 2, HEIGHT / 2)
    found = []
    for polygon in svg.iter("polygon"):
        corners = [complex(*map(float, pair.split(","))) for pair in polygon.get("points", "").split()]
        found.append([(corner - middle).conjugate() for corner in corners])
    return found


def centre(star: list[complex]) -> complex:
    return sum(star) / len(star)


def test_field_is_one_and_a_half_times_as_wide_as_high(emblem):
    field = rectangle(emblem, "field")
    assert (float(field["x"]), float(field["y"])) == (0, 0)
    assert float(field["width"]) / float(field["height"]) == 1.5
    assert float(field["height"]) == HEIGHT


def test_twelve_stars_on_a_circle_with_a_radius_of_a_third_of_the_height(emblem):
    hours = [HEIGHT / 3 * cmath.exp(1j * math.tau * (0.25 - hour / 12)) for hour in range(12)]
    centres = [centre(star) for star in stars(emblem)]
    assert len(centres) == 12
    for found, expected in zip(centres, hours, strict=True):
        assert abs(found - expected) < CLOSE


def test_stars_are_upright_pentagrams_with_a_radius_of_an_eighteenth(emblem):
    # The sides of a regular pentagram cross at the golden ratio, squared.
    golden = (1 + math.sqrt(5)) / 2
    outer, inner = HEIGHT / 18, HEIGHT / 18 / golden**2
    assert inner / outer == pytest.approx(0.381966, abs=1e-6)
    for star in stars(emblem):
        middle = centre(star)
        assert len(star) == 10
        for number, corner in enumerate(star):
            radius = outer if number % 2 == 0 else inner
            expected = radius * cmath.exp(1j * math.tau * (0.25 - number / 10))
            assert abs(corner - middle - expected) < 2 * CLOSE


def test_sides_of_the_stars_are_straight(emblem):
    """Each pair of points that are not neighbours is joined by a straight line through two inner corners."""
    for star in stars(emblem):
        for start in range(0, 10, 2):
            first, notch, other_notch, last = (star[(start + step) % 10] for step in (0, 1, 3, 4))
            for between in (notch, other_notch):
                side, part = last - first, between - first
                assert abs((side.conjugate() * part).imag) / abs(side) < 2 * CLOSE


def test_stars_do_not_touch(emblem):
    for one, other in itertools.combinations(stars(emblem), 2):
        assert abs(centre(one) - centre(other)) > 2 * HEIGHT / 18


def test_colours_are_the_official_ones(emblem):
    svg = emblem
    fills = {item.get("fill") for item in svg.iter() if item.get("fill")}
    assert rectangle(svg, "field")["fill"] == "#003399"
    assert next(svg.iter("g")).get("fill") == "#FFCC00"
    assert fills == {"#003399", "#FFCC00", "#FFFFFF"}
    assert not any(item.get("style") for item in svg.iter())


def test_border_is_white_and_a_twenty_fifth_of_the_height(emblem):
    svg = emblem
    border = rectangle(svg, "border")
    assert border["fill"] == "#FFFFFF"
    assert float(border["x"]) == float(border["y"]) == pytest.approx(-HEIGHT / 25)
    assert float(border["width"]) == pytest.approx(HEIGHT * 1.5 + 2 * HEIGHT / 25)
    assert float(border["height"]) == pytest.approx(HEIGHT + 2 * HEIGHT / 25)
    assert [border[name] for name in ("x", "y", "width", "height")] == svg.get("viewBox", "").split()


def test_field_is_64_pixels_high_without_the_style_sheet(emblem):
    assert (emblem.get("width"), emblem.get("height")) == ("101.12", "69.12")


def test_emblem_is_hidden_from_screen_readers_beside_the_statement(emblem):
    assert emblem.get("aria-hidden") == "true"
    assert emblem.get("role") is None
