"""Pages whose expiry time has passed, before the command that unpublishes them has run."""

import datetime

import pytest
from django.utils import timezone

from events.models import EventPage
from home.models import ContentPage
from news.models import NewsIndexPage, NewsPage
from tests.factories.events import make_page as make_event_page
from tests.factories.pages import make_page

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.slow]

HOUR = datetime.timedelta(hours=1)


def expire(page, *, at=None) -> None:
    type(page).objects.filter(pk=page.pk).update(expire_at=at or timezone.now() - HOUR)


@pytest.fixture
def article(home_page):
    return make_page(
        NewsPage, make_page(NewsIndexPage, home_page, "News"), "Old article", date=datetime.date(2025, 5, 20)
    )


@pytest.fixture
def event_page(home_page) -> EventPage:
    return make_event_page(home_page, title="Old event", slug="old-event")


def test_expired_page_is_not_found(client, home_page):
    page = make_page(ContentPage, home_page, "Old content")
    assert client.get(page.url).status_code == 200
    expire(page)
    assert client.get(page.url).status_code == 404
    expire(page, at=timezone.now() + HOUR)
    assert client.get(page.url).status_code == 200


def test_expired_article_is_in_no_list(client, article):
    paths = ["/en/", article.get_parent().url, "/en/news/feed/", "/en/search/?q=article", "/sitemap-en.xml"]
    paths = [path for path in paths if client.get(path).status_code == 200]
    assert len(paths) >= 4
    before = [path for path in paths if "Old article" in client.get(path).text or article.slug in client.get(path).text]
    assert article.get_parent().url in before
    expire(article)
    assert [
        path for path in before if "Old article" in client.get(path).text or article.slug in client.get(path).text
    ] == []
    assert client.get(article.url).status_code == 404


def test_expired_event_is_in_no_list_calendar_and_feed(client, event_page):
    index = event_page.get_parent().specific
    paths = [
        index.url,
        index.calendar_path,
        index.feed_path,
        event_page.calendar_path,
        event_page.programme_path,
        "/en/",
    ]
    paths = [path for path in paths if client.get(path).status_code == 200]
    shown = [path for path in paths if "Old event" in client.get(path).content.decode(errors="replace")]
    assert {index.url, index.calendar_path} <= set(shown)
    expire(event_page)
    for path in shown:
        assert "Old event" not in client.get(path).content.decode(errors="replace"), path
    for path in (event_page.url, event_page.register_path(), event_page.calendar_path, event_page.programme_path):
        assert client.get(path).status_code == 404, path


def test_no_part_of_a_page_that_is_cached_shows_an_expired_page(client, article, event_page, settings, monkeypatch):
    """Parts of pages outlast the responses that are made of them."""
    settings.PAGE_CACHE_SECONDS = 86_400
    for page in (article, event_page):
        expire(page, at=timezone.now() + HOUR)
    lists = ["/en/", article.get_parent().url, event_page.get_parent().url]
    addresses = [*lists, *(f"{address}?unknown=1" for address in lists)]
    for address in addresses * 2:
        text = client.get(address).text
        assert "Old article" in text or "Old event" in text, address
    later = timezone.now() + 2 * HOUR
    monkeypatch.setattr(timezone, "now", lambda: later)
    for address in addresses:
        text = client.get(address).text
        assert "Old article" not in text, address
        assert "Old event" not in text, address
