"""The page cache: hits, invalidation by changes of content, and separation from signed-in editors."""

import datetime

import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.db import connection
from django.http import HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page, PageViewRestriction

from events.models import EventIndexPage
from factsheets.models import FactSheetIndexPage, FactSheetPage
from home.http import generations, page_cache
from home.http.page_cache import PageCacheMiddleware
from home.http.request_counts import Address
from home.models import ContentPage, Milestone, ProjectPage, ProjectSettings
from news.models import NewsIndexPage, NewsPage
from tests.clock import Clock, stopped_clock
from tests.factories.pages import make_page, make_private
from tests.factories.project import describe_project, make_organisation, make_person, write_texts
from tests.visitors import headers_of

pytestmark = pytest.mark.any_database

NO_QUERIES = 0


@pytest.fixture(autouse=True)
def cache_on(settings):
    settings.PAGE_CACHE_SECONDS = 60


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return stopped_clock(monkeypatch)


@pytest.fixture
def about(home_page, clock):
    return make_page(ContentPage, home_page, "About")


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


# The tests are without a second factor, unlike live sites: no middleware may ask for the session of a visitor.
@pytest.mark.parametrize("second_factor", ["off", "personal_data", "all"])
def test_second_visitor_gets_the_cached_response_without_queries(
    client, about, settings, second_factor, django_assert_num_queries
):
    settings.SECOND_FACTOR = second_factor
    first = client.get(about.url)
    with django_assert_num_queries(NO_QUERIES):
        second = Client().get(about.url)
    assert first.status_code == second.status_code == 200
    assert second.content == first.content
    assert headers_of(second) == headers_of(first)
    assert "<h1" in second.text


def test_head_response_comes_from_the_cache_and_is_not_stored(client, about, django_assert_num_queries):
    client.head(about.url)
    client.get(about.url)
    with django_assert_num_queries(NO_QUERIES):
        assert client.head(about.url)["ETag"] == client.get(about.url)["ETag"]
    assert client.get(about.url).content


def test_browser_revalidates_and_gets_not_modified(client, about, committed):
    response = client.get(about.url)
    assert response["Cache-Control"] == "no-cache"
    not_modified = client.get(about.url, headers={"if-none-match": response["ETag"]})
    assert (not_modified.status_code, not_modified.content) == (304, b"")
    with committed():
        about.title = "About us all"
        about.save_revision().publish()
    changed = client.get(about.url, headers={"if-none-match": response["ETag"]})
    assert changed.status_code == 200
    assert "About us all" in changed.text


@pytest.mark.parametrize("header", ["accept-language", "x-forwarded-host", "accept", "user-agent", "x-original-url"])
def test_request_headers_cannot_poison_the_cache(client, about, header):
    poisoned = client.get(about.url, headers={header: "fi"})
    assert Client().get(about.url).content == poisoned.content
    assert "poison" not in Client(headers={header: "poison"}).get(about.url).text


def test_hosts_and_queries_are_cached_separately(client, home_page, clock, django_assert_num_queries):
    news = make_page(NewsIndexPage, home_page, "News")
    make_page(NewsPage, news, "An article", date="2025-01-01")
    assert client.get(f"{news.url}?year=2025").status_code == 200
    assert "An article" in client.get(f"{news.url}?year=2025").text
    assert "An article" not in client.get(f"{news.url}?year=2024").text
    assert client.get(f"{news.url}?year=2025", headers={"host": "127.0.0.1"}).status_code == 200
    with django_assert_num_queries(NO_QUERIES):
        client.get(f"{news.url}?year=2025")
    assert client.get(f"{news.url}?page=99").status_code == 404


SPELLINGS = ["LOCALHOST", "localhost.", "localhost:80", "LocalHost.:80", "localhost:0080"]


def entries() -> set[str]:
    return {key for key in caches["pages"]._cache if ":rendering-" not in key}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_other_spellings_of_the_host_get_the_same_entry(client, about, spelling, django_assert_num_queries):
    usual = client.get(about.url, headers={"host": "localhost"})
    stored = entries()
    with django_assert_num_queries(NO_QUERIES):
        answer = client.get(about.url, headers={"host": spelling})
    assert (answer.content, answer["Content-Security-Policy"]) == (usual.content, usual["Content-Security-Policy"])
    assert entries() == stored
    assert Address.of(RequestFactory(HTTP_HOST=spelling).get("/en/")).host == "localhost"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_other_spellings_of_the_host_are_in_no_cached_page(client, about, spelling):
    first = client.get(about.url, headers={"host": spelling})
    assert "localhost/static/js/" in first["Content-Security-Policy"]
    later = client.get(about.url, headers={"host": "localhost"})
    assert later["Content-Security-Policy"] == first["Content-Security-Policy"]


@pytest.mark.parametrize("port", ["9999", "443", "9" * 5000])
def test_other_ports_do_not_fill_the_cache(client, about, port):
    client.get(about.url, headers={"host": "localhost"})
    client.get("/en/no-such-page/", headers={"host": "localhost"})  # the menu of the page that says so is cached
    stored = entries()
    headers = {"host": f"localhost:{port}"}
    assert client.get(about.url, headers=headers).status_code == 200
    assert client.get("/en/no-such-page/", headers=headers).status_code == 404
    assert client.post(about.url, headers=headers).status_code < 500
    assert entries() == stored


def test_the_port_of_the_site_is_cached(client, about, settings, django_assert_num_queries):
    settings.PUBLIC_BASE_URL = "http://localhost:8443"
    client.get(about.url, headers={"host": "localhost:8443"})
    with django_assert_num_queries(NO_QUERIES):
        client.get(about.url, headers={"host": "LOCALHOST.:8443"})


@pytest.mark.parametrize("query", ["?q=1", "?utm_source=x", "?page=1&x=", "?page=" + "1" * 200, "?%00=1"])
def test_unknown_queries_are_not_cached(client, about, query):
    client.get(f"{about.url}{query}")
    key = page_cache._key(Address.of(RequestFactory().get(f"{about.url}{query}")))
    assert page_cache.caches["pages"].get(key) is None


@pytest.mark.parametrize(
    "query",
    [
        "topic=random",
        "year=2031",
        "page=1&page=1",
        "page=%31",
        "page=01",
        "page=1&year=2025",
        "category=",
        "year=2025&topic=x",
    ],
)
def test_made_up_queries_are_not_stored(client, home_page, clock, query):
    news = make_page(NewsIndexPage, home_page, "News")
    make_page(NewsPage, news, "Article", date=datetime.date(2025, 5, 20))
    caches["pages"].clear()
    client.get(news.url)
    assert client.get(f"{news.url}?{query}").status_code == 200
    stored = len(caches["pages"]._cache)
    assert client.get(f"{news.url}?year=2025&page=1").status_code == 200
    assert len(caches["pages"]._cache) == stored + 1


@pytest.mark.parametrize("model", [ContentPage, NewsIndexPage, EventIndexPage, FactSheetIndexPage])
def test_random_queries_do_not_fill_the_cache(client, home_page, clock, model):
    page = make_page(model, home_page, "List")
    client.get(page.url)
    client.get("/en/no-such-page/")  # the menu of the page that says so is cached
    stored = len(caches["pages"]._cache)
    for number in range(10):
        for name in ("topic", "country", "month", "track", "for", "year", "view"):
            value = {"country": f"{chr(65 + number)}X", "month": f"20{number + 10}-01", "year": 2000 + number}.get(
                name, f"random{number}"
            )
            client.get(f"{page.url}?{name}={value}")
    assert len(caches["pages"]._cache) == stored


def test_random_addresses_of_posts_do_not_fill_the_cache(client, home_page, clock):
    page = make_page(FactSheetIndexPage, home_page, "Fact sheets")
    sheet = make_page(FactSheetPage, page, "Sheet")
    client.post(sheet.url)
    client.get("/en/no-such-page/")  # the menu of the page that says so is cached
    stored = len(caches["pages"]._cache)
    for number in range(5):
        client.post(f"{sheet.url}download/en/{number}/")
    assert len(caches["pages"]._cache) == stored


def test_errors_and_redirects_are_not_cached(client, about, home_page, committed):
    assert client.get("/en/later/").status_code == 404
    # The cache is not purged here, so a cached 404 would be returned again.
    make_page(ContentPage, home_page, "Later", slug="later")
    assert client.get("/en/later/").status_code == 200
    assert client.get("/", headers={"accept-language": "fi"})["Location"] == "/fi/"
    assert client.get("/", headers={"accept-language": "et"})["Location"] == "/et/"


def test_page_that_no_moment_changes_is_cached_for_the_longest_time(client, about, clock, django_assert_num_queries):
    client.get(about.url)
    ContentPage.objects.filter(pk=about.pk).update(lead="Changed elsewhere")
    clock.wait(seconds=59)
    with django_assert_num_queries(NO_QUERIES):
        assert "Changed elsewhere" not in client.get(about.url).text
    clock.wait(seconds=1)
    assert "Changed elsewhere" in client.get(about.url).text


def test_page_cache_seconds_of_zero_turns_the_cache_off(client, about, settings):
    settings.PAGE_CACHE_SECONDS = 0
    client.get(about.url)
    ContentPage.objects.filter(pk=about.pk).update(lead="At once")
    response = client.get(about.url)
    assert "At once" in response.text
    assert response["Cache-Control"] == "no-cache"
    assert response["ETag"]


# Editors


def test_pages_requested_by_editors_are_current_and_not_cached(client, admin_client, about):
    response = admin_client.get(about.url)
    assert response["Cache-Control"] == "private, no-store"
    ContentPage.objects.filter(pk=about.pk).update(lead="Fresh")
    assert "Fresh" in admin_client.get(about.url).text
    assert "Fresh" in client.get(about.url).text
    assert "wagtail-userbar" not in client.get(about.url).text
    assert "wagtail-userbar" in admin_client.get(about.url).text


def test_editors_do_not_get_cached_pages(client, admin_client, about):
    client.get(about.url)
    ContentPage.objects.filter(pk=about.pk).update(lead="Fresh")
    assert "Fresh" not in client.get(about.url).text
    assert "Fresh" in admin_client.get(about.url).text


def test_preview_is_not_cached(admin_client, client, about):
    about.title = "Only a draft"
    about.save_revision()
    assert "Only a draft" in admin_client.get(f"/admin/pages/{about.pk}/view_draft/").text
    assert "Only a draft" not in client.get(about.url).text


def test_dummy_request_without_cookies_is_not_cached(about):
    """Wagtail renders a page with a dummy request, for instance for its accessibility checks."""
    response = about.make_preview_request()
    assert response.status_code == 200
    assert response["Cache-Control"] != "no-cache"
    assert page_cache.caches["pages"].get(page_cache._key(Address.of(RequestFactory().get(about.url)))) is None


def test_private_page_is_not_cached(client, admin_client, about, committed):
    client.get(about.url)
    with committed():
        make_private(about)
    assert client.get(about.url).status_code == 302
    assert admin_client.get(about.url).status_code == 200
    assert client.get(about.url).status_code == 302


@pytest.mark.parametrize("path", ["/admin/login/", "/healthz", "/robots.txt", "/sitemap.xml"])
def test_addresses_without_a_language_are_not_cached(client, about, path):
    client.get(path)
    assert page_cache.caches["pages"].get(page_cache._key(Address.of(RequestFactory().get(path)))) is None


# Responses that are the same for every visitor


def answer_with(**headers) -> HttpResponse:
    response = HttpResponse("text")
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def with_cookie() -> HttpResponse:
    response = HttpResponse("text")
    response.set_cookie("x", "1")
    return response


@pytest.mark.parametrize(
    ("answer", "is_cached"),
    [
        (answer_with, True),
        (lambda: answer_with(Cache_Control="private"), False),
        (lambda: answer_with(Cache_Control="no-store"), False),
        (lambda: answer_with(Vary="Cookie"), False),
        (lambda: answer_with(Vary="Accept-Language"), False),
        (with_cookie, False),
        (lambda: HttpResponse("text", status=500), False),
    ],
)
def test_response_is_cached_only_if_it_is_the_same_for_every_visitor(db, clock, answer, is_cached):
    calls = []

    def view(request):
        calls.append(request)
        return answer()

    middleware = PageCacheMiddleware(view)
    for _number in range(2):
        middleware(RequestFactory().get("/en/"))
    assert len(calls) == (1 if is_cached else 2)


def test_page_changed_during_rendering_is_not_cached(clock, about, committed):
    """Control: without the purge during rendering, the response is cached."""

    def view_with(change):
        def view(request):
            calls.append(request)
            change()
            return HttpResponse("old")

        return view

    for change, expected in [(lambda: None, 1), (generations.start, 2)]:
        calls: list = []
        middleware = PageCacheMiddleware(view_with(change))
        generations.start()
        for _number in range(2):
            middleware(RequestFactory().get("/en/"))
        assert len(calls) == expected


def test_earlier_response_is_served_while_the_database_does_not_respond(clock, about):
    """But not after a change of content, which may have withdrawn it."""
    responses = [HttpResponse("kept"), HttpResponse("away", status=503), HttpResponse("away", status=503)]
    middleware = PageCacheMiddleware(lambda request: responses.pop(0))
    middleware(RequestFactory().get("/en/"))
    clock.wait(hours=1)
    served = middleware(RequestFactory().get("/en/"))
    generations.start()
    refused = middleware(RequestFactory().get("/en/"))
    assert [(served.status_code, served.content), refused.status_code] == [(200, b"kept"), 503]


# Changes that start a new generation


def publish(about) -> None:
    about.save_revision().publish()


def unpublish(about) -> None:
    about.unpublish()


def move(about) -> None:
    target = Page.objects.get(slug="project")
    Page.objects.get(pk=about.pk).move(target, pos="last-child")


def delete(about) -> None:
    Page.objects.get(pk=about.pk).delete()


def change_child_row(about) -> None:
    Milestone.objects.create(page=ProjectPage.objects.get(), title="Kickoff", date="2024-03-01", locale=about.locale)


def change_snippet(about) -> None:
    make_organisation("University")


def change_person(about) -> None:
    make_person("Someone")


def change_settings(about) -> None:
    project = ProjectSettings.objects.get()
    project.acronym = "Lantern"
    project.save()


def change_texts(about) -> None:
    write_texts("en")


def restrict(about) -> None:
    PageViewRestriction.objects.create(page=about, restriction_type=PageViewRestriction.LOGIN)


def redirect(about) -> None:
    Redirect.objects.create(old_path="/en/old", redirect_page=about)


def image(about) -> None:
    get_image_model().objects.create(title="Picture", file=get_test_image_file())


def document(about) -> None:
    get_document_model().objects.create(title="Paper", file=ContentFile(b"paper", name="paper.txt"))


CHANGES = [
    publish,
    unpublish,
    move,
    delete,
    change_child_row,
    change_snippet,
    change_person,
    change_settings,
    change_texts,
    restrict,
    redirect,
    image,
    document,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_change_is_shown_at_once(about, home_page, committed, change):
    make_page(ProjectPage, home_page, "Project")
    before = generations.read().current
    with committed():
        change(about)
        assert generations.read().current == before, "a reader would cache the old rows under the new version"
    assert generations.read().current != before


def test_saving_a_draft_does_not_purge_the_cache(about, committed):
    before = generations.read().current
    with committed():
        about.title = "Draft"
        about.save_revision()
    assert generations.read().current == before


def test_change_is_shown_on_every_page_that_contains_it(client, about, committed):
    assert "Lantern" not in client.get(about.url).text
    with committed():
        describe_project(acronym="Lantern")
    assert "Lantern" in client.get(about.url).text


def test_numbers_of_a_list_are_counted_once_until_content_changes(client, home_page, committed, monkeypatch):
    """Each filter of a list shows the numbers of all of its pages."""
    monkeypatch.setattr(page_cache.Lookup, "find", lambda lookup: None)
    news = make_page(NewsIndexPage, home_page, "News")
    make_page(NewsPage, news, "Workshop", date=datetime.date(2026, 3, 1))

    def counting(address: str) -> tuple[int, str]:
        with CaptureQueriesContext(connection) as captured:
            text = client.get(address).text
        return sum("GROUP BY" in query["sql"] for query in captured), text

    assert counting(f"{news.url}?year=2026")[0] == 1
    assert counting(f"{news.url}?year=2026")[0] == 0
    with committed():
        make_page(NewsPage, news, "Forum", date=datetime.date(2025, 3, 1))
    queries, text = counting(f"{news.url}?year=2026")
    assert queries == 1
    assert "?year=2025" in text


def test_sitemap_index_is_made_once_until_content_changes(client, about, committed, django_assert_num_queries):
    first = client.get("/sitemap.xml").content
    with django_assert_num_queries(1):
        assert client.get("/sitemap.xml").content == first
    with committed():
        about.copy_for_translation(Locale.objects.get(language_code="fi"), copy_parents=True).save_revision().publish()
    assert client.get("/sitemap.xml").content != first


# Parts of pages


def render_part(request, template: str, **values) -> str:
    source = '{% load site_tags %}{% cachedpart "part" value %}' + template + "{% endcachedpart %}"
    return engines["django"].from_string(source).render(values, request)


def test_part_of_a_page_is_rendered_once_for_each_value_and_language(db, rf):
    request = rf.get("/en/")
    assert render_part(request, "first {{ value }}", value=1) == "first 1"
    assert render_part(request, "second {{ value }}", value=1) == "first 1"
    assert render_part(request, "second {{ value }}", value=2) == "second 2"
    with translation.override("fi"):
        assert render_part(request, "third {{ value }}", value=1) == "third 1"
    generations.start()
    assert render_part(request, "second {{ value }}", value=1) == "second 1"


def test_part_of_a_preview_or_without_a_value_is_not_cached(db, rf):
    request = rf.get("/en/")
    for value in (None, 1):
        request.is_preview = value == 1
        assert render_part(request, "first", value=value) == "first"
        assert render_part(request, "second", value=value) == "second"


def test_preview_shows_the_draft_in_every_part(admin_client, client, home_page, clock):
    """Control: the live page has its parts cached."""
    client.get(home_page.url)
    home_page.title, home_page.headline = "Only a draft", "Another headline"
    home_page.save_revision()
    shown = admin_client.get(f"/admin/pages/{home_page.pk}/view_draft/").text
    assert "Another headline" in shown
    assert '"name":"Only a draft"' in shown.replace(" ", "").replace('"Onlyadraft"', '"Only a draft"')
    assert "Only a draft" not in client.get(f"{home_page.url}?x=1").text


def test_visits_of_a_quiet_hour_meet_cached_pages(client, home_page, clock, settings):
    """One visit a minute: each page is asked for again after a time in which nothing was published."""
    settings.PAGE_CACHE_SECONDS = 24 * 3600  # the default
    pages = [make_page(ContentPage, home_page, f"Page {number}", slug=f"page-{number}") for number in range(12)]
    for page in pages:
        client.get(page.url)
    cached = 0
    for minute in range(60):
        clock.wait(minutes=1)
        with CaptureQueriesContext(connection) as queries:
            client.get(pages[7 * minute % len(pages)].url)
        cached += not queries
    assert cached == 60
