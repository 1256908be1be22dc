"""Sitemaps, robots.txt, security.txt and the health check."""

import datetime
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.cache import cache
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from home import health
from home.models import ContentPage, ProjectPage
from home.seo import sitemaps
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import MOMENT, make_alias, make_page, make_private
from tests.factories.project import describe_project, make_organisation

pytestmark = pytest.mark.any_database

ROOT = "http://localhost"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def parse(response) -> ElementTree.Element:
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    return ElementTree.fromstring(response.content)  # noqa: S314  (the site's own XML)


def entries(client, language: str) -> dict[str, dict]:
    """Return the entries of a language's sitemap by address: last change and alternates."""
    return {
        entry.findtext(f"{SITEMAP}loc"): {
            "lastmod": entry.findtext(f"{SITEMAP}lastmod"),
            "alternates": {link.get("hreflang"): link.get("href") for link in entry.findall(f"{XHTML}link")},
        }
        for entry in parse(client.get(f"/sitemap-{language}.xml"))
    }


@pytest.fixture
def pages(home_pages):
    project = make_page(ProjectPage, home_pages["en"], "Project")
    hanke = make_page(ProjectPage, home_pages["fi"], "Hanke", translation_of=project)
    return {"en": project, "fi": hanke}


def test_index_names_the_sitemap_of_each_language(client, pages):
    found = [item.findtext(f"{SITEMAP}loc") for item in parse(client.get("/sitemap.xml"))]
    assert found == [f"{ROOT}/sitemap-{code}.xml" for code in ("en", "fi", "et", "el")]


def test_entry_has_the_same_alternates_as_the_page(client, pages):
    expected = {
        "en": f"{ROOT}/en/project/",
        "fi": f"{ROOT}/fi/hanke/",
        "x-default": f"{ROOT}/en/project/",
    }
    assert entries(client, "en")[f"{ROOT}/en/project/"]["alternates"] == expected
    assert entries(client, "fi")[f"{ROOT}/fi/hanke/"]["alternates"] == expected
    assert entries(client, "fi")[f"{ROOT}/fi/"]["alternates"]["x-default"] == f"{ROOT}/"


def test_only_canonical_public_live_pages_are_listed(client, pages, home_pages):
    make_page(ContentPage, home_pages["fi"], "Luonnos", live=False)
    make_private(make_page(ContentPage, home_pages["fi"], "Salaisuus"))
    make_alias(make_page(ContentPage, home_pages["en"], "About"), home_pages["fi"])
    found = entries(client, "fi")
    assert set(found) == {f"{ROOT}/fi/", f"{ROOT}/fi/hanke/"}
    for address in found:
        response = client.get(address.removeprefix(ROOT))
        assert response.status_code == 200
        assert f'<link rel="canonical" href="{address}">' in response.text


def test_language_without_live_home_page_has_no_sitemap(client, pages, home_pages):
    home_pages["fi"].unpublish()
    assert client.get("/sitemap-fi.xml").status_code == 404
    assert "sitemap-fi" not in client.get("/sitemap.xml").text
    assert set(entries(client, "en")[f"{ROOT}/en/project/"]["alternates"]) == {"en", "x-default"}


def test_last_change_of_an_index_page_is_that_of_its_newest_child(client, home_page):
    news = make_page(NewsIndexPage, home_page, "News")
    later = MOMENT + datetime.timedelta(days=3)
    make_page(NewsPage, news, "Old")
    make_page(NewsPage, news, "New", last_published_at=later)
    make_page(ContentPage, home_page, "About")
    type(home_page).objects.filter(pk=home_page.pk).update(last_published_at=MOMENT)
    found = entries(client, "en")
    dates = {address.removeprefix(f"{ROOT}/en/"): entry["lastmod"] for address, entry in found.items()}
    assert datetime.datetime.fromisoformat(dates["news/"]) == later
    assert datetime.datetime.fromisoformat(dates[""]) == later
    assert datetime.datetime.fromisoformat(dates["about/"]) == MOMENT


@pytest.mark.parametrize("language", ["sv", "x" * 500])
def test_unknown_language_has_no_sitemap(client, pages, language):
    assert client.get(f"/sitemap-{language}.xml").status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_sitemap_has_a_constant_number_of_queries(client, pages, django_assert_num_queries, number):
    for place in range(number):
        make_page(ContentPage, pages["en"], f"Page {place}")
    client.get("/sitemap-en.xml")
    with django_assert_num_queries(5):
        assert len(entries(client, "en")) == number + 2


def test_a_language_with_many_pages_has_several_sitemaps(client, pages, home_pages, monkeypatch):
    monkeypatch.setattr(sitemaps, "PAGES_PER_FILE", 2)
    for title in ("One", "Two & three", "Four"):
        make_page(ContentPage, home_pages["en"], title)
    found = [item.findtext(f"{SITEMAP}loc") for item in parse(client.get("/sitemap.xml"))]
    of_english = [f"{ROOT}/sitemap-en.xml", f"{ROOT}/sitemap-en.2.xml", f"{ROOT}/sitemap-en.3.xml"]
    assert found == [*of_english, *(f"{ROOT}/sitemap-{code}.xml" for code in ("fi", "et", "el"))]
    files = [list(entries(client, name)) for name in ("en", "en.2", "en.3")]
    names = ["", "project/", "one/", "two-three/", "four/"]
    assert files == [[f"{ROOT}/en/{name}" for name in part] for part in (names[:2], names[2:4], names[4:])]
    for number in (0, 4, 10**30):
        assert client.get(f"/sitemap-en.{number}.xml").status_code == 404


def test_addresses_are_those_of_the_pages(client, home_page, settings):
    """The sitemap makes them itself. A slug may have letters that an address encodes."""
    page = make_page(ContentPage, home_page, "Über uns", slug="über-õppe")
    make_page(ContentPage, page, "More", slug="a-b_c")
    listed = set(entries(client, "en"))
    assert listed == {each.full_url for each in (home_page, page, *ContentPage.objects.child_of(page))}


@pytest.mark.django_db
def test_robots_txt_names_the_sitemap_and_disallows_the_admin(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.text.splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "",
        f"Sitemap: {ROOT}/sitemap.xml",
    ]
    assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"


def test_security_contact_is_the_contact_of_the_project(client, db):
    describe_project(contact_email="security@example.org")
    response = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:security@example.org"
    assert fields["Canonical"] == f"{ROOT}/.well-known/security.txt"
    assert fields["Preferred-Languages"] == "en, fi, et, el"
    left = datetime.datetime.fromisoformat(fields["Expires"]) - timezone.now()
    assert datetime.timedelta(days=29) <= left <= datetime.timedelta(days=30)


def test_security_contact_without_email_is_the_website_of_the_coordinator(client, db):
    coordinator = make_organisation("University", website="https://university.example/contact")
    describe_project(contact_email="", coordinator=coordinator)
    assert "Contact: https://university.example/contact\n" in client.get("/.well-known/security.txt").text


def test_security_txt_without_contact_is_not_found(client, db):
    describe_project(contact_email="")
    assert client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "target"),
    [("/.well-known/change-password", "/admin/account/"), ("/favicon.ico", "/static/img/touch-icon.png")],
)
def test_conventional_address_redirects(client, path, target):
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, target)


@pytest.mark.django_db
def test_health_check_of_a_healthy_site(client):
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(("broken", "status", "text"), [("database", 503, "failing\n"), ("cache", 200, "degraded\n")])
def test_health_check_without_database_or_cache(client, monkeypatch, caplog, broken, status, text):
    def fail(*args, **kwargs):
        raise DatabaseError("the password is hunter2")

    if broken == "database":
        monkeypatch.setattr(BaseDatabaseWrapper, "cursor", fail)
    else:
        monkeypatch.setattr(cache, "set", fail)
    response = client.get("/healthz")
    monkeypatch.undo()
    assert (response.status_code, response.text) == (status, text)
    assert "hunter2" in caplog.text


@pytest.mark.django_db
def test_health_check_without_collected_static_files(client, monkeypatch, caplog):
    monkeypatch.setattr(health, "staticfiles_storage", ManifestStaticFilesStorage(location="/nonexistent"))
    assert client.get("/healthz").status_code == 503
    assert "run manage.py collectstatic" in caplog.text
