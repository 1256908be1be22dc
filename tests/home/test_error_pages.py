"""Error and sign-in pages: without the database, and without private information."""

import pytest
from django.conf import settings
from django.contrib.staticfiles import storage
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import path
from django.utils import translation
from django.views import defaults
from wagtail.models import Page, PageViewRestriction

from config import urls
from home.models import ContentPage
from home.templatetags.site_tags import stylesheet_url
from tests.factories.pages import make_page
from tests.factories.project import write_texts
from tests.html import soup, text_of

pytestmark = pytest.mark.any_database


def broken(request):
    raise RuntimeError("broken on purpose")


def without_database(request, language):
    raise OperationalError("could not connect to server")


urlpatterns = [
    path("broken/", broken),
    path("<str:language>/no-database/", without_database),
    *urls.urlpatterns,
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@override_settings(ROOT_URLCONF=__name__)
def test_500_page_is_rendered_without_the_database(django_db_blocker):
    client = Client(raise_request_exception=False)

    with django_db_blocker.block():
        response = client.get("/broken/")

    page = soup(response.content.decode())
    assert response.status_code == 500
    assert text_of(page.h1) == page.title.text == "There is a problem with the site"
    assert "The error has been logged." in text_of(page.main)
    assert page.main.a["href"] == "/"


@pytest.mark.parametrize(
    ("template", "heading"),
    [
        ("400.html", "Bad request"),
        ("403.html", "You do not have access to this page"),
        ("403_csrf.html", "The form could not be sent"),
        ("500.html", "There is a problem with the site"),
        ("503.html", "The site is not available at the moment"),
    ],
)
def test_error_page_needs_no_context(template, heading):
    page = soup(render_to_string(template))

    assert [text_of(tag) for tag in page.find_all("h1")] == [heading]
    assert page.title.text == heading
    assert page.html["lang"] == "en"
    assert not page.find_all("script")
    assert [link["href"] for link in page.select("link[rel=stylesheet]")] == [
        "/static/css/tokens.css",
        "/static/css/site.css",
    ]


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_error_page_has_a_lang_attribute(language):
    with translation.override(language):
        assert soup(render_to_string("500.html")).html["lang"] == language


@pytest.mark.parametrize(("view", "status"), [(defaults.bad_request, 400), (defaults.permission_denied, 403)])
def test_error_views_use_the_templates_of_the_site(rf, view, status):
    response = view(rf.get("/"), Exception("an internal reason"))

    page = soup(response.content.decode())
    assert response.status_code == status
    assert page.main.a["href"] == "/"
    assert "an internal reason" not in response.content.decode()


def test_form_without_csrf_token_shows_the_403_page(db):
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x", "password": "y"})

    assert response.status_code == 403
    assert text_of(soup(response.content.decode()).h1) == "The form could not be sent"


def test_stylesheet_url_without_collected_files(monkeypatch):
    class Strict(storage.ManifestStaticFilesStorage):
        def read_manifest(self):
            return None

    monkeypatch.setattr("home.templatetags.site_tags.staticfiles_storage", Strict(location="/nowhere"))

    with override_settings(DEBUG=False):
        assert stylesheet_url("css/site.css") == "/static/css/site.css"


@pytest.fixture
def secret(home_page):
    page = make_page(ContentPage, home_page, "The secret plan", slug="plan", lead="Nobody may know.")
    PageViewRestriction.objects.create(
        page=Page.objects.get(pk=page.pk), restriction_type=PageViewRestriction.PASSWORD, password="open sesame"
    )
    return page


def test_password_form_does_not_reveal_the_page(client, secret):
    page = soup(client.get("/en/plan/").content.decode())

    assert text_of(page.h1) == page.title.text == "Password required"
    assert "secret" not in page.get_text().casefold()
    assert "Nobody" not in str(page)
    field = page.select_one("input[type=password]")
    assert (page.select_one(f"label[for={field['id']}]").text, field["autocomplete"]) == (
        "Password",
        "current-password",
    )


def test_wrong_password_shows_an_error_at_the_field(client, secret):
    form = soup(client.get("/en/plan/").content.decode()).form
    data = {field["name"]: field["value"] for field in form.select("input[type=hidden][value]")}

    answer = soup(client.post(form["action"], data | {"password": "sesame"}).content.decode())

    field = answer.select_one("input[type=password]")
    assert field["aria-invalid"] == "true"
    assert (
        text_of(answer.select_one(f"#{field['aria-describedby']}"))
        == "The password you have entered is not correct. Please try again."
    )


def test_right_password_opens_the_page(client, secret):
    form = soup(client.get("/en/plan/").content.decode()).form
    data = {field["name"]: field["value"] for field in form.select("input[type=hidden][value]")}

    response = client.post(form["action"], data | {"password": "open sesame"}, follow=True)

    assert text_of(soup(response.content.decode()).h1) == "The secret plan"


def test_sign_in_page_does_not_reveal_the_private_page(client, home_page):
    page = make_page(ContentPage, home_page, "The secret plan", slug="plan")
    PageViewRestriction.objects.create(page=Page.objects.get(pk=page.pk), restriction_type=PageViewRestriction.LOGIN)

    answer = soup(client.get("/en/plan/", follow=True).content.decode())

    assert text_of(answer.h1) == answer.title.text == "Sign in"
    assert "secret" not in answer.get_text().casefold()
    assert [(field["type"], field["autocomplete"]) for field in answer.select(".input")] == [
        ("text", "username"),
        ("password", "current-password"),
    ]


def test_account_without_access_sees_a_message_and_another_opens_the_page(client, home_page, django_user_model):
    django_user_model.objects.create_user("reader", password="a long password")
    page = make_page(ContentPage, home_page, "The secret plan", slug="plan")
    PageViewRestriction.objects.create(page=Page.objects.get(pk=page.pk), restriction_type=PageViewRestriction.LOGIN)
    form = soup(client.get("/en/plan/", follow=True).content.decode()).form
    data = {"next": form.select_one("[name=next]")["value"], "username": "reader"}

    refused = soup(client.post(form["action"], data | {"password": "wrong"}).content.decode())
    opened = client.post(form["action"], data | {"password": "a long password"}, follow=True)

    assert "Please enter a correct" in text_of(refused.select_one("[role=alert]"))
    assert text_of(soup(opened.content.decode()).h1) == "The secret plan"


def test_password_form_shows_the_funding_statement(client, secret, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        write_texts("en", funding_statement="Funded by the European Union", disclaimer="Views are the authors’.")

    page = soup(client.get("/en/plan/").content.decode())

    assert text_of(page.select_one(".funding")) == "Funded by the European Union Views are the authors’."


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_page_without_its_database_asks_to_try_again_in_the_language_of_the_address(django_db_blocker, language):
    client = Client(raise_request_exception=False)
    # The language of an earlier request in the same thread.
    with django_db_blocker.block(), translation.override("el" if language == "en" else "en"):
        response = client.get(f"/{language}/no-database/")

    page = soup(response.content.decode())
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert page.html["lang"] == language


@override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["www.example.org"])
def test_bad_request_is_answered_in_the_language_of_the_address():
    with translation.override("el"):
        response = Client(raise_request_exception=False).get("/fi/")

    assert (response.status_code, soup(response.content.decode()).html["lang"]) == (400, "fi")
    assert response["Content-Language"] == "fi"


def test_bad_request_without_a_language_in_its_address_has_that_of_the_browser(settings):
    settings.ALLOWED_HOSTS = ["www.example.org"]
    with translation.override("el"):
        response = Client(raise_request_exception=False).get("/healthz", headers={"accept-language": "et, en;q=0.5"})

    assert (response.status_code, soup(response.content.decode()).html["lang"]) == (400, "et")
    assert (response["Content-Language"], response["Vary"]) == ("et", "Accept-Language, Accept-Encoding")


def test_page_that_is_not_found_before_the_language_is_known_has_that_of_the_browser(client, home_pages, settings):
    settings.ADMIN_HOST = "admin.example.org"
    with translation.override("el"):
        response = client.get("/admin/", headers={"accept-language": "fi"})

    assert (response.status_code, soup(response.content.decode()).html["lang"]) == (404, "fi")
