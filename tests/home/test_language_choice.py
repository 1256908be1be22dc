"""The redirect from the root, and the language of each address."""

import pytest

from home.models import ContentPage
from tests.factories.pages import make_page

pytestmark = pytest.mark.any_database


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accept_language", "expected"),
    [
        ("fi", "/fi/"),
        ("fi-FI,fi;q=0.9,en;q=0.8", "/fi/"),
        ("sv,et;q=0.7,en;q=0.3", "/et/"),
        ("el-CY", "/el/"),
        ("sv", "/en/"),
        ("", "/en/"),
        ("*", "/en/"),
        ("fi;q=abc, ,;;,zz-" + "x" * 10_000, "/en/"),
    ],
)
def test_root_redirects_to_the_browsers_language(client, accept_language, expected):
    response = client.get("/", headers={"accept-language": accept_language})
    assert response.status_code == 302
    assert response["Location"] == expected
    assert response["Vary"] == "Accept-Language"
    assert response["Cache-Control"] == "private"
    assert not response.cookies


def test_root_leaves_out_a_language_whose_home_page_is_not_live(client, home_pages):
    home_pages["fi"].unpublish()
    assert client.get("/", headers={"accept-language": "fi,et"})["Location"] == "/en/"
    home_pages["et"].unpublish()
    assert client.get("/", headers={"accept-language": "et"})["Location"] == "/en/"


def test_language_of_the_address_overrides_the_browsers_language(client, home_pages):
    page = make_page(ContentPage, home_pages["et"], "Eesti leht")
    response = client.get(page.url, headers={"accept-language": "fi"})
    assert response.status_code == 200
    assert response["Content-Language"] == "et"
    assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    assert '<html lang="et">' in response.text


def test_language_without_live_home_page_is_not_found(client, home_pages):
    page = make_page(ContentPage, home_pages["en"], "About")
    home_pages["fi"].unpublish()
    assert client.get(page.url).status_code == 200
    assert client.get(page.url.replace("/en/", "/fi/")).status_code == 404
    assert client.get("/fi/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sv/", "/project/", "/en-gb/", "/fi-fi/project/", f"/{'x' * 2_000}/"])
def test_unknown_prefix_is_not_found_and_not_redirected(client, path):
    response = client.get(path, headers={"accept-language": "fi"})
    assert response.status_code == 404
    assert "Location" not in response


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "language"), [("/fi/puuttuu/", "fi"), ("/el/leipei/", "el"), ("/en/missing/", "en"), ("/missing/", "et")]
)
def test_404_page_is_in_the_language_of_the_address(client, path, language):
    response = client.get(path, headers={"accept-language": "et"})
    assert response.status_code == 404
    assert response["Content-Language"] == language
    assert f'<html lang="{language}">' in response.text


def test_address_without_final_slash_is_redirected(client, home_pages):
    page = make_page(ContentPage, home_pages["en"], "About")
    response = client.get(page.url.rstrip("/"))
    assert (response.status_code, response["Location"]) == (301, page.url)
