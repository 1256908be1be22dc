"""The static copy of the demo, served by a plain web server and opened from a disk."""

import functools
import hashlib
import http.server
import json
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests import snapshots
from tests.e2e.crawl import LANGUAGES, Crawl, crawl
from tests.e2e.server import free_port

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

DIGESTS = """
import json
from home.backup import stored_files
print(json.dumps([stored_files.digest(kind, name) for kind in ("uploads", "private")
    for name in stored_files.stored_files(kind)]))
"""


@dataclass
class Frozen:
    folder: Path
    site: Crawl
    # Of the files of the live site.
    digests: set[str]


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nobody reads the log."""


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Frozen]:
    """Copy the demo with `manage.py freeze`, and crawl the copy below the address for which it was made."""
    place, folder = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("frozen") / "copy"
    loaded, template = snapshots.loaded_demo()
    shutil.copytree(loaded, place, dirs_exist_ok=True)
    address = ("127.0.0.1", free_port())
    base = f"http://127.0.0.1:{address[1]}"
    with snapshots.copied_database(place, f"frozen_{os.getpid()}", template, loaded / "site.sqlite3") as url:
        variables = snapshots.environment(place, url, "config.settings.dev")
        snapshots.manage(["freeze", str(folder), "--base-url", base], variables)
        digests = json.loads(snapshots.manage(["shell", "-v", "0", "-c", DIGESTS], variables))
    server = http.server.ThreadingHTTPServer(address, functools.partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Frozen(folder, crawl(base), set(digests))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_each_link_leads_to_a_page_or_file(frozen):
    broken = {
        path: (answer.status, frozen.site.sources(path))
        for path, answer in frozen.site.answers.items()
        if answer.status != 200
    }
    assert broken == {}
    assert all(len(frozen.site.pages(language)) > 20 for language in LANGUAGES)


def test_each_fragment_exists(frozen):
    ids = {
        path: {element["id"] for element in BeautifulSoup(answer.text, "html.parser").find_all(id=True)}
        for path, answer in frozen.site.pages().items()
    }
    missing = [
        (link.source, link.target, link.fragment)
        for link in frozen.site.links
        if link.fragment and link.target in ids and link.fragment not in ids[link.target]
    ]
    assert missing == []


def test_nothing_is_loaded_from_other_hosts(frozen):
    assert [link for link in frozen.site.foreign if not link.is_anchor] == []


def test_files_are_those_of_the_site(frozen):
    downloads = [
        file for file in frozen.folder.rglob("*") if file.suffix in {".pdf", ".odt"} and "download" in file.parts
    ]
    assert len(downloads) > 50
    assert {
        file.name for file in downloads if hashlib.sha256(file.read_bytes()).hexdigest() not in frozen.digests
    } == set()


def test_each_file_is_linked_from_a_page(frozen):
    """What is in the folder and in no link would be missing from the live site, or kept for nothing."""
    linked = {path.partition("?")[0].lstrip("/") for path in frozen.site.answers}
    linked |= {f"{path}index.html" for path in linked if not path or path.endswith("/")}
    names = {file.relative_to(frozen.folder).as_posix() for file in frozen.folder.rglob("*") if file.is_file()}
    alone = {name for name in names if name not in linked and name.isascii()}
    redirects = {name for name in alone if name.endswith("index.html")}
    for name in redirects:
        assert 'http-equiv="refresh"' in (frozen.folder / name).read_text()
    assert alone - redirects <= {".nojekyll", "404.html", "freeze.json"}


def test_search_works_from_a_disk(frozen, page):
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto((frozen.folder / "index.html").as_uri())
    page.wait_for_url("**/en/index.html")
    page.goto((frozen.folder / "fi/search/index.html").as_uri())
    page.get_by_role("searchbox").fill("foorumi")
    page.get_by_role("search").get_by_role("button").click()
    page.locator("#search-results h2").wait_for()
    results = page.locator("#search-results li a")
    assert results.count() > 0
    results.first.click()
    page.wait_for_load_state()
    assert page.locator("h1").count() == 1
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("Commissioner")
    assert [url for url in requests if not url.startswith("file://")] == []
