"""Maps the addresses of the site to files of the copy, and makes the references between files."""

from __future__ import annotations

import hashlib
import posixpath
import re
from urllib.parse import quote, unquote

from anyascii import anyascii

from home.freeze.requests import Answer

INDEX = "index.html"
ENDINGS = {
    "text/html": ".html",
    "application/atom+xml": ".xml",
    "application/rss+xml": ".xml",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "text/calendar": ".ics",
    "application/pdf": ".pdf",
    "application/json": ".json",
    "text/plain": ".txt",
}
FILE_NAME = re.compile(r"""filename\*?=(?:UTF-8'')?"?([^";]+)""", re.IGNORECASE)
UNSAFE = re.compile(r"[^\w.-]+")
# Query strings of this form are used in file names unchanged.
SIMPLE_QUERY = re.compile(r"\w+=[\w-]+(?:&\w+=[\w-]+)*", re.ASCII)
LONGEST_NAME = 80


def file_of(path: str, answer: Answer) -> str:
    """Return the file for an address, relative to the folder of the copy.

    A page becomes `index.html` in a folder with the name of its address; each query string of the page becomes another file
    in this folder. If the address of another file, such as a feed or a download, ends with a slash, the file gets the name
    under which a browser would save it.
    """
    plain, _mark, query = path.partition("?")
    folder = unquote(plain).lstrip("/")
    ending = ENDINGS.get(answer.type, "")
    if folder and not folder.endswith("/"):
        if not query:
            return folder
        start, dot, own_ending = folder.rpartition(".")
        return f"{start}{_query_name(query)}{dot}{own_ending}" if dot else f"{folder}{_query_name(query)}{ending}"
    if query:
        return f"{folder}{_query_name(query).lstrip('.')}{ending}"
    if answer.type == "text/html":
        return f"{folder}{INDEX}"
    return f"{folder}{_download_name(answer) or 'index' + ending}"


def _query_name(query: str) -> str:
    """Return the part of a file name that stands for a query string. Different query strings have different parts."""
    name = UNSAFE.sub("-", unquote(query).replace("=", "-").replace("&", ".")).strip("-")
    if len(name) > LONGEST_NAME or not SIMPLE_QUERY.fullmatch(query):
        name = f"{name[:LONGEST_NAME]}-{hashlib.sha256(query.encode()).hexdigest()[:8]}"
    return f".{name}"


def _download_name(answer: Answer) -> str:
    names = FILE_NAME.findall(answer.headers.get("content-disposition", ""))
    if not names:
        return ""
    # The extended form (`filename*`) comes last. Letters outside ASCII are replaced: archives and disks handle them
    # differently.
    start, dot, ending = anyascii(unquote(names[-1])).rpartition(".")
    return f"{UNSAFE.sub('-', start).strip('-.')}{dot}{ending}"


def relative(source: str, target: str) -> str:
    """Return the relative reference from the file `source` to the file `target`."""
    found = posixpath.relpath(target, posixpath.dirname(source) or ".")
    return quote(found)


def public_address(base: str, file: str) -> str:
    """Return the address of a file at the new public address. The address of a page does not contain `index.html`."""
    shown = file.removesuffix(INDEX) if file == INDEX or file.endswith(f"/{INDEX}") else file
    return f"{base}/{quote(shown)}"
