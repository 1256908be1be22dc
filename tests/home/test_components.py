"""The page that shows the components of the public site (`/demo/components/`)."""

import pytest
from django.test import RequestFactory

from home.demo.components import LONG_FINNISH, LONG_GREEK, components
from tests.html import soup, text_of

pytestmark = pytest.mark.any_database


def test_components_are_shown_with_long_words_and_in_every_state():
    page = soup(components(RequestFactory().get("/demo/components/")))
    assert {text_of(title) for title in page.select("h2")} >= {LONG_FINNISH, LONG_GREEK}
    for name in (
        "state--open",
        "state--past",
        "state--off",
        "next-event",
        "branches--full",
        "constellation",
        "finding",
    ):
        assert page.select(f".{name}"), name
    assert {mark["class"][-1] for mark in page.select(".monogram")} == {f"monogram--{tone}" for tone in range(5)}


@pytest.mark.django_db
def test_components_have_no_address_without_debug(client):
    assert client.get("/demo/components/").status_code == 404
