"""Preview links: people without an account see the draft of a page, until the link ends."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

from accounts import hand_over
from home import permissions
from home.models import ContentPage, PreviewLink
from home.previews import links
from home.setup import set_up_site
from tests.factories.pages import make_page, make_private
from tests.factories.users import make_user
from tests.html import soup, text_of

pytestmark = pytest.mark.any_database

WORDS = "Words of the draft"


@pytest.fixture
def page(home_page) -> ContentPage:
    found = make_page(ContentPage, home_page, "Plan", lead="Public words")
    found.lead = WORDS
    found.save_revision()
    return found


@pytest.fixture
def editor(page) -> User:
    set_up_site()
    return make_user("editor", group=permissions.EDITORS)


def path_of(link: PreviewLink) -> str:
    return links.url_of(link).partition("//")[2].partition("/")[2].join(["/", ""])


def screen(page) -> str:
    return reverse("preview_links", args=[page.pk])


def test_visitors_see_the_draft_and_that_it_is_one(page, editor):
    answer = Client().get(path_of(links.make(page, 7, editor)))
    text = text_of(soup(answer).body)
    assert WORDS in text
    assert "Public words" not in text
    assert "This is a preview of a draft." in text
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    public = Client().get(page.url).text
    assert WORDS not in public
    assert "preview of a draft" not in public


def test_later_changes_are_shown_and_nothing_is_cached(page, editor, settings):
    settings.PAGE_CACHE_SECONDS = 3600
    path = path_of(links.make(page, 7, editor))
    assert WORDS in Client().get(path).text
    page.lead = "Later words"
    page.save_revision()
    assert "Later words" in Client().get(path).text


def test_page_that_was_never_public_is_shown(home_page, editor):
    page = make_page(ContentPage, home_page, "New", live=False, lead="Not yet")
    assert Client().get(page.url).status_code == 404
    assert "Not yet" in Client().get(path_of(links.make(page, 1, editor))).text


def test_private_page_is_shown_and_the_screen_says_so(page, editor, client):
    make_private(page)
    assert WORDS in Client().get(path_of(links.make(page, 1, editor))).text
    client.force_login(editor)
    assert "This page is private." in client.get(screen(page)).text


@pytest.mark.parametrize("change", ["forged", "other salt", "expired", "revoked", "other language"])
def test_links_that_do_not_work_are_not_found(page, editor, change):
    link = links.make(page, 7, editor)
    path = path_of(link)
    if change == "forged":
        path = path[:-3] + ("ab/" if not path.endswith("ab/") else "cd/")
    elif change == "other salt":
        path = f"/en/preview/{link.key.hex}~{'a' * 43}/"
    elif change == "expired":
        PreviewLink.objects.update(expires_at=timezone.now())
    elif change == "revoked":
        links.revoke(link, editor)
    else:
        path = path.replace("/en/", "/fi/", 1)
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "~", "a~b", "%00", "é" * 300, f"{'0' * 32}~x"])
def test_tokens_of_any_shape_are_not_found(home_page, token):
    assert Client().get(f"/en/preview/{token}/").status_code == 404


def test_editor_makes_and_revokes_a_link(page, editor, client):
    client.force_login(editor)
    assert "There is no valid preview link of this page." in client.get(screen(page)).text
    answer = client.post(screen(page), {"days": "7"}, follow=True)
    link = PreviewLink.objects.get()
    assert link.expires_at - timezone.now() > datetime.timedelta(days=6)
    assert soup(answer).select_one(".preview-links__url a")["href"] == links.url_of(link)
    answer = client.post(screen(page), {"revoke": link.key.hex}, follow=True)
    assert "The link no longer works." in answer.text
    assert not PreviewLink.objects.exists()
    assert set(PageLogEntry.objects.filter(user=editor).values_list("action", flat=True)) >= {
        links.MADE,
        links.REVOKED,
    }
    history = client.get(reverse("wagtailadmin_pages:history", args=[page.pk])).text
    assert "Preview link made" in history
    assert "Preview link revoked" in history


@pytest.mark.parametrize("days", ["", "2", "x", "-1"])
def test_wrong_number_of_days_is_an_error(page, editor, client, days):
    client.force_login(editor)
    answer = client.post(screen(page), {"days": days})
    assert answer.status_code == 422
    assert soup(answer).select_one(".error-message")
    assert not PreviewLink.objects.exists()


def test_number_of_links_is_limited(page, editor, client, monkeypatch):
    monkeypatch.setattr(links, "MOST_LINKS", 1)
    links.make(page, 1, editor)
    client.force_login(editor)
    answer = client.post(screen(page), {"days": "7"})
    assert "This page has too many links." in answer.text
    assert PreviewLink.objects.count() == 1


def test_a_link_of_another_page_is_not_revoked_here(page, home_page, editor, client):
    other = links.make(make_page(ContentPage, home_page, "Other"), 1, editor)
    client.force_login(editor)
    client.post(screen(page), {"revoke": other.key.hex})
    assert PreviewLink.objects.filter(pk=other.pk).exists()


def test_only_those_who_may_change_the_page_see_the_screen(page, editor, client):
    client.force_login(make_user("translator", group=permissions.translators("fi")))
    assert client.get(screen(page)).status_code == 302
    assert "preview-links" not in client.get(reverse("wagtailadmin_explore", args=[page.get_parent().pk])).text
    client.force_login(editor)
    assert screen(page) in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).text


def test_links_end_with_the_account_that_made_them(page, editor):
    links.make(page, 7, editor)
    colleague = make_user("colleague", group=permissions.EDITORS)
    kept = links.make(page, 7, colleague)
    assert ("Preview links that they have made", 1) in [
        (str(name), n) for name, n in hand_over.revocable_access_of(editor)
    ]
    hand_over.leave(editor, None)
    assert list(PreviewLink.objects.all()) == [kept]


def test_links_end_with_the_right_to_edit_the_page(page, editor):
    link = links.make(page, 7, editor)
    address = path_of(link)
    assert Client().get(address).status_code == 200
    editor.groups.clear()
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("role", "Ended: the person who made it can no longer edit the page."),
        ("account", "Ended: the account that made it is no longer active."),
    ],
)
def test_the_screen_says_why_a_link_has_ended(page, editor, client, change, reason):
    """It does not look valid, cannot be followed, and can still be removed."""
    working = links.make(page, 7, editor)
    former = make_user("former", group=permissions.EDITORS)
    ended = links.make(page, 1, former)
    if change == "role":
        former.groups.clear()
    else:
        User.objects.filter(pk=former.pk).update(is_active=False)
    assert Client().get(path_of(ended)).status_code == 404
    client.force_login(editor)
    first, second = soup(client.get(screen(page))).select("main tbody tr")
    assert reason in text_of(first)
    assert not first.select("a")
    assert "Ended" not in text_of(second)
    assert second.select_one("a")["href"] == links.url_of(working)
    client.post(screen(page), {"revoke": ended.key.hex})
    assert list(PreviewLink.objects.all()) == [working]


def test_expired_links_are_deleted(page, editor):
    links.make(page, 1, editor)
    kept = links.make(page, 7, editor)
    assert links.delete_expired(timezone.now() + datetime.timedelta(days=2)) == 1
    assert list(PreviewLink.objects.all()) == [kept]


@pytest.mark.parametrize("number", [1, 5])
def test_the_screen_has_a_constant_number_of_queries(page, editor, client, number, django_assert_num_queries):
    for _time in range(number):
        links.make(page, 7, editor)
    client.force_login(editor)
    client.get(screen(page))
    with django_assert_num_queries(19):
        client.get(screen(page))
