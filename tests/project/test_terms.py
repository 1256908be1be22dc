"""The check of terms finds words that the glossary forbids, and the glossary has no contradictions."""

import re

import pytest

from home.manual.chapters import CHAPTERS
from tests import terms
from tests.catalogues import ROOT, SOURCE, catalogue, entries

pytestmark = pytest.mark.any_database

TEXT = """# Glossary

## Terms by language

| English | Finnish | Estonian | Greek | avoid (fi) | avoid (et) | avoid (el) |
|---|---|---|---|---|---|---|
| event | tapahtuma | üritus | εκδήλωση | | sündmus* | |
| waiting list | jonotuslista | ootenimekiri | λίστα αναμονής | siirry jonotuslistalle, odotuslist* | | |
| email (a message) | sähköpostiviesti | e-kiri | email | maili* | | ηλεκτρονικό μήνυμα |

| language | never | instead |
|---|---|---|
| Estonian | sulle, oskad (use *teie*); täidetakse ise | teile |

## Names

| English | Finnish | Estonian | Greek | avoid (fi) | avoid (et) | avoid (el) |
|---|---|---|---|---|---|---|
| the College | Korkeakoulu | Kõrgkool (Kõrgkooli) | Σχολή | | kõrgkool | |
"""


def misused(english: str, language: str, translation: str) -> list[str]:
    return [word for word, _reason in terms.read(TEXT).misused(language, english, translation)]


def test_rows_of_the_tables_are_read():
    glossary = terms.read(TEXT)
    event, waiting_list, _email, college = glossary.terms
    assert (event.translations["et"], event.avoided) == ("üritus", {"fi": [], "et": ["sündmus*"], "el": []})
    assert waiting_list.avoided["fi"] == ["siirry jonotuslistalle", "odotuslist*"]
    assert college.translations["el"] == "Σχολή"
    assert glossary.never == {"et": ["sulle", "oskad", "täidetakse ise"]}


def test_the_columns_say_which_languages_there_are():
    glossary = terms.read("| English | Swedish | avoid (sv) |\n|---|---|---|\n| event | evenemang | tillställning* |\n")
    assert glossary.languages == {"sv": "Swedish"}
    assert [word for word, _reason in glossary.misused("sv", "All events", "Alla tillställningar")] == [
        "tillställningar"
    ]


def test_a_forbidden_variant_is_found_with_any_ending():
    assert misused("All events", "et", "Kõik sündmused") == ["sündmused"]
    assert misused("Join the waiting list", "fi", "Siirry jonotuslistalle") == ["Siirry jonotuslistalle"]
    assert misused("We sent an email", "el", "Στείλαμε ένα ηλεκτρονικό μήνυμα") == ["ηλεκτρονικό μήνυμα"]


def test_other_translations_pass():
    assert misused("All events", "et", "Kõik üritused") == []
    # The English text does not have the term.
    assert misused("An incident", "et", "Sündmus") == []
    assert misused("Eventually", "et", "Sündmus") == []
    # A variant without an asterisk is the word alone.
    assert misused("Join the waiting list", "fi", "Ilmoittaudu jonotuslistalle") == []


def test_variant_that_differs_only_in_capitals_is_case_sensitive():
    assert misused("the College", "et", "Tallinna kõrgkool") == ["kõrgkool"]
    assert misused("the College", "et", "Tallinna Kõrgkool") == []


def test_phrases_forbidden_in_all_texts_are_found():
    assert misused("Anything", "et", "Sulle täidetakse ise") == ["Sulle", "täidetakse ise"]
    assert misused("Anything", "fi", "Sulle") == []


def test_entries_of_a_catalogue_are_checked(tmp_path):
    path = tmp_path / "django.po"
    path.write_text(
        'msgid "One event"\nmsgid_plural "Many events"\nmsgstr[0] "Üks üritus"\nmsgstr[1] "Palju sündmusi"\n'
    )
    (problem,) = terms.check_catalogue(terms.read(TEXT), "et", path)
    assert problem == "et: 'sündmusi' in the translation of 'One event': 'event' is 'üritus' (django.po)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Glossary", "no table of terms"),
        (TEXT.replace("avoid (el)", "avoid"), "no table of terms"),
        (TEXT.replace("| avoid (fi) | avoid (et) |", "| avoid (fi) | avoid (sv) |", 1), "other languages"),
        (TEXT.replace("| üritus ", "| "), "not a complete row"),
    ],
)
def test_incomplete_tables_are_refused(text, message):
    with pytest.raises(ValueError, match=message):
        terms.read(text)


def test_term_that_forbids_its_own_translation_is_a_contradiction():
    glossary = terms.read(TEXT.replace("| sündmus* |", "| üri* |"))
    assert list(glossary.contradictions()) == ["et: 'event' forbids its own translation: 'üritus'"]


def test_the_glossary_of_the_project_has_no_contradiction():
    glossary = terms.read((ROOT / "docs" / "glossary.md").read_text())
    assert len(glossary.terms) >= 30
    assert list(glossary.contradictions()) == []


# One word for one thing in the English texts of the interface: a word and what is written instead.
REPLACED_WORDS = {"somebody": "someone", "everybody": "everyone", "e-mail": "email"}


def test_english_texts_have_one_word_for_one_thing():
    texts = [f"{text}\n{plural}" for _context, text, plural in entries(catalogue(ROOT, SOURCE))]
    assert len(texts) > 3000
    words = re.compile(rf"\b(?:{'|'.join(REPLACED_WORDS)})s?\b", re.IGNORECASE)
    assert [text for text in texts if words.search(text)] == []


def test_names_of_chapters_of_the_manual_have_one_word_for_one_thing():
    """The names are in the addresses of the manual."""
    words = re.compile("|".join(REPLACED_WORDS))
    assert [chapter.slug for chapter in CHAPTERS if words.search(chapter.slug)] == []
