"""Converts the Markdown files of the manual to HTML with only the elements below."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nh3
from django.templatetags.static import static
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from markdown_it import MarkdownIt
from markdown_it.token import Token

from home.manual.chapters import BY_SLUG, Chapter
from home.text_normalization import fold, plain_text

FOLDER = Path(__file__).parent
SOURCE = "en"
# The languages with a folder beside this file. In other languages, the manual is shown in English.
LANGUAGES = ("en", "fi")

TAGS = {
    *("a", "blockquote", "br", "code", "em", "h2", "h3", "hr", "img", "li", "ol", "p", "pre", "strong"),
    *("table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {"a": {"href"}, "h2": {"id"}, "h3": {"id"}, "img": {"alt", "src", "loading"}, "ol": {"start"}}
# "[Add an event](add-an-event.md)", also with "#" and a heading; "![…](../../../site/static/manual/en/write-news.webp)".
CHAPTER_LINK = re.compile(r"([a-z-]+)\.md(#.+)?")
PICTURE = re.compile(r"(?:\.\./)+site/static/(manual/[a-z-]+/[a-z-]+\.webp)")
# The number of characters in an excerpt around a search result.
EXCERPT = 160


@dataclass(frozen=True)
class Section:
    """A part of a chapter below a heading. The first one has no heading and no anchor."""

    title: str
    anchor: str
    text: str


@dataclass(frozen=True)
class Text:
    """A chapter in one language."""

    chapter: Chapter
    language: str
    title: str
    html: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Hit:
    """A chapter in which all words of a search occur, with the section that fits best."""

    text: Text
    section: Section
    excerpt: str


def language() -> str:
    """Return the language in which the manual is shown to the current user."""
    code = (get_language() or SOURCE).split("-")[0]
    return code if code in LANGUAGES else SOURCE


def text_of(chapter: Chapter) -> Text:
    return read_text_file(chapter.slug, language())


def search(query: str, chapters: Iterable[Chapter]) -> list[Hit]:
    """Return the chapters with all words of `query`, ignoring case and accents; those with more words in the title first."""
    words = fold(query).split()
    found = []
    for text in map(text_of, chapters):
        everything = fold(" ".join([text.title, *(f"{part.title} {part.text}" for part in text.sections)]))
        if words and all(word in everything for word in words):
            named = sum(word in fold(text.title) for word in words)
            section = max(text.sections, key=lambda part: _matches(part, words))
            found.append((named, Hit(text, section, _excerpt(section.text, words))))
    return [hit for _named, hit in sorted(found, key=lambda item: -item[0])]


def _matches(section: Section, words: list[str]) -> tuple[int, int]:
    title, text = fold(section.title), fold(section.text)
    return sum(word in title or word in text for word in words), sum(word in title for word in words)


def _excerpt(text: str, words: list[str]) -> str:
    """Return the part of the text around the first word that matches."""
    parts = text.split(" ")
    first = next((number for number, part in enumerate(parts) if any(word in fold(part) for word in words)), 0)
    start = max(first - 8, 0)
    excerpt = " ".join(parts[start:])
    cut = excerpt if len(excerpt) <= EXCERPT else f"{excerpt[:EXCERPT].rsplit(' ', 1)[0]} …"
    return f"… {cut}" if start else cut


@cache
def read_text_file(slug: str, code: str) -> Text:
    source = (FOLDER / code / f"{slug}.md").read_text(encoding="utf-8")
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(source)
    if [token.type for token in tokens[:3]] != ["heading_open", "inline", "heading_close"] or tokens[0].tag != "h1":
        raise ValueError(f"{code}/{slug}.md must begin with its title")
    title, body = tokens[1].content, tokens[3:]
    for token in body:
        for child in token.children or ():
            _resolve(child)
    sections = tuple(_sections(parser, body))
    html = nh3.clean(parser.renderer.render(body, parser.options, {}), tags=TAGS, attributes=ATTRIBUTES, link_rel=None)
    return Text(BY_SLUG[slug], code, title, html, sections)


def _resolve(token: Token) -> None:
    """Replace the links and pictures of the repository with addresses of the site."""
    if token.type == "link_open" and (link := CHAPTER_LINK.fullmatch(str(token.attrs.get("href")))):
        token.attrs["href"] = reverse("manual:chapter", args=[link[1]]) + (link[2] or "")
    if token.type == "image" and (picture := PICTURE.fullmatch(str(token.attrs.get("src")))):
        token.attrs |= {"src": static(picture[1]), "loading": "lazy"}


def _sections(parser: MarkdownIt, tokens: list[Token]) -> Iterable[Section]:
    """Divide the tokens into sections at their headings, and set the ids of the headings."""
    title, anchor, part = "", "", list[Token]()
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            yield _section(parser, title, anchor, part)
            title = tokens[position + 1].content
            anchor = slugify(title, allow_unicode=True)
            token.attrs["id"] = anchor
            part = []
        elif not (token.type == "heading_close" or (token.type == "inline" and token.content == title and not part)):
            part.append(token)
    yield _section(parser, title, anchor, part)


def _section(parser: MarkdownIt, title: str, anchor: str, tokens: list[Token]) -> Section:
    return Section(title, anchor, plain_text(parser.renderer.render(tokens, parser.options, {})))
