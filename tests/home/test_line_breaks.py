"""Dates, and numbers with the next word, stay on one line."""

import pytest
from django.template import engines
from django.utils.html import escape
from django.utils.translation import override
from wagtail.rich_text import RichText

from home.line_breaks import hyphenate, keep_together

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    "text",
    [
        "It met on 12~February~2026.",
        "From 12~to 14~February~2026, in 2026 and after",
        "Se pidettiin 12.~helmikuuta~2026 Turussa.",
        "12.–13.~veebruar~2026",
        "στις 12~Φεβρουαρίου~2026",
        "3~million people, 2~955~nurses and 50~%",
        "57.4~KB and 1,5~op",
        "There were 12. The next came later.",
        "Regulation (EU) 2021/522 and grant 101101253 were signed in 2023 by all.",
        "<p>The <b>6</b> modules, <a href='/2 cells/'>3~cells</a> &amp; 4~groups</p>",
        "no number",
        "",
    ],
)
def test_spaces_that_may_not_break(text):
    kept = text.replace("~", "\xa0")
    assert keep_together(kept.replace("\xa0", " ")) == kept
    assert keep_together(kept) == kept


def test_rich_text_is_kept_together():
    assert str(RichText("<p>On 12 February 2026</p>")) == "<p>On 12\xa0February\xa02026</p>"


def test_text_stays_escaped():
    found = (
        engines["django"].from_string("{% load site_tags %}{{ text|keep_together }}").render({"text": "<b>3 cells</b>"})
    )
    assert found == escape("<b>3\xa0cells</b>")


def test_a_long_text_takes_no_long_time():
    assert len(keep_together("1 " * 200_000 + "<" * 200_000)) == 600_000


@pytest.mark.parametrize("part", ["123 ", "1\N{NO-BREAK SPACE}", "123\N{NO-BREAK SPACE}", "<", "1<", "1.", "1 a", "1 "])
def test_long_texts_end(part):
    """Rows of numbers, and signs that open no tag, once took a time that grew with the square of the length: hours."""
    text = part * (300_000 // len(part))
    assert len(keep_together(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Esimerkkipaneelikeskustelu", "Esimerk-ki-pa-nee-li-kes-kustelu"),
        ("Kansallisessa syöväntorjuntasuunnitelmassa", "Kansallisessa syövän-tor-jun-ta-suun-ni-tel-massa"),
        ("SAAVUTETTAVUUSSELOSTE", "SAAVU-TET-TA-VUUS-SE-LOSTE"),
        ("Loppuseminaari", "Loppuseminaari"),
        ("a" * 20, "a" * 20),
    ],
)
def test_long_finnish_words_are_divided_at_syllables(text, expected):
    assert hyphenate(text, "fi").replace("\N{SOFT HYPHEN}", "-") == expected


def test_words_of_other_languages_are_divided_by_the_browser():
    assert hyphenate("Esimerkkipaneelikeskustelu", "et") == "Esimerkkipaneelikeskustelu"


def test_titles_have_soft_hyphens_in_the_language_of_the_page_or_of_the_title():
    template = engines["django"].from_string("{% load site_tags %}{{ title|hyphenated:language }}")
    with override("fi"):
        assert "\N{SOFT HYPHEN}" in template.render({"title": "Esimerkkipaneelikeskustelu", "language": ""})
        assert "\N{SOFT HYPHEN}" not in template.render({"title": "Esimerkkipaneelikeskustelu", "language": "en"})
        assert template.render({"title": "<b>", "language": ""}) == "&lt;b&gt;"
