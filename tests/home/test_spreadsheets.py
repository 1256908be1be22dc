"""Cells of CSV files, which programs must not read as formulas."""

import pytest

from home.spreadsheets import escape_cell

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        (" \t@SUM(1)", "' \t'@SUM(1)"),
        # Where semicolons separate cells, quotes in a line do not keep them together.
        ("a;=1+1", "a;'=1+1"),
        ('a"; "=HYPERLINK("x")', 'a"; "\'=HYPERLINK("x")'),
        ("a\n\n+1", "a\n\n'+1"),
        ("a;＝1", "a;'＝1"),
        ("a; b = c - d", "a; b = c - d"),
        ("well-known, -ish @ home", "well-known, -ish @ home"),
        ("anna@example.org; bo@example.org", "anna@example.org; bo@example.org"),
        (5, 5),
    ],
)
def test_no_text_becomes_a_formula(text, cell):
    assert escape_cell(text) == cell


@pytest.mark.parametrize("unit", ["\n", ";", " ", '"', "; ", "=;"])
def test_long_cells_are_read_once(unit):
    # A pattern that reads each rest again would take minutes.
    assert len(escape_cell(unit * 200_000)) >= 200_000
