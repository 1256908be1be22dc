"""Values that all requests of a process share, and that are read from the cache once for one response."""

import datetime

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from home.http import generations, page_cache
from home.http.recently_used import RecentlyUsed
from home.models import ContentPage, ProgrammePage
from home.page_tree import TreePage
from tests.factories.pages import make_page

DAY = datetime.timedelta(days=1)


@pytest.fixture
def cache_on(settings):
    settings.PAGE_CACHE_SECONDS = 3600


def test_the_store_drops_what_was_not_used_for_longest():
    store = RecentlyUsed(2)
    store.put("a", 1)
    store.put("b", 2)
    store.get("a")
    store.put("c", 3)
    assert [store.get(key) for key in "abc"] == [1, None, 3]


def test_an_immutable_value_is_shared_until_content_changes(db, cache_on):
    def value():
        return page_cache.cached("shared", object, is_immutable=True)

    value()
    shared = value()
    assert value() is shared, "not read from the cache again"
    caches["pages"].clear()
    assert value() is shared
    generations.start()
    assert value() is not shared


def test_an_immutable_value_is_shared_until_the_clock_changes_it(db, cache_on, monkeypatch):
    now = timezone.now()

    def make():
        page_cache.validity.changes_at(now + DAY)
        return object()

    def value():
        return page_cache.cached("until", make, is_immutable=True)

    value()
    shared = value()
    assert value() is shared
    monkeypatch.setattr(timezone, "now", lambda: now + DAY)
    assert value() is not shared


def test_other_values_are_not_shared(db, cache_on):
    values = [page_cache.cached("own", list) for _time in range(3)]
    assert len({id(value) for value in values}) == 3


def test_a_response_that_is_not_cached_reads_the_generation_once(home_page, cache_on, monkeypatch):
    page = make_page(ContentPage, home_page, "About")
    Client().get(page.url)
    generations.start()
    reads = []
    # The class behind Django's proxy, so that calls of `get_or_set` count as well.
    backend = type(caches["default"])
    real = backend.get

    def get(self, key, *args, **kwargs):
        reads.append(key)
        return real(self, key, *args, **kwargs)

    monkeypatch.setattr(backend, "get", get)
    # No page offers this query string.
    assert Client().get(f"{page.url}?unknown=1").status_code == 200
    assert reads.count(generations.KEY) == 1


def test_a_page_of_the_tree_is_an_instance_of_its_type_without_a_query(home_page, rf, django_assert_num_queries):
    page = make_page(ProgrammePage, home_page, "Programme")
    base = page.page_ptr
    in_tree = TreePage.of(base, rf.get("/"))
    assert (in_tree.url, in_tree.full_url) == (page.url, page.full_url)
    with django_assert_num_queries(0):
        deferred = in_tree.deferred()
        assert (type(deferred), deferred.pk, deferred.path) == (ProgrammePage, page.pk, page.path)
    assert deferred.slug == page.slug
