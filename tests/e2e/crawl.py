"""Requests everything that the public site links to, without a browser."""

import os
import re
import urllib.error
import urllib.request
from collections import deque
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit
from xml.etree import ElementTree

from bs4 import BeautifulSoup
from django.conf import settings

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Whether every page is checked in every language, width and theme.
FULL_AUDITS = bool(os.environ.get("FULL_AUDITS"))
STARTS = ["/", *(f"/{language}/" for language in LANGUAGES), "/sitemap.xml", "/robots.txt"]
LIMIT = 60  # seconds for one response
CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)""")


@dataclass
class Answer:
    status: int
    headers: Message
    body: bytes
    location: str = ""

    @property
    def type(self) -> str:
        return self.headers.get_content_type()

    @property
    def is_sitemap(self) -> bool:
        return self.status == 200 and self.type in {"application/xml", "text/xml"}

    @property
    def text(self) -> str:
        return self.body.decode(self.headers.get_content_charset() or "utf-8")


@dataclass
class Link:
    source: str
    target: str
    fragment: str = ""
    # A link that visitors follow. The page itself loads everything else.
    is_anchor: bool = False


@dataclass
class Crawl:
    address: str
    answers: dict[str, Answer] = field(default_factory=dict, repr=False)
    links: list[Link] = field(default_factory=list, repr=False)
    foreign: list[Link] = field(default_factory=list, repr=False)

    def pages(self, language: str | None = None) -> dict[str, Answer]:
        """Return the HTML pages by path: all of them, or those of one language."""
        prefix = f"/{language}/" if language else "/"
        return {
            path: answer
            for path, answer in self.answers.items()
            if answer.status == 200 and answer.type == "text/html" and path.startswith(prefix)
        }

    def sources(self, target: str) -> str:
        """Return a description of the pages that link to `target`."""
        sources = sorted({link.source for link in self.links if link.target == target})
        if not sources:
            return "nowhere"
        return f"{sources[0]} and {len(sources) - 1} more" if len(sources) > 1 else sources[0]

    def paths(self, language: str) -> list[str]:
        """Return the pages of a language to look at in a browser.

        Includes one query string for each parameter of a page in the source language, and one query string in the
        other languages. Combined filters are left out.
        """
        seen: dict[tuple[str, str], str] = {}
        for path in sorted(self.pages(language)):
            parts = urlsplit(path)
            names = list(parse_qs(parts.query))
            if len(names) < 2:
                kind = "".join(names) if language == LANGUAGES[0] else "query" * bool(names)
                seen.setdefault((parts.path, kind), path)
        return sorted(seen.values())

    def samples(self, language: str) -> list[str]:
        """Return those of `paths` that together have every element and class of a language. Pages of one type look alike."""
        if FULL_AUDITS:
            return self.paths(language)
        names = {}
        for path in self.paths(language):
            elements = BeautifulSoup(self.answers[path].text, "html.parser").find_all(True)
            names[path] = {f"{element.name}.{name}" for element in elements for name in ["", *element.get("class", [])]}
        missing = set().union(*names.values())
        samples = []
        while missing:
            samples.append(max(names, key=lambda path: len(names[path] & missing)))
            missing -= names[samples[-1]]
        return samples


class KeepRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


OPENER = urllib.request.build_opener(KeepRedirects, urllib.request.ProxyHandler({}))


def get(url: str, **headers: str) -> Answer:
    """Request one address without following redirects."""
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  (only the server of the tests)
    try:
        with OPENER.open(request, timeout=LIMIT) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read(), error.headers.get("Location", ""))


def html_references(soup: BeautifulSoup):
    """Yield (address, whether it is an anchor) for everything that a page links to or loads."""
    for element in soup.find_all(["a", "area"], href=True):
        yield element["href"], True
    for element in soup.find_all(["link", "use", "image"], href=True):
        # Browsers do not load the licence of a page.
        yield element["href"], "license" in element.get("rel", [])
    for element in soup.find_all(src=True):
        yield element["src"], False
    for element in soup.find_all(["video"], poster=True):
        yield element["poster"], False
    for element in soup.find_all(["img", "source"], srcset=True):
        for candidate in element["srcset"].split(","):
            yield candidate.split()[0], False
    for element in soup.find_all("meta", content=True):
        if element.get("property") in {"og:image", "og:url"} or element.get("name") == "twitter:image":
            yield element["content"], False


def references(answer: Answer):
    if answer.type == "text/html":
        yield from html_references(BeautifulSoup(answer.text, "html.parser"))
    elif answer.type == "text/css":
        for match in CSS_URL.finditer(answer.text):
            yield (match[1] or match[2]).strip(), False
    elif answer.is_sitemap or answer.type == "application/atom+xml":
        for element in ElementTree.fromstring(answer.body).iter():  # noqa: S314  (only the server of the tests)
            if element.tag.endswith("}loc"):
                yield (element.text or "").strip(), True
            elif element.tag.endswith("}link"):
                yield element.get("href", ""), False


def crawl(address: str) -> Crawl:
    """Request everything on `address` that is linked from its first pages, and nothing from other hosts."""
    result = Crawl(address)
    waiting = deque(STARTS)
    while waiting:
        path = waiting.popleft()
        if path in result.answers:
            continue
        answer = result.answers[path] = get(address + path)
        found = [(answer.location, False)] if answer.location else references(answer)
        for reference, is_anchor in found:
            if urlsplit(reference).scheme not in {"", "http", "https"}:
                continue
            target, fragment = urldefrag(urljoin(address + path, reference.strip()))
            if not target.startswith(address + "/"):
                result.foreign.append(Link(path, target, fragment, is_anchor))
                continue
            link = Link(path, target.removeprefix(address), fragment, is_anchor)
            result.links.append(link)
            waiting.append(link.target)
    return result
