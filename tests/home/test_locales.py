"""Adding a language in the admin."""

import pytest
from django.urls import reverse
from wagtail.models import Locale
from wagtail.users.models import UserProfile

from events.models import EventIndexPage
from tests.html import soup, text_of

pytestmark = pytest.mark.any_database


def introduction(client) -> str:
    return text_of(soup(client.get(reverse("wagtaillocales:add"))).select_one(".help-block"))


def test_the_form_says_that_all_languages_are_in_use(admin_client):
    assert introduction(admin_client).startswith("The site has all languages of its settings.")


def test_the_form_leads_to_the_steps_that_add_a_language(admin_client):
    form = soup(admin_client.get(reverse("wagtaillocales:add")).text)
    assert "docs/languages.md" in text_of(form.select_one(".help-block"))
    steps = admin_client.get(form.select_one(".help-block a")["href"])
    assert "Publish the translation of the home page" in steps.text


def test_the_form_says_what_to_do_after_a_language_is_added(admin_client):
    Locale.objects.filter(language_code="el").update(language_code="sv")
    assert "manage.py add_language" in introduction(admin_client)


def test_every_link_of_the_form_has_a_name(admin_client):
    links = soup(admin_client.get(reverse("wagtaillocales:add"))).select("main a")
    assert [link["href"] for link in links if not text_of(link)] == []


def test_a_language_is_not_filled_with_aliases(admin_client):
    for url in (reverse("wagtaillocales:add"), reverse("wagtaillocales:edit", args=[Locale.objects.first().pk])):
        assert "Synchronise content" not in admin_client.get(url).content.decode()


@pytest.mark.parametrize(("view", "field"), [("translations:overview", "language"), ("events:add", "written_in")])
def test_choices_of_a_language_have_the_order_of_the_settings(home_pages, admin_client, view, field):
    for home in home_pages.values():
        home.add_child(instance=EventIndexPage(title="Events", slug="events", locale=home.locale))
    page = soup(admin_client.get(reverse(view)).text)
    found = [
        option.get_text(strip=True) for option in page.select(f"select[name={field}] option[value]:not([value=''])")
    ]
    assert found == ["English", "Finnish", "Estonian", "Greek"]


def test_the_form_is_in_the_language_of_the_account(admin_client, admin_user):
    UserProfile.objects.update_or_create(user=admin_user, defaults={"preferred_language": "fi"})
    page = soup(admin_client.get(reverse("wagtaillocales:add")))
    assert "Locale" not in text_of(page.select_one("header"))
    assert "Locale" not in text_of(page.select_one("main"))
