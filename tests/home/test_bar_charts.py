"""Bar charts: labels that fit, and bars in proportion."""

from itertools import pairwise

import pytest
from lxml import etree

from home.bar_charts import LINE_LENGTH, MOST_LINES, WIDTH, bar_chart

LONG = "Remote follow-up of patients at home after chemotherapy and radiotherapy"


def elements(chart, name):
    return etree.fromstring(chart).findall(f".//{{http://www.w3.org/2000/svg}}{name}")


@pytest.mark.parametrize("label", [LONG, "x" * 200, "Ηλεκτρονικός φάκελος υγείας του ασθενούς στο σπίτι μετά", "<b>&"])
def test_long_labels_take_several_lines(label):
    lines = [line.text for line in elements(bar_chart("Title", [(label, 3)]), "tspan")]
    assert len(lines) <= MOST_LINES
    assert all(len(line) <= LINE_LENGTH for line in lines)
    shown = " ".join(lines)
    assert shown == label or shown.endswith("…")
    assert label.startswith(lines[0])


def test_a_high_label_makes_its_row_high_and_no_row_runs_into_another():
    chart = bar_chart("Title", [("Short", 1), (LONG, 2), ("Short", 3)])
    places = [float(line.get("y")) for line in elements(chart, "tspan")]
    assert places == sorted(places)
    assert all(after - before >= 14 for before, after in pairwise(places))
    assert float(etree.fromstring(chart).get("viewBox").split()[3]) > places[-1]


def test_bars_are_in_proportion_and_within_the_picture():
    bars = elements(bar_chart("Title", [("A", 0), ("B", 5), (LONG, 10)]), "rect")
    widths = [float(bar.get("width")) for bar in bars]
    assert widths == [0, pytest.approx(widths[2] / 2, abs=0.1), widths[2]]
    assert float(bars[2].get("x")) + widths[2] < WIDTH


@pytest.mark.parametrize("bars", [[], [("A", 0)], [("", 1)]])
def test_charts_without_numbers_or_labels(bars):
    assert len(elements(bar_chart("Title", bars), "rect")) == len(bars)
