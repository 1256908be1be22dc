"""A fifth language, Swedish: from the setting to published pages, and what readers see where nothing is translated."""

import io
import shutil

import polib
import pytest
from django.conf import settings as site_settings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase
from django.utils.translation import override
from wagtail.models import Page

from events.enums import MailKind
from events.timetable.paste import days
from home import new_language
from home.collation import add_collations, sort_key
from home.countries import countries
from home.doctor.database import public_site
from home.glossary import read
from home.models import HomePage
from home.roles import translators
from news.models import NewsIndexPage, NewsPage
from tests.factories.events import in_language, translate_all
from tests.factories.mail import make_forum, make_registration, part, queue_mail, rendered
from tests.factories.pages import make_page
from tests.factories.project import write_texts
from tests.factories.users import make_user
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.django_db, pytest.mark.slow]

ROOT = "http://localhost"


@pytest.fixture
def swedish(settings, tmp_path):
    """The site with Swedish in `LANGUAGES` and nothing else in it. Catalogues are in a folder of the test."""
    languages = [*site_settings.LANGUAGES, ("sv", "Swedish")]
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = settings.WAGTAILADMIN_PERMITTED_LANGUAGES = languages
    shutil.copytree(new_language.catalogue("en").parents[1], tmp_path / "locale" / "en")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    add_collations(connection)
    days._names.cache_clear()
    yield settings
    days._names.cache_clear()


@pytest.fixture
def news(home_page):
    index = make_page(NewsIndexPage, home_page, "News", slug="news")
    make_page(NewsPage, index, "Kickoff", slug="kickoff", date="2026-03-24", lead="The partners met.")
    return index


def add_swedish() -> str:
    out = io.StringIO()
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("add_language", "sv", stdout=out, stderr=out)
    return out.getvalue()


def languages(client, url: str) -> dict[str, str]:
    """Return the address of each language in the switcher."""
    return {link["hreflang"]: link["href"] for link in soup(client.get(url)).select(".languages a")}


def test_a_language_that_is_no_setting_is_refused():
    with pytest.raises(CommandError, match=r"Set LANGUAGES=en,fi,et,el,sv in the environment"):
        call_command("add_language", "sv")


def test_readers_see_nothing_of_a_language_before_its_home_page_is_published(client, swedish, news):
    def is_hidden() -> bool:
        assert client.get("/sv/").status_code == 404
        assert client.get("/sv/search/").status_code == 200
        assert client.get("/", headers={"accept-language": "sv"})["Location"] == "/en/"
        pages = [languages(client, url) for url in ("/en/", "/en/news/", "/en/search/")]
        return not any("sv" in codes for codes in pages) and all(len(codes) == 4 for codes in pages)

    assert is_hidden()
    add_swedish()
    assert is_hidden()
    assert not HomePage.objects.get(locale__language_code="sv").live


def test_the_command_says_what_it_made_and_what_is_missing(swedish, news):
    said = add_swedish()
    for line in ("home page in sv, a draft", "group Translators: Swedish", "catalogue "):
        assert f"made: {line}" in said
    for sentence in (
        "The home page is a draft.",
        "2 public pages are not published in it: News, Kickoff.",
        "Title of the project, funding statement and disclaimer are not entered",
        "Nobody is in the group “Translators: Swedish”",
        "The glossary has no terms in it",
        "texts of buttons, forms and emails are not translated",
        "Dates and times are in Django’s form",
        "site/config/formats/sv/formats.py",
        "deploy/nginx/errors/503.sv.html",
    ):
        assert sentence in said
    again = add_swedish()
    assert "made:" not in again
    assert again.count("  - ") == said.count("  - ")


def test_translators_of_the_language_may_publish_its_home_page(swedish, news):
    add_swedish()
    user = make_user("translator", group=translators("sv"))
    pages = {page.locale.language_code: page for page in HomePage.objects.select_related("locale")}
    assert pages["sv"].permissions_for_user(user).can_publish()
    assert not pages["fi"].permissions_for_user(user).can_edit()
    # Those who edit in all languages do so in the new one.
    assert Group.objects.get(name="Editors").page_permissions.filter(page=pages["sv"]).exists()


def test_the_catalogue_has_every_text_and_keeps_what_was_translated(swedish, client, news, home_page):
    add_swedish()
    path = new_language.catalogue("sv")
    catalogue = polib.pofile(str(path), wrapwidth=0)
    assert {entry.msgid for entry in catalogue} == {
        entry.msgid for entry in polib.pofile(str(new_language.catalogue("en"))) if not entry.obsolete
    }
    assert not catalogue.translated_entries()
    assert catalogue.metadata["Plural-Forms"] == "nplurals=2; plural=(n != 1);"
    catalogue.find("Funding").msgstr = "Finansiering"
    catalogue.save(str(path))
    add_swedish()
    assert polib.pofile(str(path)).find("Funding").msgstr == "Finansiering"

    call_command("compile_catalogues", stdout=io.StringIO())
    # Read the catalogues again.
    swedish.LOCALE_PATHS = list(swedish.LOCALE_PATHS)
    write_texts("en")
    translate_all(home_page, codes=["sv"])
    page = soup(client.get("/sv/"))
    assert page.select_one(".funding")["aria-label"] == "Finansiering"
    # What is not translated is in English.
    assert page.select_one(".languages").find_parent("nav")["aria-label"] == "Languages"


def test_a_folder_that_cannot_be_written_is_named(swedish, news):
    (swedish.LOCALE_PATHS[0] / "sv").write_text("a file where the folder would be")
    said = add_swedish()
    assert "not made: catalogue" in said
    assert "made: home page in sv" in said


def test_published_pages_have_the_language_everywhere(client, swedish, news, home_page):
    write_texts("en")
    add_swedish()
    kickoff = NewsPage.objects.get()
    translate_all(home_page, news, kickoff, codes=["sv"])
    assert [page.live for page in Page.objects.filter(locale__language_code="sv")] == [True] * 3
    url = in_language(kickoff, "sv").url
    assert url == "/sv/sv-news/sv-kickoff/"

    swedish_page = soup(client.get(url))
    assert swedish_page.html["lang"] == "sv"
    assert swedish_page.h1.get_text(strip=True) == "sv Kickoff"
    assert swedish_page.find("meta", property="og:locale")["content"] == "sv_SE"
    # The official texts that are missing are those of the source language, marked as such.
    assert swedish_page.select_one(".funding__statement")["lang"] == "en"
    assert "mars 2026" in swedish_page.main.get_text()

    english = soup(client.get(kickoff.url))
    assert languages(client, kickoff.url)["sv"] == url
    assert languages(client, "/en/search/")["sv"] == "/sv/search/"
    alternates = {link["hreflang"]: link["href"] for link in english.select("head link[hreflang]")}
    assert alternates["sv"] == ROOT + url
    assert "lang" not in english.select_one(".funding__statement").attrs
    assert "sv_SE" in {meta["content"] for meta in english.select("meta[property='og:locale:alternate']")}
    assert f"{ROOT}/sitemap-sv.xml" in client.get("/sitemap.xml").text
    assert f"<loc>{ROOT}{url}</loc>" in client.get("/sitemap-sv.xml").text
    assert "sv Kickoff" in client.get("/sv/feeds/news/").text
    assert client.get("/", headers={"accept-language": "sv"})["Location"] == "/sv/"
    assert "The home page is a draft" not in add_swedish()


def test_mails_are_in_the_source_language_where_nothing_is_translated(swedish, home_page, news):
    add_swedish()
    translate_all(home_page, codes=["sv"])
    forum = make_forum(home_page, languages=["sv"])
    mail = rendered(queue_mail(make_registration(forum.event, language="sv"), MailKind.CONFIRMED))
    assert "sv Forum of care" in mail["subject"]
    text = part(mail, "text/plain")
    assert "sv Bring a warm coat." in text
    assert "Hello" in text or "Dear" in text or "Your registration" in text
    assert "/sv/" in text


def test_names_sort_as_the_language_does(swedish):
    with override("sv"):
        assert sorted(["Öland", "Zorn", "Åland", "Ärla", "Aland"], key=sort_key) == [
            "Aland",
            "Zorn",
            "Åland",
            "Ärla",
            "Öland",
        ]
        assert countries.name("SE") == "Sverige"


def test_pasted_timetables_name_days_in_the_language(swedish):
    assert days.read_day("torsdag 15 oktober 2026", 2026).date.isoformat() == "2026-10-15"


def test_terms_of_the_documentation_are_those_of_its_columns(swedish, news):
    assert "sv" not in read((site_settings.BASE_DIR / "docs" / "glossary.md").read_text()).languages


def test_a_language_that_was_taken_away_has_no_addresses(client, swedish, news, home_page):
    add_swedish()
    translate_all(home_page, news, codes=["sv"])
    assert not [found for found in public_site() if "LANGUAGES" in found.text]
    swedish.LANGUAGES = swedish.WAGTAIL_CONTENT_LANGUAGES = swedish.LANGUAGES[:4]
    assert client.get("/sv/").status_code == 404
    page = soup(client.get("/en/news/"))
    assert "sv" not in {link["hreflang"] for link in page.find_all(hreflang=True)}
    assert "/sv/" not in client.get("/sitemap-en.xml").text
    (found,) = [found for found in public_site() if "LANGUAGES" in found.text]
    assert "pages in sv" in found.text
