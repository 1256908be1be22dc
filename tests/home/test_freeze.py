"""The static copy of a small site. `tests/e2e/test_frozen.py` copies the demo."""

import datetime
import json
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import PageViewRestriction
from wagtail.models import Site as WagtailSite
from warcio.archiveiterator import ArchiveIterator

from events.enums import Mode
from events.registration.availability import RegistrationAvailability, availability
from home.freeze.addresses import file_of, public_address, relative
from home.freeze.copying import freeze
from home.freeze.requests import Answer
from home.freeze.rewriting import Copy, rewritten
from home.frozen import frozen, is_frozen
from home.models import ContentPage
from tests.factories.pages import make_page, make_private
from tests.factories.project import describe_project
from tests.factories.registrations import NOW, SEATS, make_open_event, make_open_page

pytestmark = pytest.mark.slow

BASE = "https://archive.example.net/beacon"
SITE = "https://www.beacon.example"


def answer(kind: str = "text/html", body: str = "", **headers: str) -> Answer:
    return Answer(200, {"content-type": f"{kind}; charset=utf-8", **headers}, body.encode())


# Addresses


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("path", "kind", "disposition", "file"),
    [
        ("/en/", "text/html", "", "en/index.html"),
        ("/en/about/", "text/html", "", "en/about/index.html"),
        ("/en/events/?page=2", "text/html", "", "en/events/page-2.html"),
        ("/en/events/?year=2026&page=2", "text/html", "", "en/events/year-2026.page-2.html"),
        ("/en/feeds/news/", "application/atom+xml", "", "en/feeds/news/index.xml"),
        ("/sitemap.xml", "application/xml", "", "sitemap.xml"),
        ("/en/calendars/events.ics?mode=online", "text/calendar", "", "en/calendars/events.mode-online.ics"),
        (
            "/en/x/download/fi/",
            "application/pdf",
            'inline; filename="A (fi).pdf"',
            "en/x/download/fi/A-fi.pdf",
        ),
        (
            "/en/x/download/el/",
            "application/pdf",
            "attachment; filename*=UTF-8''%CE%A3%CF%84%CF%8C%CF%87%CE%BF%CE%B9.pdf",
            "en/x/download/el/Stochoi.pdf",
        ),
        (
            "/documents/7/plan.docx",
            "application/octet-stream",
            'attachment; filename="p.docx"',
            "documents/7/plan.docx",
        ),
    ],
)
def test_file_of_an_address(path, kind, disposition, file):
    assert file_of(path, answer(kind, **{"content-disposition": disposition})) == file


@pytest.mark.any_database
def test_different_queries_become_different_files():
    queries = ["track=a b", "track=a-b", "track=a+b", "a=b&c=d", "a-b=c-d", "q=" + "x" * 100, "q=" + "x" * 101]
    assert len({file_of(f"/en/?{query}", answer()) for query in queries}) == len(queries)


@pytest.mark.any_database
def test_references_are_relative():
    assert relative("en/about/index.html", "en/index.html") == "../index.html"
    assert relative("index.html", "static/css/a b.css") == "static/css/a%20b.css"
    assert public_address(BASE, "en/about/index.html") == f"{BASE}/en/about/"
    assert public_address(BASE, "index.html") == f"{BASE}/"


# Rewriting


@pytest.fixture
def copy():
    files = {
        "/en/": "en/index.html",
        "/en/about/": "en/about/index.html",
        "/en/events/?page=2": "en/events/page-2.html",
        "/en/calendars/events.ics": "en/calendars/events.ics",
        "/media/a.avif": "media/a.avif",
        "/media/b.avif": "media/b.avif",
    }
    return Copy(
        [SITE, "http://old.example"], BASE, files, {"/en/old/": "/en/about/"}, {"office@beacon.example": "eu@x.example"}
    )


def rewrite(copy: Copy, body: str, kind: str = "text/html", source: str = "/en/about/") -> str:
    return rewritten(answer(kind, body), copy, source, lambda soup, here: None).decode()


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a href="/en/">x</a>', '<a href="../index.html">x</a>'),
        ('<a href="/en/about/#team">x</a>', '<a href="index.html#team">x</a>'),
        ('<a href="#team">x</a>', '<a href="#team">x</a>'),
        ('<a href="/en/old/">x</a>', '<a href="index.html">x</a>'),
        (f'<a href="{SITE}/en/">x</a>', '<a href="../index.html">x</a>'),
        ('<a href="http://old.example/en/">x</a>', '<a href="../index.html">x</a>'),
        ('<a href="/en/events/?page=2">x</a>', '<a href="../events/page-2.html">x</a>'),
        ('<a href="https://www.beacon.example.org/en/">x</a>', '<a href="https://www.beacon.example.org/en/">x</a>'),
        (
            '<a href="webcal://www.beacon.example/en/calendars/events.ics">x</a>',
            '<a href="../calendars/events.ics">x</a>',
        ),
        ('<a href="webcal://other.example/x.ics">x</a>', '<a href="webcal://other.example/x.ics">x</a>'),
        (
            '<a href="mailto:office@beacon.example">office@beacon.example</a>',
            '<a href="mailto:eu@x.example">eu@x.example</a>',
        ),
        (
            '<source srcset="/media/a.avif 400w, /media/b.avif 800w"/>',
            '<source srcset="../../media/a.avif 400w, ../../media/b.avif 800w"/>',
        ),
        ('<link href="/en/about/" rel="canonical"/>', f'<link href="{BASE}/en/about/" rel="canonical"/>'),
        (
            f'<link href="{SITE}/en/" hreflang="en" rel="alternate"/>',
            f'<link href="{BASE}/en/" hreflang="en" rel="alternate"/>',
        ),
        (
            f'<meta content="{SITE}/media/a.avif" property="og:image"/>',
            f'<meta content="{BASE}/media/a.avif" property="og:image"/>',
        ),
        (
            f'<script type="application/ld+json">{{"url": "{SITE}/en/about/"}}</script>',
            f'<script type="application/ld+json">{{"url": "{BASE}/en/about/"}}</script>',
        ),
        ('<script src="/media/a.avif" type="module"></script>', '<script defer="" src="../../media/a.avif"></script>'),
        (f"<p>Cite {SITE}/en/about/.</p>", f"<p>Cite {BASE}/en/about/.</p>"),
        ('<form action="/en/" role="search"></form>', '<form action="../index.html" role="search"></form>'),
        ('<form action="/en/" method="post"><input/></form>', ""),
    ],
)
def test_page_is_rewritten(copy, before, after):
    assert rewrite(copy, before) == after


@pytest.mark.any_database
def test_feeds_and_calendars_have_the_new_address(copy):
    entry = f'<link href="{SITE}/en/events/?page=2"/><c>&lt;a href=&quot;{SITE}/en/&quot;&gt;</c>'
    assert rewrite(copy, entry, "application/atom+xml") == (
        f'<link href="{BASE}/en/events/page-2.html"/><c>&lt;a href=&quot;{BASE}/en/&quot;&gt;</c>'
    )
    folded = f"URL:{SITE}/en/ab\r\n out/\r\nDESCRIPTION:" + "ä" * 60 + "\r\n"
    lines = rewrite(copy, folded, "text/calendar").split("\r\n")
    assert lines[0] == f"URL:{BASE}/en/about/"
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "".join([lines[1], *(line[1:] for line in lines[2:])]) == "DESCRIPTION:" + "ä" * 60


# A site


def test_registration_is_shown_as_closed():
    assert not is_frozen()
    with frozen():
        assert is_frozen()
    assert not is_frozen()


@pytest.mark.django_db
def test_nobody_can_register_in_the_copy():
    event = make_open_event(SEATS)
    assert availability(event, NOW) == RegistrationAvailability.OPEN
    with frozen():
        assert availability(event, NOW) == RegistrationAvailability.CLOSED


@pytest.fixture
def site(home_pages, settings):
    settings.PUBLIC_BASE_URL = SITE
    settings.ALLOWED_HOSTS = ["www.beacon.example"]
    settings.PAGE_CACHE_SECONDS = 60
    WagtailSite.objects.update(hostname="www.beacon.example", port=443, site_name="Beacon")
    describe_project(contact_email="office@beacon.example")
    page = make_page(ContentPage, home_pages["en"], "About the lighthouse", slug="about")
    make_private(make_page(ContentPage, home_pages["en"], "Secret page", slug="secret"))
    make_page(ContentPage, home_pages["en"], "A draft", slug="draft", live=False)
    return page


def html(folder, name: str) -> BeautifulSoup:
    return BeautifulSoup((folder / name).read_text(), "html.parser")


def test_copy_has_the_public_pages_of_all_languages(site, tmp_path):
    outcome = freeze(tmp_path / "copy", BASE, replacements={"office@beacon.example": "eu@x.example"})
    folder = tmp_path / "copy"

    assert outcome.broken == {}
    assert {f"{code}/index.html" for code in ("en", "fi", "et", "el")} <= set(outcome.checksums)
    assert "en/about/index.html" in outcome.checksums
    assert not any("secret" in name or "draft" in name for name in outcome.checksums)
    assert {"sitemap.xml", "sitemap-en.xml", "robots.txt", "404.html", "index.html", ".nojekyll"} <= set(
        outcome.checksums
    )
    assert f"{BASE}/sitemap.xml" in (folder / "robots.txt").read_text()
    text = "".join(file.read_text() for file in folder.rglob("*") if file.suffix in {".html", ".xml", ".txt", ".js"})
    assert "//www.beacon.example" not in text
    assert "office@beacon.example" not in text
    assert "eu@x.example" in text


def test_each_reference_leads_to_a_file(site, tmp_path):
    outcome = freeze(tmp_path, BASE)
    for name in outcome.checksums:
        if not name.endswith(".html") or name == "404.html":
            continue
        for element in html(tmp_path, name).find_all(True):
            if element.name == "link" and set(element.get("rel", [])) & {"canonical", "alternate", "license"}:
                continue
            for attribute in ("href", "src"):
                reference = urlsplit(element.get(attribute, ""))
                if reference.path and not reference.scheme and not reference.netloc:
                    assert ((tmp_path / name).parent / reference.path).resolve().is_file(), (name, reference)


def test_page_for_missing_addresses_works_at_each_address(site, tmp_path):
    freeze(tmp_path, BASE)
    page = html(tmp_path, "404.html")
    assert page.find("link", rel="stylesheet")["href"].startswith("/beacon/static/")


def test_first_page_names_the_languages_and_leads_on(site, tmp_path):
    freeze(tmp_path, BASE)
    page = html(tmp_path, "index.html")
    assert [link["href"] for link in page.find_all("a")] == [f"{code}/index.html" for code in ("en", "fi", "et", "el")]
    assert page.find("meta", {"http-equiv": "refresh"})["content"] == "0; url=en/index.html"


def test_search_index_has_the_words_of_public_pages(site, tmp_path):
    freeze(tmp_path, BASE)
    text = (tmp_path / "en/search/search-index.js").read_text()
    entries = json.loads(text.removeprefix("window.searchIndex = ").rstrip(";\n"))
    found = {entry["title"]: entry for entry in entries}
    assert found["About the lighthouse"]["file"] == "../about/index.html"
    assert "lighthouse" in found["About the lighthouse"]["text"].split()
    assert "Secret page" not in found
    page = html(tmp_path, "en/search/index.html")
    assert page.find(id="search-results")["data-many"] == "{number} results for “{query}”"
    assert "JavaScript" in page.find("noscript").get_text()


@pytest.mark.parametrize("kind", ["password", "login"])
def test_a_private_page_that_a_public_one_links_to_is_not_in_the_search_index(site, home_pages, tmp_path, kind):
    page = make_page(ContentPage, home_pages["en"], "Hidden harbour", slug="harbour")
    PageViewRestriction.objects.create(page=page, restriction_type=kind, password="x" * 20)
    site.body = [{"type": "text", "value": '<p><a href="/en/harbour/">harbour</a></p>'}]
    site.save_revision().publish()
    freeze(tmp_path, BASE)
    assert "harbour" in str(html(tmp_path, "en/about/index.html"))
    assert "Hidden harbour" not in (tmp_path / "en/search/search-index.js").read_text()


def test_redirects_of_editors_are_kept(site, tmp_path):
    Redirect.objects.create(old_path="/flyer", redirect_page=site)
    freeze(tmp_path, BASE)
    page = html(tmp_path, "flyer/index.html")
    assert page.find("meta", {"http-equiv": "refresh"})["content"] == "0; url=../en/about/index.html"
    assert page.find("link", rel="canonical")["href"] == f"{BASE}/en/about/"


def test_event_in_the_copy_has_no_form(site, home_page, tmp_path, settings):
    settings.PAGE_CACHE_SECONDS = 60
    opened = timezone.now() - datetime.timedelta(days=1)
    page = make_open_page(home_page, seats={Mode.ON_SITE: (5, True)}, opens_at=opened)
    live = Client().get(page.url, headers={"host": "www.beacon.example"}, secure=True)
    assert "/register/" in live.text
    freeze(tmp_path, BASE)
    name = f"{urlsplit(page.url).path.strip('/')}/index.html"
    assert not [link for link in html(tmp_path, name).find_all("a") if "register" in link["href"]]
    assert not list(tmp_path.rglob("register"))


def test_second_copy_writes_only_what_changed(site, home_pages, tmp_path):
    folder = tmp_path / "copy"
    first = freeze(folder, BASE)
    site.title = "About the tower"
    site.save_revision().publish()
    make_page(ContentPage, home_pages["en"], "New page", slug="new")
    home_pages["el"].unpublish()
    second = freeze(folder, BASE, is_incremental=True)

    assert first.changed == len(first.checksums)
    assert 0 < second.changed < first.changed
    assert second.deleted > 0
    assert not (folder / "el").exists() or not (folder / "el/index.html").exists()
    assert (folder / "en/new/index.html").is_file()
    assert "About the tower" in (folder / "en/about/index.html").read_text()
    third = freeze(folder, BASE, is_incremental=True)
    assert (third.changed, third.deleted) == (0, 0)


def test_a_web_archive_has_what_the_live_site_answers(site, tmp_path):
    file = tmp_path / "site.warc.gz"
    call_command("freeze", str(tmp_path / "copy"), base_url=BASE, warc=file)
    with file.open("rb") as source:
        records = [
            (
                record.rec_type,
                record.rec_headers["WARC-Target-URI"],
                record.http_headers,
                record.content_stream().read(),
            )
            for record in ArchiveIterator(source, check_digests="raise")
        ]
    first, *answers = records
    found = {uri: (headers, body) for _kind, uri, headers, body in answers}

    assert first[0] == "warcinfo"
    assert b"The public pages of https://www.beacon.example" in first[3]
    assert {kind for kind, _uri, _headers, _body in answers} == {"response"}
    assert len(found) == len(answers)
    headers, body = found[f"{SITE}{site.url.removeprefix(SITE)}"]
    assert (headers.get_statuscode(), headers["Content-Type"]) == ("200", "text/html; charset=utf-8")
    assert (int(headers["Content-Length"]), headers["X-Request-Id"]) == (len(body), None)
    # The addresses of the live site, unlike the files beside it.
    assert f'<link rel="canonical" href="{SITE}'.encode() in body
    assert f"{SITE}/static/css/site.css" in found
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "site.warc.gz"]


def test_a_web_archive_is_not_overwritten_and_not_left_incomplete(site, tmp_path, monkeypatch):
    file = tmp_path / "site.warc.gz"
    file.write_bytes(b"x")
    with pytest.raises(CommandError, match=r"exists already\. Name another file\."):
        call_command("freeze", str(tmp_path / "copy"), warc=file)
    file.unlink()

    def fail(answer, copy, path):
        raise RuntimeError("stopped")

    monkeypatch.setattr("home.freeze.copying.references", fail)
    with pytest.raises(RuntimeError, match="stopped"):
        freeze(tmp_path / "other", BASE, warc=file)
    assert not list(tmp_path.glob("site*"))


def test_other_folders_are_left_alone(site, tmp_path):
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(CommandError, match="holds no copy of the site"):
        call_command("freeze", str(tmp_path), incremental=True)
    (tmp_path / "thesis.txt").unlink()
    freeze(tmp_path)
    with pytest.raises(CommandError, match="Use --incremental"):
        call_command("freeze", str(tmp_path))
    with pytest.raises(CommandError, match="needs OLD=NEW"):
        call_command("freeze", str(tmp_path / "x"), replace=["only-old"])


def test_link_that_leads_nowhere_is_reported(site, tmp_path, capsys):
    Redirect.objects.all().delete()
    site.body = [{"type": "text", "value": '<p><a href="/en/gone/">gone</a></p>'}]
    site.save_revision().publish()
    with pytest.raises(CommandError, match="1 links lead nowhere"):
        call_command("freeze", str(tmp_path))
    assert "/en/about/ links to /en/gone/, which answers 404." in capsys.readouterr().err
