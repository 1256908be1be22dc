"""Security headers, and that visitors get no cookies."""

import pytest

from home.models import (
    AccessibilityPage,
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

pytestmark = pytest.mark.any_database

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
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
        assert found["script-src"] == found["style-src"] == "'self' 'unsafe-inline'"
        assert found["default-src"] == "'none'"
        assert found["frame-ancestors"] == "'self'"
        assert "unsafe-eval" not in response["Content-Security-Policy"]


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
