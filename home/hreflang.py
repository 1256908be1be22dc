"""The translations of a page for search engines (`hreflang`). The head of the page and the sitemap contain them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Alternate:
    code: str
    url: str


def alternates(urls: dict[str, str], root_url: str, *, is_home: bool) -> list[Alternate]:
    """Return the `hreflang` entries of a page. `urls` are the absolute addresses of its translations by language.

    The last entry is `x-default`: for a home page the root of the site, which redirects by the browser's language; for any
    other page its address in the source language, or in any language if it has none.
    """
    if not urls:
        return []
    default = f"{root_url}/" if is_home else urls.get(settings.LANGUAGE_CODE) or next(iter(urls.values()))
    return [*(Alternate(code, url) for code, url in urls.items()), Alternate("x-default", default)]
