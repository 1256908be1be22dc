"""Adding a language in the admin."""

import pytest
from django.urls import reverse
from wagtail.models import Locale

from tests.html import soup, text_of

pytestmark = pytest.mark.any_database


def introduction(client) -> str:
    return text_of(soup(client.get(reverse("wagtaillocales:add"))).select_one(".help-block"))


def test_the_form_says_that_all_languages_are_in_use(admin_client):
    assert introduction(admin_client).startswith("All languages of this site have a locale.")


def test_the_form_says_what_to_do_after_a_language_is_added(admin_client):
    Locale.objects.filter(language_code="el").update(language_code="sv")
    assert "manage.py add_language" in introduction(admin_client)


def test_a_language_is_not_filled_with_aliases(admin_client):
    for url in (reverse("wagtaillocales:add"), reverse("wagtaillocales:edit", args=[Locale.objects.first().pk])):
        assert "Synchronise content" not in admin_client.get(url).content.decode()
