"""The translations of a page as search engines are told them (`hreflang`), by its head and by the sitemap."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Alternate:
    code: str
    url: str


def alternates(urls: dict[str, str], root_url: str, *, is_home: bool) -> list[Alternate]:
    """Return the translations of a page for `hreflang`, from their absolute addresses by language.

    The list ends with `x-default`: for a home page the root, which chooses, else the source language where there is
    one.
    """
    if not urls:
        return []
    default = f"{root_url}/" if is_home else urls.get(settings.LANGUAGE_CODE) or next(iter(urls.values()))
    return [*(Alternate(code, url) for code, url in urls.items()), Alternate("x-default", default)]
