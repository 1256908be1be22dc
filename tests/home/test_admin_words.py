"""Words on screens of the admin that packages leave out or write in English."""

import datetime

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
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


@pytest.mark.parametrize("code", ["fi", "et", "el"])
@pytest.mark.parametrize(
    ("address", "english"),
    [
        ("wagtailimages:index", ["Delete selected images", "Add tags to the selected", "Usage count: (", "Minimum"]),
        ("wagtaildocs:index", ["Delete selected documents", "Add selected documents"]),
        ("wagtailusers_users:index", ["Delete selected users", "Assign role", "active state"]),
        ("wagtailadmin_account", ["Enable custom keyboard shortcuts"]),
    ],
)
def test_lists_of_files_and_accounts_have_no_english_words(admin_client, admin_user, home_page, code, address, english):
    read_in(admin_user, "en")
    before = admin_client.get(reverse(address)).text
    assert [word for word in english if word not in before] == []
    read_in(admin_user, code)
    after = admin_client.get(reverse(address)).text
    assert [word for word in english if word in after] == []


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


@pytest.mark.parametrize(
    ("code", "settings", "add", "review"),
    [
        ("en", "Languages", "Add a language", "Review this version"),
        ("fi", "Kielet", "Lisää kieli", "Tarkasta tämä versio"),
        ("et", "Keeled", "Lisa keel", "Vaadake see versioon üle"),
        ("el", "Γλώσσες", "Προσθήκη γλώσσας", "Έλεγχος αυτής της έκδοσης"),
    ],
)
def test_languages_and_versions_have_plain_words(page, admin_client, admin_user, code, settings, add, review):
    read_in(admin_user, code)
    languages = words(soup(admin_client.get(reverse("wagtaillocales:index")).text).main)
    assert settings in languages
    assert add in languages
    page.save_revision()
    history = words(soup(admin_client.get(reverse("wagtailadmin_pages:history", args=[page.pk])).text).main)
    assert "page log" not in history
    version = page.revisions.order_by("pk").first()
    answer = admin_client.get(reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, version.pk]))
    assert "previous version of this" not in answer.text
    with translation.override(code):
        assert gettext("Review this version") == review


@pytest.mark.parametrize("code", ["fi", "et", "el"])
def test_the_script_of_the_translation_editor_is_translated(page, admin_client, admin_user, code):
    read_in(admin_user, code)
    catalogue = admin_client.get("/admin/localize/jsi18n/").text
    assert '"Stop Synced translation": "' in catalogue
    assert '"Stop Synced translation": "Stop' not in catalogue
