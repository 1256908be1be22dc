"""Makes the static copy: requests every public address, rewrites the pages and writes the files."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page
from wagtail.models import Site as WagtailSite

from home.freeze.addresses import INDEX, file_of, public_address, relative
from home.freeze.requests import Answer, Site, quoted
from home.freeze.rewriting import ATTRIBUTES, TEXTS, XML, Copy, elements, references, rewritten
from home.freeze.warc import WebArchive, web_archive
from home.frozen import frozen
from home.search import WORD
from home.text_normalization import fold

LIST = "freeze.json"
NOT_FOUND = "/404.html"
SEARCH_SCRIPT = "search/search.js"
REWRITTEN = {"text/html", "text/css", "text/calendar", *TEXTS, *XML}
FOUND, REDIRECTS = 200, {301, 302, 303, 307, 308}


class FreezeError(Exception):
    """Raised when the copy cannot be made. Its text says why."""


@dataclass
class Outcome:
    """The result: checksums of files by name, the number of changed files, and the addresses that lead nowhere."""

    checksums: dict[str, str] = field(default_factory=dict)
    changed: int = 0
    deleted: int = 0
    # Maps each broken address to its status and to one page that links to it.
    broken: dict[str, tuple[int, str]] = field(default_factory=dict)


def freeze(
    target: Path,
    base: str = "",
    *,
    replacements: Mapping[str, str] | None = None,
    is_incremental: bool = False,
    warc: Path | None = None,
) -> Outcome:
    """Write the public site into the folder `target`, for the public address `base` (BASE_URL without it).

    `replacements` are texts, such as email addresses, that pages show instead of others. With `is_incremental`, the folder
    may have an earlier copy: only files that differ are written, and those that are gone are deleted. `warc` is a new file
    for web archives, with the same answers at the addresses of the live site. Raises FreezeError.
    """
    earlier = _earlier(target, is_incremental=is_incremental)
    site = WagtailSite.objects.filter(is_default_site=True).first()
    if site is None:
        raise FreezeError("There is no site: run manage.py setup_site.")
    origins = list(dict.fromkeys([settings.PUBLIC_BASE_URL, site.root_url]))
    media_url = "" if settings.MEDIA_URL.startswith("/") else settings.MEDIA_URL
    public = (base or settings.PUBLIC_BASE_URL).rstrip("/")
    copy = Copy(origins, public, replacements=replacements or {}, media_url=media_url)
    writing = _Writing(target, Outcome(), earlier)
    with frozen(), _archived(warc, origins[0], media_url) as archive:
        pages = _crawl(Site(origins[0]), copy, writing, archive)
    indexes = {_search_file(code): _search_index(code, copy) for code, _name in settings.LANGUAGES}
    for path, answer in pages.items():
        writing.write(copy.files[path], rewritten(answer, copy, path, _Finishing(copy, indexes).finish))
    for name, content in _further_files(copy, site, indexes):
        writing.write(name, content)
    writing.finish()
    return writing.outcome


@contextmanager
def _archived(file: Path | None, origin: str, media_url: str) -> Iterator[WebArchive | None]:
    if file is None:
        yield None
        return
    try:
        with web_archive(file, origin, media_url) as archive:
            yield archive
    except FileExistsError:
        raise FreezeError(f"{file} exists already. Name another file.") from None


def _earlier(target: Path, *, is_incremental: bool) -> dict[str, str]:
    """Return the checksums of an earlier copy. Raises FreezeError for other content, or without `is_incremental`."""
    if not target.exists() or not any(target.iterdir()):
        return {}
    listed = target / LIST
    if not listed.is_file():
        raise FreezeError(f"{target} is not empty and holds no copy of the site. Name another folder.")
    if not is_incremental:
        raise FreezeError(f"{target} holds a copy already. Use --incremental to update it.")
    found: dict[str, str] = json.loads(listed.read_text())["files"]
    return found


@dataclass
class _Writing:
    target: Path
    outcome: Outcome
    earlier: dict[str, str]

    def write(self, name: str, content: bytes) -> None:
        checksum = hashlib.sha256(content).hexdigest()
        if name in self.outcome.checksums:
            raise FreezeError(f"Two addresses become the file {name}.")
        self.outcome.checksums[name] = checksum
        file = self.target / name
        if not file.resolve().is_relative_to(self.target.resolve()):
            raise FreezeError(f"The address of {name} leads out of the folder.")
        if self.earlier.get(name) == checksum and file.is_file():
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.outcome.changed += 1

    def finish(self) -> None:
        for name in sorted(set(self.earlier) - set(self.outcome.checksums)):
            file = self.target / name
            file.unlink(missing_ok=True)
            self.outcome.deleted += 1
            for folder in file.parents:
                if folder == self.target or any(folder.iterdir()):
                    break
                folder.rmdir()
        content = {"made_at": timezone.now().isoformat(), "files": self.outcome.checksums}
        (self.target / LIST).write_text(json.dumps(content, indent=1, sort_keys=True))


def _crawl(site: Site, copy: Copy, writing: _Writing, archive: WebArchive | None) -> dict[str, Answer]:
    """Request every linked address. Writes final files at once; returns the responses that must be rewritten by path."""
    pages: dict[str, Answer] = {}
    waiting = deque((path, "") for path in _starts())
    seen = {path for path, _source in waiting}
    while waiting:
        path, source = waiting.popleft()
        answer = site.get(path)
        if archive is not None and (answer.status == FOUND or answer.status in REDIRECTS):
            archive.add(path, answer)
        if answer.status in REDIRECTS:
            found = _redirect(answer, copy, path)
        elif answer.status != FOUND:
            if source:
                writing.outcome.broken[path] = (answer.status, source)
            continue
        else:
            copy.files[path] = file_of(path, answer)
            found = list(references(answer, copy, path))
            if answer.type in REWRITTEN:
                pages[path] = answer
            else:
                writing.write(copy.files[path], answer.body)
        for reference in found:
            if reference not in seen:
                seen.add(reference)
                waiting.append((reference, path))
    not_found = site.get(f"/{settings.LANGUAGE_CODE}{NOT_FOUND}/")
    copy.files[NOT_FOUND] = NOT_FOUND.lstrip("/")
    pages[NOT_FOUND] = Answer(FOUND, not_found.headers, not_found.body)
    return pages


def _redirect(answer: Answer, copy: Copy, path: str) -> list[str]:
    local = copy.local(answer.headers.get("location", ""), path)
    if local is None:
        return []
    copy.redirects[path] = local[0]
    return [local[0]]


def _starts() -> list[str]:
    codes = [code for code, _name in settings.LANGUAGES]
    homes = [f"/{code}/" for code in codes]
    return [*homes, *map(_search_path, codes), reverse("sitemap_index"), reverse("robots"), "/favicon.ico"]


def _search_path(code: str) -> str:
    with translation.override(code):
        return reverse("search")


def _search_file(code: str) -> str:
    return f"{_search_path(code).lstrip('/')}{INDEX}"


# The search


def _search_index(code: str, copy: Copy) -> list[dict[str, str]]:
    """Return the data of each public page in a language for the script of the search page."""
    pages = Page.objects.live().public().filter(locale__language_code=code).order_by("path").specific()
    found = []
    for page in pages:
        target = copy.file(quoted(urlsplit(page.get_full_url() or "").path))
        if target is None or not hasattr(page, "folded_text") or page.alias_of_id:
            continue
        with translation.override(code):
            words = sorted(set(WORD.findall(f"{fold(page.title)} {page.folded_text()}")))
            found.append(
                {
                    "file": relative(_search_file(code), target),
                    "title": page.title,
                    "summary": str(page.teaser_text),
                    "kind": str(page.kind),
                    "text": " ".join(words),
                }
            )
    return found


@dataclass
class _Finishing:
    """Changes to pages that are needed only in the copy."""

    copy: Copy
    indexes: Mapping[str, list[dict[str, str]]]

    def finish(self, soup: BeautifulSoup, here: str) -> None:
        code = str(soup.html["lang"]) if soup.html and soup.html.has_attr("lang") else settings.LANGUAGE_CODE
        with translation.override(code):
            _add_notice(soup)
            if here in self.indexes:
                _add_results(soup, here)
        if f"/{here}" == NOT_FOUND:
            self._make_absolute(soup)

    def _make_absolute(self, soup: BeautifulSoup) -> None:
        """Make all references of the page "Page not found" absolute, because it is shown at any address."""
        start = urlsplit(self.copy.base).path
        for element in elements(soup):
            for name in ATTRIBUTES:
                value = str(element.get(name, ""))
                if value and not value.startswith(("#", "/")) and not urlsplit(value).scheme:
                    element[name] = f"{start}/{value}"


def _add_notice(soup: BeautifulSoup) -> None:
    footer = soup.find("footer")
    if not isinstance(footer, Tag):
        return
    today = date_format(timezone.localdate(), "DATE_FORMAT")
    text = _("This is a copy of the website, made on %(date)s. It no longer changes, and registration is closed.")
    footer.insert(0, _markup(format_html('<div class="wrap"><p>{}</p></div>', text % {"date": today})))


def _add_results(soup: BeautifulSoup, here: str) -> None:
    forms = soup.find_all("form", role="search")
    main = soup.find("main")
    if not forms or not isinstance(main, Tag):
        return
    # The texts of the live site. The named values stay as placeholders, which the script of the search fills in.
    counted = [
        ngettext("%(number)s result for “%(query)s”", "%(number)s results for “%(query)s”", number)
        % {"number": "{number}", "query": "{query}"}
        for number in (1, 2)
    ]
    none = _("No results for “%(query)s”") % {"query": "{query}"}
    place = format_html(
        '<div class="wrap reading"><section id="search-results" aria-live="polite" data-one="{}" data-many="{}" '
        'data-none="{}"><noscript><p>{}</p></noscript></section></div>',
        *counted,
        none,
        _("The search of this copy needs JavaScript."),
    )
    main.append(_markup(place))
    for name in (here.replace(INDEX, "search-index.js"), SEARCH_SCRIPT):
        main.append(_markup(format_html('<script src="{}" defer></script>', relative(here, name))))


def _markup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


# Further files


def _further_files(
    copy: Copy, site: WagtailSite, indexes: Mapping[str, list[dict[str, str]]]
) -> Iterator[tuple[str, bytes]]:
    script = Path(__file__).with_name("search.js").read_bytes()
    yield SEARCH_SCRIPT, script
    for file, entries in indexes.items():
        content = f"window.searchIndex = {json.dumps(entries, ensure_ascii=False)};\n"
        yield file.replace(INDEX, "search-index.js"), content.encode()
    yield INDEX, _choose_language(copy, site.site_name).encode()
    # Some hosts leave out files whose names begin with an underscore, unless this file exists.
    yield ".nojekyll", b""
    taken = set(copy.files.values()) | {INDEX}
    for path, target in _redirects(copy, site):
        name = path.lstrip("/")
        name = f"{name}{INDEX}" if name.endswith("/") else name if "." in name.rpartition("/")[2] else f"{name}/{INDEX}"
        if name in taken or not name.endswith(".html"):
            continue
        taken.add(name)
        yield name, _redirect_page(relative(name, target), public_address(copy.base, target)).encode()


def _redirects(copy: Copy, site: WagtailSite) -> Iterator[tuple[str, str]]:
    """Yield (address, target file) for the redirects of the site and those that editors have made."""
    for path in copy.redirects:
        target = copy.file(path)
        if target is not None and "?" not in path and path != "/":
            yield path, target
    for redirect in Redirect.objects.filter(Q(site=site) | Q(site=None)).select_related("redirect_page"):
        local = copy.local(redirect.link or "", "/")
        target = copy.file(local[0]) if local else None
        if target is not None and "?" not in redirect.old_path:
            yield f"{redirect.old_path}/", target


def _redirect_page(reference: str, address: str) -> str:
    return format_html(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{1}</title><link rel="canonical" href="{1}">'
        '<meta http-equiv="refresh" content="0; url={0}"></head><body><p><a href="{0}">{1}</a></p></body></html>\n',
        reference,
        address,
    )


def _choose_language(copy: Copy, title: str) -> str:
    """Return the first page as HTML. It redirects to the source language: a copy cannot use the browser's language."""
    items = [
        (f"{code}/{INDEX}", code, translation.get_language_info(code)["name_local"])
        for code, _name in settings.LANGUAGES
        if f"/{code}/" in copy.files
    ]
    links = format_html_join("\n", '<li><a href="{0}" lang="{1}" hreflang="{1}">{2}</a></li>', items)
    first = items[0][0] if items else INDEX
    return format_html(
        '<!doctype html>\n<html lang="{2}"><head><meta charset="utf-8"><title>{3}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="refresh" content="0; url={1}"></head><body><ul>\n{0}\n</ul></body></html>\n',
        links,
        first,
        settings.LANGUAGE_CODE,
        title or settings.WAGTAIL_SITE_NAME,
    )
