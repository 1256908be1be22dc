"""Many visitors at once: one of them renders, the others get the earlier response or wait for the new one."""

import datetime
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from home import validity
from home.http import generations, page_cache
from home.http.page_cache import PageCacheMiddleware
from home.http.request_counts import Address

pytestmark = pytest.mark.any_database

VISITORS = 50


@pytest.fixture(autouse=True)
def cache_on(settings, monkeypatch):
    settings.PAGE_CACHE_SECONDS = 3600
    # The threads of these tests have no database.
    monkeypatch.setattr(page_cache, "_next_expiry", lambda: None)


class SlowView:
    """A view that answers when the test lets it."""

    def __init__(self) -> None:
        self.calls = 0
        self.lock = threading.Lock()
        self.go_on = threading.Event()
        self.go_on.set()
        self.text = "first"
        self.status = 200
        self.moment: datetime.datetime | None = None

    def __call__(self, request) -> HttpResponse:
        with self.lock:
            self.calls += 1
        text = self.text
        validity.changes_at(self.moment)
        assert self.go_on.wait(20)
        return HttpResponse(text, status=self.status)


@pytest.fixture
def view() -> SlowView:
    return SlowView()


def visit(view: SlowView) -> str:
    return PageCacheMiddleware(view)(RequestFactory().get("/en/")).content.decode()


def visit_at_once(view: SlowView) -> list[str]:
    """Let the first visitor render, and the others come meanwhile. Returns what these get."""
    view.calls = 0
    view.go_on.clear()
    with ThreadPoolExecutor(VISITORS + 1) as pool:
        first = pool.submit(visit, view)
        while not view.calls:
            time.sleep(0.001)
        others = [pool.submit(visit, view) for _number in range(VISITORS)]
        waiting = threading.Timer(0.3, view.go_on.set)
        waiting.start()
        texts = [other.result() for other in others]
        waiting.join()
        assert first.result() == view.text
    return texts


def test_visitors_of_a_page_that_was_never_kept_wait_for_one_rendering(view):
    assert visit_at_once(view) == ["first"] * VISITORS
    assert view.calls == 1


def test_visitors_get_the_earlier_page_while_one_process_renders_the_new_one(view):
    visit(view)
    generations.start()
    view.text = "second"
    assert visit_at_once(view) == ["first"] * VISITORS
    assert view.calls == 1
    assert visit(view) == "second"


def test_the_same_when_only_the_time_has_changed_it(view, monkeypatch):
    view.moment = timezone.now() + datetime.timedelta(hours=1)
    visit(view)
    monkeypatch.setattr(timezone, "now", lambda: view.moment + datetime.timedelta(seconds=1))
    view.text = "second"
    assert visit_at_once(view) == ["first"] * VISITORS
    assert view.calls == 1


def test_several_changes_within_a_moment_count_from_the_first(view):
    visit(view)
    for _number in range(5):
        generations.start()
    view.text = "second"
    assert visit_at_once(view) == ["first"] * VISITORS


@pytest.mark.parametrize("seconds", [2.1, 3600])
def test_nobody_gets_a_page_that_changed_longer_ago(view, monkeypatch, seconds):
    visit(view)
    generations.start()
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + datetime.timedelta(seconds=seconds))
    view.text = "second"
    assert visit_at_once(view) == ["second"] * VISITORS
    assert view.calls == 1


def test_nobody_gets_a_page_that_was_withdrawn(view):
    visit(view)
    generations.start()
    generations.start(is_withdrawal=True)
    generations.start()
    view.text = "second"
    assert visit_at_once(view) == ["second"] * VISITORS


def test_a_page_that_may_not_be_kept_any_more_is_forgotten(view):
    visit(view)
    generations.start()
    view.status, view.text = 404, "gone"
    assert visit(view) == "gone"
    view.calls = 0
    assert set(visit_at_once(view)) == {"gone"}


def test_visitors_do_not_wait_longer_than_the_limit(view, monkeypatch):
    """The process that was to render it may have been killed."""
    monkeypatch.setattr(page_cache, "LONGEST_WAIT", 0.05)
    key = page_cache._key(Address.of(RequestFactory().get("/en/")))
    caches["pages"].set(page_cache._rendering_key(key), 1, 10)
    assert visit(view) == "first"


def test_a_failed_rendering_lets_the_next_visitor_try(view):
    def fail(request):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        PageCacheMiddleware(fail)(RequestFactory().get("/en/"))
    started = time.monotonic()
    assert visit(view) == "first"
    assert time.monotonic() - started < page_cache.LONGEST_WAIT
