"""Text pasted from Word and other programs becomes headings, lists and tables. The clipboards are in `pasted/`."""

import json
from pathlib import Path

import pytest
from django.urls import reverse

from home.pasted_html import read

CLIPBOARDS = Path(__file__).with_name("pasted")

pytestmark = pytest.mark.any_database


def clipboard(name: str) -> str:
    return (CLIPBOARDS / f"{name}.html").read_text()


def test_word_gives_headings_lists_and_a_table():
    pasted = read(clipboard("word"))
    assert pasted.blocks() == [
        ("heading", {"text": "Digital skills in cancer care", "level": "h2"}),
        ("heading", {"text": "What we learned", "level": "h2"}),
        (
            "text",
            (
                '<p>Nurses need <b>time</b> and <i>support</i>, see the <a href="https://example.org/report">report</a> and '
                "above.</p><ul><li>First point<ul><li>Deeper point</li></ul></li><li>Second point</li></ul>"
            ),
        ),
        ("heading", {"text": "Steps", "level": "h3"}),
        ("text", "<ol><li>Plan</li><li>Do</li></ol>"),
        (
            "table",
            {
                "caption": "",
                "columns": ["Level", "For whom"],
                "rows": [
                    {"cells": ["EQF 6", "Nurses"]},
                    {"cells": ["", "Radiographers, dietitians"]},
                    {"cells": ["EQF 7", ""]},
                ],
            },
        ),
        ("text", "<p>After &lt;the&gt; table</p>"),
    ]
    assert (pasted.has_images, pasted.has_tables) == (True, True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "word-online",
            [
                ("heading", {"text": "Aims", "level": "h2"}),
                ("text", "<p><b>Bold</b> words</p><ul><li>One<ul><li>One below</li></ul></li><li>Two</li></ul>"),
            ],
        ),
        (
            "google-docs",
            [
                ("heading", {"text": "Partners", "level": "h2"}),
                (
                    "text",
                    (
                        "<p>Plain and <b>bold</b><i> italic</i></p>"
                        "<ol><li>First<ol><li>Inner</li></ol></li><li>Second</li></ol>"
                    ),
                ),
            ],
        ),
        (
            # With a comment, a footnote, changes that are tracked, a heading with a number, a nested table and merged cells.
            "word-365",
            [
                ("text", "<p>1 Tavoitteet</p>"),
                ("heading", {"text": "Tavoitteet", "level": "h2"}),
                (
                    "text",
                    (
                        "<p>Hoitajat oppivat lisää.  <sup>[1]</sup></p>"
                        "<ul><li><b>Ensin</b>: H<sub>2</sub>O<ul><li>tarkemmin</li></ul></li><li>Sitten</li></ul>"
                        "<ol><li>Πρώτο<br/>και η συνέχειά του</li><li>Δεύτερο</li></ol>"
                    ),
                ),
                (
                    "table",
                    {
                        "caption": "",
                        "columns": ["Kello", "Ohjelma", ""],
                        "rows": [{"cells": ["9.00–", "Avaus Sali A", "Kahvi"]}, {"cells": ["", "Lounas", ""]}],
                    },
                ),
                ("text", "<p>Lainaus<br/> toisella rivillä</p><p><sup>[1]</sup> Lähde</p>"),
            ],
        ),
        (
            "google-docs-table",
            [
                ("heading", {"text": "Results", "level": "h2"}),
                (
                    "text",
                    (
                        "<p>Area in m<sup>2</sup> and CO<sub>2</sub>, see "
                        '<a href="https://example.org/a?b=1&amp;c=2"><b>the list</b></a>.</p>'
                    ),
                ),
                (
                    "table",
                    {
                        "caption": "",
                        "columns": ["Partner", "Work", ""],
                        "rows": [{"cells": ["Turku", "Courses Tests", ""]}, {"cells": ["", "Report", "2027"]}],
                    },
                ),
                ("text", "<ul><li>Ask the partners</li></ul>"),
            ],
        ),
        (
            "libreoffice-writer",
            [
                ("heading", {"text": "Tulemused", "level": "h2"}),
                (
                    "text",
                    (
                        "<p>Õed õpivad <b>digioskusi</b> ja <i>jagavad</i> neid<sup>1</sup>.</p>"
                        "<ol><li>Esimene<ol><li>sügavam</li></ol></li><li>Teine</li></ol>"
                    ),
                ),
                (
                    "table",
                    {
                        "caption": "",
                        "columns": ["Riik", "Linn"],
                        "rows": [{"cells": ["Eesti", "Tallinn"]}, {"cells": ["", "Tartu"]}],
                    },
                ),
                ("text", "<p>1 Allikas</p>"),
            ],
        ),
        (
            "excel",
            [
                (
                    "table",
                    {
                        "caption": "",
                        "columns": ["Day", "Title", ""],
                        "rows": [{"cells": ["4/5/2027", "Opening", ""]}],
                    },
                )
            ],
        ),
        (
            "google-sheets",
            [
                (
                    "table",
                    {
                        "caption": "",
                        "columns": ["Country", "People"],
                        "rows": [{"cells": ["Greece and Cyprus", "12"]}],
                    },
                )
            ],
        ),
        (
            "libreoffice",
            [
                ("heading", {"text": "Tulokset", "level": "h2"}),
                (
                    "text",
                    "<p>Teksti<br/> toisella rivillä</p><ul><li>kohta<ul><li>alakohta</li></ul></li></ul><p>Vain kehys</p>",
                ),
            ],
        ),
    ],
)
def test_other_programs(name, expected):
    assert read(clipboard(name)).blocks() == expected


def test_the_box_of_an_item_that_can_be_ticked_is_no_picture():
    assert not read(clipboard("google-docs-table")).has_images


def test_fields_without_blocks_keep_headings_and_tables_as_text():
    html = read(clipboard("word")).rich_text()
    assert html.startswith("<p><b>Digital skills in cancer care</b></p>")
    assert "<p>EQF 6; Nurses</p>" in html
    assert "<table" not in html
    assert "<h1" not in html


@pytest.mark.parametrize(
    ("html", "blocks"),
    [
        ("", []),
        ("<p>&nbsp;</p><h1> </h1><table><tr><td></td></tr></table>", []),
        ("loose <b>words</b>", [("text", "<p>loose <b>words</b></p>")]),
        ('<p><a href="javascript:alert(1)">x</a><script>y</script></p>', [("text", "<p>x</p>")]),
        ("<table><tr>" + "<td>a</td>" * 9 + "</tr></table>", [("text", "<p>a; a; a; a; a; a; a; a; a</p>")]),
        (f"<h1>{'long ' * 30}</h1>", [("text", f"<p><b>{' '.join(['long'] * 30)}</b></p>")]),
        (f"<td rowspan={'9' * 5000} colspan=x>a</td>", [("text", "<p>a</p>")]),
        (f"<h2 aria-level={'9' * 5000}>a</h2>", [("heading", {"text": "a", "level": "h2"})]),
        ("<td rowspan=9999999999 colspan=x>a</td>", [("text", "<p>a</p>")]),
        ("<ul></ul><ul><li></li></ul><p>a</p>", [("text", "<p>a</p>")]),
        ("<p><b><b>a</b> c</b></p>", [("text", "<p><b><b>a</b> c</b></p>")]),
    ],
)
def test_odd_markup(html, blocks):
    assert read(html).blocks() == blocks


@pytest.mark.parametrize(
    "opening", ["<ul><li>", "<p>", "<div>", "<table><tr><td>", "<b>", "<p><b><ul><li>", "<blockquote>"]
)
def test_what_is_nested_too_deeply_keeps_its_text(opening):
    pasted = read(f"<p>before</p>{opening * 2000}<i>inside</i>")
    text = "".join(str(value) for _kind, value in pasted.blocks())
    assert "before" in text
    assert "inside" in text
    assert "inside" in pasted.rich_text()


@pytest.mark.parametrize("html", ["<a " * 30_000, f"<p>x{'<br/>' * 29_000}x</p>", "<!" * 30_000, "x <b"])
def test_long_texts_end(html):
    """Unfinished tags and rows of line breaks once took a time that grew with the square of the length."""
    assert read(html).blocks()


def test_the_level_that_an_item_states_is_limited():
    items = "".join(f"<li aria-level={level}>item</li>" for level in range(1, 2000))
    assert read(f"<ul>{items}</ul>").rich_text().count("item") == 1999


def post(client, html):
    return client.post(reverse("pasted_html"), {"html": html})


@pytest.mark.django_db
def test_the_editor_gets_blocks_for_its_form(admin_client):
    answer = post(admin_client, clipboard("word")).json()
    assert [block["type"] for block in answer["blocks"]] == [
        "heading",
        "heading",
        "text",
        "heading",
        "text",
        "table",
        "text",
    ]
    lines = [line["type"] for line in json.loads(answer["blocks"][2]["value"])["blocks"]]
    assert lines == ["unstyled", *["unordered-list-item"] * 3]
    assert answer["messages"] == [
        "Tables were added as table blocks. Enter a caption for each.",
        "Pictures cannot be pasted. Upload them under Images and add image blocks.",
    ]


@pytest.mark.django_db
def test_nothing_is_taken_over_where_there_are_only_paragraphs(admin_client):
    assert post(admin_client, "<p>One</p><p>Two</p>").json()["has_structure"] is False


@pytest.mark.django_db
def test_only_staff_and_no_more_than_the_limit(client, admin_client):
    assert post(client, "<p>x</p>").status_code == 302
    assert post(admin_client, "").status_code == 400
    assert post(admin_client, "x" * 2_000_001).status_code == 400
    assert post(admin_client, "<p>x</p>" * 200_000).status_code == 400
