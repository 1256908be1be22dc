"""Rewrites pages, feeds and calendars for the static copy: references to files, and the new public address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from home.freeze.addresses import public_address, relative
from home.freeze.requests import MEDIA_PATH, Answer, quoted

CSS_REFERENCE = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)""")
XML_REFERENCE = re.compile(r"""(?:href="|<loc>|<id>|<uri>|src="|&quot;|&#34;)([^"<&\s]+)""")
ATTRIBUTES = ("href", "src", "poster", "action", "data-src")
SETS = ("srcset", "imagesrcset")
XML = {"application/atom+xml", "application/xml", "text/xml"}
# Types of texts in which addresses are replaced, citations among them.
TEXTS = {"text/plain", "application/json", "application/x-bibtex", "application/x-research-info-systems"}
# RFC 5545 requires lines of a calendar to be folded after 75 octets.
LONGEST_LINE = 75
# The scheme of addresses with which calendar programs subscribe.
SUBSCRIPTION = "webcal://"
META = {"og:image", "og:url", "twitter:image"}


@dataclass
class Copy:
    """The data about the copy: the old addresses of the site (`origins`), the new one (`base`), the files by address."""

    origins: list[str]
    base: str
    files: dict[str, str] = field(default_factory=dict)
    # Maps the address of each redirect to its target.
    redirects: dict[str, str] = field(default_factory=dict)
    replacements: Mapping[str, str] = field(default_factory=dict)
    # The address of scaled images, if they are on another host.
    media_url: str = ""

    def local(self, address: str, source: str) -> tuple[str, str] | None:
        """Return path and fragment of a reference on page `source`, or None if it leads to another host."""
        address = address.strip()
        if address.startswith(SUBSCRIPTION):
            # In the copy, a calendar does not change, so the link leads to a file as others do.
            address = f"{urlsplit(self.origins[0]).scheme}://{address.removeprefix(SUBSCRIPTION)}"
        if not address or urlsplit(address).scheme not in {"", "http", "https"}:
            return None
        full, fragment = urldefrag(urljoin(self.origins[0] + source, address))
        if self.media_url and full.startswith(self.media_url):
            return quoted(MEDIA_PATH + full.removeprefix(self.media_url)), fragment
        for origin in self.origins:
            if full == origin or full.startswith((f"{origin}/", f"{origin}?")):
                return quoted(full.removeprefix(origin) or "/"), fragment
        return None

    def file(self, path: str) -> str | None:
        """Return the file of an address, or None. Follows up to five redirects."""
        for _step in range(5):
            if path not in self.redirects:
                break
            path = self.redirects[path]
        return self.files.get(path)


def references(answer: Answer, copy: Copy, source: str) -> Iterator[str]:
    """Yield the paths of everything on this site that a response refers to."""
    if answer.type == "text/html":
        found = _html_references(BeautifulSoup(answer.body, "html.parser"))
    elif answer.type == "text/css":
        found = (match[1] or match[2] for match in CSS_REFERENCE.finditer(answer.body.decode()))
    elif answer.type in XML:
        found = (match[1] for match in XML_REFERENCE.finditer(answer.body.decode()))
    elif answer.type == "text/plain" and source == "/robots.txt":
        found = (line.partition(": ")[2] for line in answer.body.decode().splitlines() if line.startswith("Sitemap"))
    else:
        return
    for address in found:
        local = copy.local(address, source)
        if local is not None:
            yield local[0]


def elements(soup: BeautifulSoup) -> list[Tag]:
    return list(soup.find_all(lambda tag: True))


def _html_references(soup: BeautifulSoup) -> Iterator[str]:
    for element in elements(soup):
        # The copy has no server that handles forms. Only the search still works, as a page with a script.
        for name in ATTRIBUTES:
            if name in element.attrs and (name != "action" or _is_search(element)):
                yield str(element[name])
        for name in SETS:
            for candidate in str(element.get(name, "")).split(","):
                if candidate.strip():
                    yield candidate.split()[0]
        if element.name == "meta" and _meta_name(element) in META:
            yield str(element.get("content", ""))


def _is_search(element: Tag) -> bool:
    return element.get("role") == "search"


def _meta_name(element: Tag) -> str:
    return str(element.get("property") or element.get("name") or "")


def rewritten(answer: Answer, copy: Copy, source: str, finish: Callable[[BeautifulSoup, str], None]) -> bytes:
    """Return the content of a file of the copy. Calls `finish(soup, file)` for each page before it is written."""
    if answer.type == "text/html":
        return _rewrite_html(answer, copy, source, finish)
    if answer.type in XML or answer.type in TEXTS:
        return _replace_addresses(answer.body.decode(), copy).encode()
    if answer.type == "text/calendar":
        lines = _replace_addresses(re.sub(r"\r\n[ \t]", "", answer.body.decode()), copy).split("\r\n")
        return "\r\n".join(_fold(line) for line in lines).encode()
    return answer.body


def _rewrite_html(answer: Answer, copy: Copy, source: str, finish: Callable[[BeautifulSoup, str], None]) -> bytes:
    soup = BeautifulSoup(answer.body, "html.parser")
    here = copy.file(source) or ""
    for form in soup.find_all("form"):
        if not _is_search(form):
            form.decompose()
    for element in elements(soup):
        _rewrite_element(element, copy, source, here)
    for script in soup.find_all("script"):
        if script.get("type") == "application/ld+json":
            script.string = _replace_addresses(script.string or "", copy)
        elif script.get("type") == "module":
            # Browsers load no modules from a disk. The site's own scripts have no imports, so they also run as plain
            # scripts.
            del script["type"]
            script["defer"] = ""
    for text in soup.find_all(string=True):
        # The text contains an address, for example in a citation.
        if type(text) is NavigableString and any(old in text for old in (*copy.origins, *copy.replacements)):
            text.replace_with(_replace_addresses(str(text), copy))
    finish(soup, here)
    return str(soup).encode()


def _rewrite_element(element: Tag, copy: Copy, source: str, here: str) -> None:
    for name in ATTRIBUTES:
        if name not in element.attrs:
            continue
        value = str(element[name])
        if value.startswith("mailto:"):
            element[name] = _replaced(value, copy)
        elif element.name == "link" and _names_an_address(element):
            element[name] = _absolute(value, copy, source)
        else:
            element[name] = _reference(value, copy, source, here)
    for name in SETS:
        if name in element.attrs:
            candidates = [candidate.split() for candidate in str(element[name]).split(",") if candidate.strip()]
            element[name] = ", ".join(
                " ".join([_reference(first, copy, source, here), *rest]) for first, *rest in candidates
            )
    # Not needed for files of the same copy, and a disk has no origin.
    element.attrs.pop("crossorigin", None)
    if element.name == "meta" and _meta_name(element) in META:
        element["content"] = _absolute(str(element.get("content", "")), copy, source)


def _names_an_address(element: Tag) -> bool:
    """Return whether a `link` element is for search engines. Its address must be the public one."""
    relations = set(element.get("rel") or [])
    return "canonical" in relations or ("alternate" in relations and "hreflang" in element.attrs)


def _reference(value: str, copy: Copy, source: str, here: str) -> str:
    local = copy.local(value, source)
    if local is None:
        return value
    path, fragment = local
    if value.startswith("#"):
        return value
    target = copy.file(path)
    if target is None:
        return value
    return relative(here, target) + (f"#{fragment}" if fragment else "")


def _absolute(value: str, copy: Copy, source: str) -> str:
    local = copy.local(value, source)
    if local is None:
        return value
    path, fragment = local
    target = copy.file(path)
    address = public_address(copy.base, target) if target is not None else f"{copy.base}{path}"
    return address + (f"#{fragment}" if fragment else "")


def _replace_addresses(text: str, copy: Copy) -> str:
    starts = [*copy.origins, *([copy.media_url.rstrip("/")] if copy.media_url else [])]
    origins = "|".join(re.escape(start) for start in starts)
    pattern = re.compile(rf"(?:{origins})(?:/(?:&amp;|[^\s\"'<>\\;)&])*)?(?![\w.-])")
    return _replaced(pattern.sub(lambda match: _absolute(match[0].replace("&amp;", "&"), copy, "/"), text), copy)


def _replaced(text: str, copy: Copy) -> str:
    for old, new in copy.replacements.items():
        text = text.replace(old, new)
    return text


def _fold(line: str) -> str:
    parts = []
    rest = line
    limit = LONGEST_LINE
    while len(rest.encode()) > limit:
        part = rest.encode()[:limit].decode(errors="ignore")
        parts.append(part)
        rest = rest[len(part) :]
        # The space at the beginning of each further line counts as one octet.
        limit = LONGEST_LINE - 1
    return "\r\n ".join([*parts, rest])
