"""Read the HTML of a response in a test."""

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse
from django.test import Client


def soup(source: HttpResponse | str | bytes) -> BeautifulSoup:
    """Parse a response or its HTML."""
    return BeautifulSoup(source if isinstance(source, str | bytes) else source.content, "html.parser")


def get_page(client: Client, path: str, status: int = 200) -> BeautifulSoup:
    """Request `path`, check the status code and parse the page."""
    response = client.get(path)
    assert response.status_code == status
    return soup(response)


def text_of(source: Tag | str) -> str:
    """Return the text of a tag or of HTML, with single spaces."""
    return " ".join((soup(source) if isinstance(source, str) else source).get_text(" ").split())


def hidden_fields(page: BeautifulSoup) -> dict[str, str]:
    """Return the hidden fields of the forms in the main part of a page."""
    return {field["name"]: field.get("value", "") for field in page.select("main form input[type=hidden]")}
