"""Pages are rendered in advance after a publication and after the start."""

from urllib.parse import urlsplit

import pytest
from django.core.cache import cache, caches
from django.test import Client
from django.utils import translation

from home import warming
from home.http import generations, request_counts
from home.models import ContentPage
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_page, make_private

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture(autouse=True)
def cache_on(settings, monkeypatch):
    settings.PAGE_CACHE_SECONDS = 3600
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setattr(request_counts, "INTERVAL", 0)
    monkeypatch.setattr(request_counts._visits, "_next_store", 0.0)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def news(home_page) -> NewsIndexPage:
    return make_page(NewsIndexPage, home_page, "News")


def visit(page, path: str = ""):
    return Client(headers={"host": urlsplit(page.full_url).netloc}).get(path or page.url)


def test_page_with_its_translations_home_page_and_list_are_kept_after_a_publication(
    home_pages, news, committed, django_assert_num_queries
):
    article = make_page(NewsPage, news, "Article", date="2025-01-01")
    finnish = make_page(ContentPage, home_pages["fi"], "Uutinen", translation_of=article)
    with committed():
        article.title = "New title"
        article.save_revision().publish()
    pages = [article, finnish, news, *home_pages.values()]
    with django_assert_num_queries(0):
        texts = [visit(page).text for page in pages]
    assert [text for text in texts if "New title" in text] == [texts[0], texts[2], *texts[3:4]]


def test_addresses_in_demand_are_kept_after_a_publication(home_page, news, committed, django_assert_num_queries):
    article = make_page(NewsPage, news, "Article", date="2025-01-01")
    for _time in range(2):
        visit(news, f"{news.url}?year=2025")
        visit(article)
    other = make_page(ContentPage, home_page, "Other")
    with committed():
        other.save_revision().publish()
    with django_assert_num_queries(0):
        assert visit(news, f"{news.url}?year=2025").status_code == 200
        assert visit(article).status_code == 200


def test_pages_that_visitors_cannot_read_are_not_asked_for(home_page, monkeypatch):
    asked = []
    monkeypatch.setattr(warming, "ask", asked.extend)
    make_page(ContentPage, home_page, "Draft", live=False)
    make_private(make_page(ContentPage, home_page, "Secret"))
    make_page(ContentPage, home_page, "Public")
    warming.warm.call()
    assert [address.path for address in asked if address.path.startswith("/en/")] == ["/en/", "/en/public/"]


def test_a_page_that_fails_does_not_stop_the_others(home_page, monkeypatch, caplog, django_assert_num_queries):
    broken, last = make_page(ContentPage, home_page, "A broken one"), make_page(ContentPage, home_page, "The last")

    def fail(self, request, *args, **kwargs):
        if self.title == "A broken one":
            raise ValueError("broken")
        return original(self, request, *args, **kwargs)

    original = ContentPage.get_context
    monkeypatch.setattr(ContentPage, "get_context", fail)
    warming.warm.call()
    assert f"{broken.url} could not be rendered in advance" in caplog.text
    with django_assert_num_queries(0):
        assert visit(last).status_code == 200


def test_the_application_of_servers_need_not_be_that_of_django(home_page, settings, django_assert_num_queries):
    # `config.wsgi.application` is a function around Django's application.
    settings.WSGI_APPLICATION = "config.wsgi.application"
    warming.warm.call()
    with django_assert_num_queries(0):
        assert visit(home_page).status_code == 200


def test_the_active_language_stays(home_page):
    with translation.override("et"):
        warming.warm.call()
        assert translation.get_language() == "et"


@pytest.mark.parametrize("header", [None, ("HTTP_X_FORWARDED_PROTO", "https")])
def test_pages_of_a_site_with_https_are_asked_for_with_https(home_page, settings, header):
    settings.SECURE_PROXY_SSL_HEADER = header
    settings.SECURE_SSL_REDIRECT = True
    site = home_page.get_site()
    site.hostname, site.port = "www.example.org", 443
    site.save()
    warming.warm.call()
    before = len(caches["pages"]._cache)
    client = Client(headers={"host": "www.example.org", "x-forwarded-proto": "https"})
    assert client.get("/en/", secure=True).status_code == 200
    assert len(caches["pages"]._cache) == before


def test_only_the_first_process_of_a_release_renders_after_the_start(home_page, monkeypatch):
    calls = []
    monkeypatch.setattr(warming, "ask", calls.append)
    for _process in range(3):
        warming.warm_after_start()
    assert len(calls) == 1


def test_nothing_is_rendered_in_advance_without_a_page_cache(home_page, settings, monkeypatch, committed):
    settings.PAGE_CACHE_SECONDS = 0
    monkeypatch.setattr(warming, "ask", None)  # raises if it is called
    warming.warm_after_start()
    with committed():
        home_page.save_revision().publish()


def most_asked() -> str:
    return request_counts.most_asked(1)[0].path


def count_visits(number: int, path: str) -> None:
    for _time in range(number):
        request_counts.count(request_counts.Address("https", "example.org", path))


def test_demand_has_a_limited_number_of_addresses_and_earlier_visits_count_less():
    for number in range(request_counts.STORED + 5):
        count_visits(1, f"/en/{number}/")
    count_visits(request_counts.HALF_LIFE, "/en/")
    assert most_asked() == "/en/"
    assert len(cache.get(request_counts.KEY)) == request_counts.STORED
    count_visits(request_counts.HALF_LIFE, "/fi/")
    assert most_asked() == "/fi/"
    generations.start()
    assert most_asked() == "/fi/"


def test_visits_are_stored_after_an_interval(monkeypatch):
    count_visits(1, "/en/")
    monkeypatch.setattr(request_counts, "INTERVAL", 3600)
    count_visits(1, "/fi/")  # the last one to be stored at once
    count_visits(5, "/fi/")
    assert cache.get(request_counts.KEY).total() < 3
    monkeypatch.setattr(request_counts._visits, "_next_store", 0.0)
    count_visits(1, "/fi/")
    assert most_asked() == "/fi/"
    assert cache.get(request_counts.KEY).total() > 7
