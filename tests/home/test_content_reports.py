"""Checks of links to other sites, and the reports of links, files and dates."""

import datetime
import time
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page

from home import link_checks, outgoing
from home.admin.content_reports import expires_soon, goes_live_soon, readable_in
from home.models import ContentPage, LinkCheck
from home.permissions import EVENT_ORGANISERS
from home.view_permissions import request_of
from tests.factories.users import make_editor, make_user
from tests.html import soup

pytestmark = pytest.mark.any_database

NOW = datetime.datetime(2030, 5, 1, 12, tzinfo=datetime.UTC)


class Server(BaseHTTPRequestHandler):
    """Answers by the path: /200, /404, /no-head (404 to HEAD only), /redirect, /circle; never ends with /endless."""

    def do_GET(self):
        self.answer()

    def do_HEAD(self):
        self.answer()

    def answer(self):
        name = self.path.strip("/")
        if name == "endless":
            self.answer_for_ever()
            return
        if name == "no-head":
            status = 404 if self.command == "HEAD" else 200
        else:
            status = {"redirect": 302, "circle": 302}.get(name) or int(name)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/circle" if name == "circle" else "/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer_for_ever(self):
        """Send one byte of a header after the other, so that each arrives in time."""
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while True:
                self.wfile.write(b"x")
                time.sleep(0.01)

    def log_message(self, *args):
        """Write nothing."""


@pytest.fixture
def address(monkeypatch):
    """A server of this machine, which the check takes for a public one: address("404")."""
    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setattr(outgoing, "public_address", lambda host, port: host)
    yield lambda name: f"http://127.0.0.1:{server.server_port}/{name}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        ("200", None),
        ("404", "404"),
        ("500", "500"),
        ("403", None),
        ("no-head", None),
        ("redirect", None),
        ("circle", "too many redirects"),
    ],
)
def test_an_address_is_asked(name, failure, address):
    assert link_checks.check_url(address(name)) == failure


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:8000/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://10.0.0.7/",
        "ftp://example.org/",
        "https://no-such-host.invalid/",
        "https://example.org:99999/",
        "https://example.org:x/",
        "http://[example.org/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://192.88.99.1/",
        "http://[3fff::1]/",
        "http://[5f00::1]/",
        "http://[fec0::1]/",
        "http://224.0.0.1/",
    ],
)
def test_only_public_addresses_are_asked(url, monkeypatch):
    monkeypatch.setattr(outgoing, "_connection", lambda *args: pytest.fail("connected"))
    assert link_checks.check_url(url) in {"not a public address", "no web address", "unknown host"}


def test_a_server_that_never_ends_its_answer_is_given_up(address, monkeypatch):
    monkeypatch.setattr(outgoing, "LONGEST", 0.1)
    assert link_checks.check_url(address("endless")) == "timeout"


@pytest.mark.parametrize("target", ["http://x:99999/", "http://[", "//[", "mailto:x@example.org"])
def test_a_redirect_to_no_address_is_a_failure(target, monkeypatch):
    """The other site chooses it, and an error would end the checks of all addresses."""
    request = link_checks._request
    monkeypatch.setattr(
        link_checks, "_request", lambda method, url: (302, target) if url.endswith("/start") else request(method, url)
    )
    assert link_checks.check_url("http://example.org/start") == "no web address"


def test_a_redirect_into_the_own_network_is_not_followed(monkeypatch):
    request = outgoing.public_address

    def redirect_or_request(method, url):
        if "start" in url:
            return 302, "http://127.0.0.1/secret"
        request("127.0.0.1", 80)
        return 200, ""

    monkeypatch.setattr(link_checks, "_request", redirect_or_request)
    assert link_checks.check_url("http://example.org/start") == "not a public address"


@pytest.fixture
def linking(home_page):
    """Make a public page with a link: linking("page", "https://example.org/")."""

    def make(slug: str, url: str, **fields):
        body = [("text", f'<p><a href="{url}">see</a></p>')]
        page = ContentPage(title=slug, slug=slug, locale=home_page.locale, body=body, **fields)
        return home_page.add_child(instance=page)

    return make


def test_links_of_public_pages_are_collected_and_old_ones_deleted(linking):
    first = linking("first", "https://example.org/one")
    linking("second", "https://example.org/one")
    linking("draft", "https://example.org/draft", live=False)
    LinkCheck.objects.create(url="https://example.org/old")
    link_checks.collect(NOW)
    assert {row.url: row.pages.count() for row in LinkCheck.objects.all()} == {"https://example.org/one": 2}
    assert first in [page.specific for page in LinkCheck.objects.get().pages.all()]


def test_a_link_is_broken_after_two_failures_and_whole_after_one_success():
    row = LinkCheck(url="https://example.org/")
    row.save = lambda **kwargs: None
    link_checks.store_result(row, "404", NOW)
    assert not row.is_broken
    link_checks.store_result(row, "404", NOW)
    assert row.is_broken
    link_checks.store_result(row, None, NOW)
    assert (row.is_broken, row.failures, row.worked_at) == (False, 0, NOW)


def test_each_host_is_asked_once_in_a_run_and_each_address_once_a_week(db, monkeypatch):
    asked = []
    monkeypatch.setattr(link_checks, "check_url", asked.append)
    for url in ("https://a.example/1", "https://a.example/2", "https://b.example/"):
        LinkCheck.objects.create(url=url, found_at=NOW)
    assert link_checks.check_due_links(NOW) == 2
    assert asked == ["https://a.example/1", "https://b.example/"]
    assert link_checks.check_due_links(NOW) == 1
    assert link_checks.check_due_links(NOW + datetime.timedelta(hours=20)) == 0


def test_runs_are_an_hour_apart_and_can_be_turned_off(db, settings, monkeypatch):
    runs = []
    monkeypatch.setattr(link_checks, "check_links", type("Task", (), {"enqueue": staticmethod(lambda: runs.append(1))}))
    settings.CHECK_LINKS = False
    assert link_checks.enqueue_due(NOW) == 0
    settings.CHECK_LINKS = True
    assert link_checks.enqueue_due(NOW) == 1
    LinkCheck.objects.create(url="https://a.example/", found_at=NOW, checked_at=NOW)
    LinkCheck.objects.create(url="https://b.example/", found_at=NOW)
    assert link_checks.enqueue_due(NOW + datetime.timedelta(minutes=59)) == 0
    assert link_checks.enqueue_due(NOW + datetime.timedelta(minutes=61)) == 1
    assert len(runs) == 2


def report(client, name: str):
    return soup(client.get(reverse(f"content_reports:{name}"))).select_one("main")


def test_the_report_of_links_names_pages_and_reason(linking, admin_client):
    assert "The links have not been checked yet." in report(admin_client, "links").get_text()
    page = linking("first", "https://example.org/one")
    row = LinkCheck.objects.create(url="https://example.org/one", is_broken=True, reason="404", checked_at=NOW)
    row.pages.add(page)
    table = report(admin_client, "links").select_one("tbody")
    assert "the page was not found (404)" in table.get_text()
    assert [link["href"] for link in table.select("td a")] == [reverse("wagtailadmin_pages:edit", args=[page.pk])]


def test_an_editor_checks_a_link_again(linking, client, monkeypatch):
    row = LinkCheck.objects.create(url="https://example.org/one", is_broken=True, failures=2, reason="404")
    row.pages.add(linking("first", row.url))
    monkeypatch.setattr(link_checks, "check_url", lambda url: None)
    client.force_login(make_editor())
    client.post(reverse("content_reports:check_link", args=[row.pk]))
    row.refresh_from_db()
    assert (row.is_broken, row.reason) == (False, "")
    assert "All links work." in report(client, "links").get_text()


def test_the_report_of_files_lists_what_lacks_a_description_or_a_page(home_page, admin_client):
    image = get_image_model().objects.create(title="Lonely", file=get_test_image_file())
    main = report(admin_client, "files")
    lists = [[row.get_text(strip=True) for row in table.select("tbody th")] for table in main.select("table")]
    assert lists == [["Lonely"], ["Lonely"]]
    home_page.share_image = image
    home_page.save()
    image.description = "Words"
    image.save()
    assert report(admin_client, "files").select("table") == []


def test_editors_see_what_goes_live_and_expires_soon(home_page, linking, admin_user):
    locales = {home_page.locale_id}
    now = timezone.now()
    page = linking("later", "https://example.org/", live=False)
    page.go_live_at = now + datetime.timedelta(days=3)
    page.save_revision().publish()
    assert [found.pk for found in goes_live_soon(admin_user, locales, now)] == [page.pk]
    assert goes_live_soon(admin_user, locales, now + datetime.timedelta(days=4)) == []
    # Whoever may not edit the page does not see its title before it is public.
    assert goes_live_soon(make_user("organiser", group=EVENT_ORGANISERS), locales, now) == []
    Page.objects.filter(pk=home_page.pk).update(expire_at=now + datetime.timedelta(days=3))
    assert [found.pk for found in expires_soon(readable_in(locales, request_of(admin_user)), now)] == [home_page.pk]
    assert expires_soon(readable_in({0}, request_of(admin_user)), now) == []


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("links", 17), ("files", 15), ("dates", 16)])
def test_the_reports_have_a_constant_number_of_queries(
    number, name, queries, linking, admin_client, django_assert_num_queries
):
    make_image = partial(get_image_model().objects.create, file=get_test_image_file())
    for index in range(number):
        row = LinkCheck.objects.create(url=f"https://example.org/{index}", is_broken=True)
        row.pages.add(linking(f"page-{index}", row.url))
        make_image(title=f"Image {index}")
    Page.objects.update(latest_revision_created_at=timezone.now() - datetime.timedelta(days=400))
    url = reverse(f"content_reports:{name}")
    admin_client.get(url)
    with django_assert_num_queries(queries):
        admin_client.get(url)
