"""Security headers, and that visitors get no cookies."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.urls import reverse

from home.models import (
    AccessibilityPage,
    ContactPage,
    ContentPage,
    PartnersPage,
    PrivacyPage,
    ProgrammePage,
    ProjectPage,
    ResultsPage,
)
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

STRICT = {
    "default-src": "'none'",
    "script-src": "testserver/static/js/ testserver/static/events/js/",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}
TYPES = [
    ProjectPage,
    ProgrammePage,
    PartnersPage,
    ResultsPage,
    ContentPage,
    PrivacyPage,
    AccessibilityPage,
    ContactPage,
    NewsIndexPage,
]
VIEWS = [
    "/",
    "/en/",
    "/en/search/",
    "/en/search/?q=project",
    "/en/missing/",
    "/en/feeds/news/",
    "/robots.txt",
    "/healthz",
]


def policy(response) -> dict[str, str]:
    parts = [part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";") if part.strip()]
    return dict(parts)


@pytest.fixture
def pages(home_page):
    made = {model.__name__: make_page(model, home_page, model.__name__) for model in TYPES}
    made["NewsPage"] = make_page(NewsPage, made["NewsIndexPage"], "An article")
    return made


@pytest.mark.parametrize("name", [*(model.__name__ for model in TYPES), "NewsPage"])
def test_public_page_has_the_strict_policy_and_no_cookie(client, pages, name):
    response = client.get(pages[name].url)
    assert response.status_code == 200
    assert policy(response) == STRICT
    assert not response.cookies
    assert not client.cookies
    assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"


@pytest.mark.parametrize("path", VIEWS)
def test_other_responses_have_the_strict_headers(client, pages, path):
    response = client.get(path)
    assert policy(response) == STRICT
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.django_db
def test_unused_features_of_the_browser_are_off(client):
    features = dict(part.strip().split("=") for part in client.get("/en/")["Permissions-Policy"].split(","))
    assert set(features.values()) == {"()"}
    assert {"camera", "geolocation", "microphone", "payment", "usb"} <= set(features)


@pytest.mark.django_db
def test_features_are_turned_off_with_documents_only(client):
    """Browsers ignore the header with other files. Style sheets and fonts go through the same middleware."""
    for path in ("/en/nowhere/", "/sitemap.xml"):
        assert "Permissions-Policy" in client.get(path)
    for path in ("/en/site.webmanifest", "/robots.txt"):
        response = client.get(path)
        assert response.status_code == 200
        assert "Permissions-Policy" not in response
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("name", [*(model.__name__ for model in TYPES), "NewsPage"])
def test_markup_follows_the_policy(client, pages, name):
    """Pages have no inline scripts, styles or event handlers, and load nothing from other hosts."""
    page = soup(client.get(pages[name].url))
    scripts = page.find_all("script")
    assert scripts
    for script in scripts:
        assert script.get("src", "").startswith("/static/") or script["type"] == "application/ld+json"
    assert not page.find_all("style")
    for element in page.find_all(True):
        assert "style" not in element.attrs, element
        assert not [name for name in element.attrs if name.startswith("on")], element
    for element in page.select("link[rel=stylesheet], link[rel=icon], link[rel=preload], img"):
        assert element.get("href", element.get("src")).startswith(("/static/", "/media/", "data:"))


def test_admin_has_its_own_policy(admin_client, client):
    for response in (client.get("/admin/login/"), admin_client.get("/admin/")):
        assert response.status_code == 200
        found = policy(response)
        assert found["script-src"] == "'self'"
        assert found["script-src-attr"] == "'none'"
        assert found["style-src"] == "'self' 'unsafe-inline'"
        assert found["default-src"] == "'none'"
        assert found["frame-ancestors"] == "'self'"
        assert "unsafe-eval" not in response["Content-Security-Policy"]


# Screens of the admin, with and without Wagtail's choosers, dates and rows of forms.
SCREENS = [
    "wagtailadmin_home",
    "wagtailadmin_account",
    "wagtailadmin_explore_root",
    "wagtailadmin_pages:edit",
    "wagtailadmin_pages:delete",
    "wagtailadmin_reports:site_history",
    "wagtailimages:index",
    "wagtaildocs:index",
    "wagtailusers_users:index",
    "wagtailsnippets_home_organisation:list",
    "wagtailsnippets_home_organisation:add",
    "events:index",
    "events:add",
    "translations:overview",
    "glossary:add",
    "webhooks:add",
    "wagtaildocs:add",
    "wagtaillocales:add",
    "wagtailusers_users:add",
    "wagtailsnippets_news_newscategory:add",
    "wagtailsnippets_factsheets_topic:add",
    "wagtailsnippets_factsheets_targetgroup:add",
]


@pytest.mark.parametrize("name", SCREENS)
def test_screens_of_the_admin_have_no_inline_scripts_and_admit_none(admin_client, home_page, name):
    needs_key = name in {"wagtailadmin_pages:edit", "wagtailadmin_pages:delete"}
    response = admin_client.get(reverse(name, args=[home_page.pk] if needs_key else []))
    page = soup(response)
    inline = [tag for tag in page.find_all("script") if not tag.get("src") and tag.get("type") in {None, "module"}]
    assert inline == []
    assert "'unsafe-inline'" not in policy(response)["script-src"]
    for element in page.find_all(True):
        assert not [attribute for attribute in element.attrs if attribute.startswith("on")], element


def test_public_pages_admit_no_script_of_the_admin(client, admin_client, home_page):
    """Injected markup cannot load the admin's scripts, which act on attributes as the signed-in user."""
    assert "wagtail" not in client.get(home_page.url)["Content-Security-Policy"]
    sources = policy(admin_client.get(home_page.url))["script-src"].split()
    # Two files and no folder, for the user bar, which has none of these scripts.
    allowed = [source.removeprefix("testserver/static/") for source in sources]
    assert allowed == ["js/", "events/js/", "wagtailadmin/js/vendor.js", "wagtailadmin/js/userbar.js"]
    for path in allowed[2:]:
        script = Path(finders.find(path)).read_text(encoding="utf-8")
        assert "w-swap" not in script
        assert "w-action" not in script


def test_folders_of_public_scripts_have_only_scripts_of_public_pages(settings):
    found = {
        f"{folder}{Path(path).name}"
        for folder in settings.PUBLIC_SCRIPT_FOLDERS
        for finder in finders.get_finders()
        for path, _storage in finder.list([])
        if path.startswith(folder)
    }
    # The door is a public page too, with the library that reads codes where the browser cannot.
    parts = ("", "-ended", "-list", "-offline", "-store", "-worker")
    door = {"events/js/jsqr.js", "events/js/LICENSE-jsQR", *(f"events/js/door{part}.js" for part in parts)}
    assert found == {"js/site.js", "events/js/registration.js", "events/js/timetable.js"} | door


def test_hashed_scripts_are_in_the_permitted_folders(tmp_path):
    storage = ManifestStaticFilesStorage(location=tmp_path)
    storage.hashed_files = {"js/site.js": "js/site.0123456789ab.js"}
    assert storage.url("js/site.js", force=True).startswith(storage.url("js/", force=True))
    assert storage.url("js/", force=True) == "/static/js/"


def test_previews_have_the_strict_policy_of_the_host_that_shows_them(admin_client, home_page, settings):
    settings.ALLOWED_HOSTS = ["admin.example.org", "localhost"]
    home_page.save_revision()
    url = reverse("wagtailadmin_pages:view_draft", args=[home_page.pk])
    found = policy(admin_client.get(url, headers={"host": "admin.example.org"}))
    assert found["script-src"].split()[0] == "admin.example.org/static/js/"
    assert found["style-src"] == "'self'"


@pytest.fixture
def admin_host(settings):
    settings.ADMIN_HOST = "admin.example.org"
    settings.ALLOWED_HOSTS = ["admin.example.org", "www.example.org"]
    settings.PUBLIC_BASE_URL = "https://www.example.org"
    settings.WAGTAILADMIN_BASE_URL = "https://admin.example.org"


ADMIN, PUBLIC = {"host": "admin.example.org"}, {"host": "www.example.org"}


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/pages/"])
def test_the_admin_is_on_its_own_host_only(admin_host, admin_client, path):
    assert admin_client.get(path, headers=PUBLIC).status_code == 404
    assert admin_client.get(path, headers=ADMIN).status_code in {200, 302}


def test_the_admin_may_be_on_another_port(admin_host, admin_client):
    assert admin_client.get("/admin/", headers={"host": "admin.example.org:8443"}).status_code == 200
    assert admin_client.get("/admin/", headers={"host": "www.example.org:8443"}).status_code == 404


def test_the_host_of_the_admin_serves_no_public_page(admin_host, admin_client, home_page):
    answer = admin_client.get("/en/search/?q=x", headers=ADMIN)
    assert (answer.status_code, answer["Location"]) == (302, "https://www.example.org/en/search/?q=x")
    assert admin_client.get("/", headers=ADMIN)["Location"] == "/admin/"
    assert admin_client.get("/healthz", headers=ADMIN).status_code == 200
    assert admin_client.get("/documents/1/none.pdf", headers=ADMIN).status_code == 404
    assert admin_client.get("/en/", headers=PUBLIC).status_code == 200
    answer = admin_client.get("/.well-known/change-password", headers=PUBLIC)
    assert answer["Location"] == "https://admin.example.org/admin/account/"


def test_previews_work_on_the_host_of_the_admin(admin_host, admin_client, home_page):
    home_page.save_revision()
    url = reverse("wagtailadmin_pages:view_draft", args=[home_page.pk])
    assert admin_client.get(url, headers=ADMIN).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/administration/", "/en/admin/", "/ADMIN/"])
def test_paths_that_resemble_the_admin_have_the_strict_policy(client, path):
    assert policy(client.get(path)) == STRICT


def test_session_cookie_is_http_only_and_same_site(admin_client, settings):
    cookie = admin_client.cookies[settings.SESSION_COOKIE_NAME]
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert (settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")
    assert cookie.value


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", ["/", "/en/search/?q=x", "/robots.txt", "/healthz", "/sitemap.xml", "/en/"])
def test_read_only_urls_refuse_other_methods(client, home_page, method, path):
    assert getattr(client, method)(path).status_code == 405
