"""Words on screens of the admin that packages leave out or write in English."""

import datetime

import pytest
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page
from wagtail.users.models import UserProfile
from wagtail_localize.models import StringTranslation

from home.models import ContentPage
from tests.factories.pages import make_page
from tests.factories.translations import make_translations
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def page(home_page) -> ContentPage:
    page = make_page(ContentPage, home_page, "About us")
    page.save_revision().publish()
    return make_translations(ContentPage.objects.get(pk=page.pk), ["fi"])


def read_in(user, code: str) -> None:
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": code})


def words(node) -> str:
    return " ".join(node.get_text(" ").split())


def test_the_report_of_old_pages_has_a_dash_where_nobody_is_known_to_have_published(page, admin_client):
    report = soup(admin_client.get(reverse("wagtailadmin_reports:aging_pages")).text)
    rows = [words(row) for row in report.select("table.listing tbody tr")]
    assert rows
    assert not any("None" in row for row in rows)
    assert any("–" in row for row in rows)


def test_the_search_of_pages_counts_no_none(page, admin_client):
    answer = admin_client.get(reverse("wagtailadmin_pages:search"), {"q": "About"})
    heading = words(soup(answer.text).select_one("th.title"))
    assert "None" not in heading
    assert "/ 2" in heading


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("fi", "Kielestä englanti kielelle suomi"),
        ("et", "Tõlge: inglise keel – soome keel"),
        ("el", "Μετάφραση: Αγγλικά – Φινλανδικά"),
    ],
)
def test_the_heading_of_the_translation_editor_is_translated(page, admin_client, admin_user, code, text):
    read_in(admin_user, code)
    finnish = Page.objects.get(translation_key=page.translation_key, locale__language_code="fi")
    script = soup(admin_client.get(reverse("wagtailadmin_pages:edit", args=[finnish.pk])).text).select_one(
        "script[data-direction]"
    )
    assert " ".join(script["data-direction"].split()) == text


@pytest.mark.parametrize(("code", "number"), [("fi", "1–1 / 1"), ("et", "1–1 / 1"), ("el", "1–1 από 1")])
def test_lists_of_pages_have_no_english_words(home_page, page, admin_client, admin_user, code, number):
    read_in(admin_user, code)
    text = words(soup(admin_client.get(reverse("wagtailadmin_explore", args=[home_page.pk])).text).body)
    assert number in text
    english = ("Updated", "Ενημερωθηκε", "Toggle breadcrumbs", "Select row", "Keyboard shortcuts are", "Text editing")
    assert not [word for word in english if word in text]


@pytest.mark.parametrize(
    ("code", "month"), [("fi", "maaliskuuta"), ("et", "märts"), ("el", "Μαρτίου"), ("en", "March")]
)
def test_dates_in_the_translation_editor_are_in_the_language_of_the_reader(page, code, month):
    text = StringTranslation.objects.first()
    # Late in the evening in UTC: the next day where the site is.
    text.updated_at = datetime.datetime(2026, 3, 1, 23, 30, tzinfo=datetime.UTC)
    with translation.override(code):
        comment = text.get_comment()
    assert month in comment
    assert "2" in comment
    assert ("March" in comment) == (code == "en")
