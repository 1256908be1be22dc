"""The glossary of translators: filled from the documentation, shown beside texts, and compared with translations."""

import json
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, Translation, TranslationSource

from home.models import ContentPage, GlossaryTerm, StaleString
from home.translations import glossary
from tests.factories.pages import make_page
from tests.factories.translations import make_translations
from tests.factories.users import make_user
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _empty(db):
    """Without the terms that the set-up of the test database added."""
    GlossaryTerm.objects.all().delete()


@pytest.fixture
def term():
    return GlossaryTerm.objects.create(
        term="event, meeting (of people)", language="fi", translation="tapahtuma", avoided="tilaisuu*"
    )


@pytest.fixture
def page(home_page, term):
    page = make_page(ContentPage, home_page, "Coming events", lead="Nothing of it")
    with transaction.atomic():
        make_translations(page, ["fi"])
    return page.get_translation(Locale.objects.get(language_code="fi"))


def segment_of(page, path) -> StringSegment:
    source = TranslationSource.objects.get(object_id=page.translation_key)
    return source.stringsegment_set.get(context__path=path)


def props(client, page) -> dict:
    editor = soup(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))
    return json.loads(editor.select_one(".js-translation-editor")["data-props"])


def save(client, page, path, text):
    translation = Translation.objects.get(source__object_id=page.translation_key)
    address = f"/admin/localize/translate/{translation.pk}/strings/{segment_of(page, path).pk}/edit/"
    return client.put(address, urlencode({"value": text}), content_type="application/x-www-form-urlencoded")


def test_setup_fills_an_empty_glossary_once(capsys):
    call_command("setup_site")
    assert GlossaryTerm.objects.get(term="event", language="et").translation == "üritus"
    assert GlossaryTerm.objects.get(term="event", language="fi").avoided == "tilaisuus"
    count = GlossaryTerm.objects.count()
    GlossaryTerm.objects.filter(term="event").delete()
    call_command("setup_site")
    assert GlossaryTerm.objects.count() == count - 3


@pytest.mark.parametrize(
    ("source", "translation", "found"),
    [
        ("Coming <b>events</b>", "Tulevat tapahtumat", ""),
        ("Coming <b>events</b>", "Tulevat <i>tilaisuudet</i>", "tilaisuudet"),
        ("A Meeting", "Tilaisuus", "Tilaisuus"),
        ("Eventually", "tilaisuus", ""),
    ],
)
def test_words_to_avoid_are_found(term, source, translation, found):
    warning = glossary.warning(glossary.terms_of("fi"), source, translation, "fi")
    assert warning == (
        f"The glossary has “tapahtuma” for “event, meeting (of people)”, not “{found}”." if found else ""
    )
    assert glossary.terms_of("et") == []


def test_an_asterisk_is_an_ending_at_the_end_of_a_word_only(term):
    """Several within a word would take hours: editors could stop the translation editor for everyone."""
    GlossaryTerm.objects.filter(pk=term.pk).update(avoided="ti*suus, kahe* sõna*, " + "a*" * 40 + "b")
    terms = glossary.terms_of("fi")
    for text in ("Tilaisuus", "a" * 400):
        assert glossary.warning(terms, "An event", text, "fi") == ""
    assert "“kahest sõnast”" in glossary.warning(terms, "An event", "kahest sõnast", "fi")


def test_the_editor_has_the_terms_of_each_text(page, admin_client):
    found = props(admin_client, page)["glossary"]
    assert found["Coming events"] == [["event, meeting (of people)", "tapahtuma"]]
    assert "Nothing of it" not in found


def test_a_saved_text_with_a_word_to_avoid_has_a_warning_and_is_stored(page, admin_client):
    saved = save(admin_client, page, "title", "Tulevat tilaisuudet").json()
    assert saved["error"] is None or saved["error"] == ""
    assert "not “tilaisuudet”" in saved["comment"]
    rows = {row["data"]: row["comment"] for row in props(admin_client, page)["initialStringTranslations"]}
    assert "not “tilaisuudet”" in rows["Tulevat tilaisuudet"]
    assert "glossary" not in save(admin_client, page, "title", "Tulevat tapahtumat").json()["comment"]


def test_the_review_of_changed_texts_shows_terms_and_warns(page, admin_client):
    translation = Translation.objects.get(source__object_id=page.translation_key)
    segment = segment_of(page, "title")
    row = StaleString.objects.create(
        translation=translation, context=segment.context, string=segment.string, old_source="x", old_translation="y"
    )
    address = reverse("translations:review", args=[translation.pk])
    assert "tapahtuma" in soup(admin_client.get(address)).select_one(".translation-terms").get_text()
    answer = admin_client.post(address, {"text": row.pk, "translation": "Tilaisuudet"}, follow=True)
    assert "not “Tilaisuudet”" in answer.text


def test_editors_change_the_glossary_and_translators_do_not(term, client):
    address = reverse("glossary:edit", args=[term.pk])
    values = {"term": "event", "language": "fi", "translation": "tapahtuma", "avoided": ""}
    client.force_login(make_user("translator", group="Translators: Finnish"))
    assert client.post(address, values).status_code == 302
    term.refresh_from_db()
    assert term.avoided == "tilaisuu*"
    client.force_login(make_user("editor", group="Editors"))
    assert client.get(reverse("glossary:index")).status_code == 200
    client.post(address, values)
    term.refresh_from_db()
    assert (term.term, term.avoided) == ("event", "")
    again = client.post(reverse("glossary:add"), values)
    assert "The glossary already has this term in this language." in again.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_terms_of_a_language_take_one_query(count, django_assert_num_queries):
    GlossaryTerm.objects.bulk_create(
        GlossaryTerm(term=f"t{number}", language="fi", translation="t") for number in range(count)
    )
    with django_assert_num_queries(1):
        assert len(glossary.terms_of("fi")) == count
