"""Functions that return StreamField blocks in the form in which the database stores them.

Every block and list item gets an identifier that is derived from its position. The translation editor finds texts by this
identifier, and it stays the same when the demo is loaded again.
"""

from __future__ import annotations

import uuid
from typing import Any

from wagtail.models import Page

NAMESPACE = uuid.UUID("6f1d9c39-6b0e-4a0d-9a52-3a4f6f9f6a1b")

Block = tuple[str, Any]


def identifier(*path: object) -> uuid.UUID:
    """Return an identifier for `path`. The same path always gives the same identifier."""
    return uuid.uuid5(NAMESPACE, "/".join(str(step) for step in path))


def stream(key: str, *blocks: Block) -> list[dict[str, Any]]:
    """Return the raw value of a StreamField. `key` names page and field."""
    return [
        {"type": kind, "value": _with_ids(value, key, number), "id": str(identifier(key, number))}
        for number, (kind, value) in enumerate(blocks)
    ]


def _with_ids(value: Any, *path: object) -> Any:
    if isinstance(value, dict):
        return {name: _with_ids(child, *path, name) for name, child in value.items()}
    if isinstance(value, list):
        return [
            {"type": "item", "value": _with_ids(item, *path, number), "id": str(identifier(*path, number))}
            for number, item in enumerate(value)
        ]
    return value


def text(*paragraphs: str) -> Block:
    return "text", rich(*paragraphs)


def rich(*paragraphs: str) -> str:
    """Return rich text. A part that is already a list is not wrapped in a paragraph."""
    return "".join(part if part.startswith("<ul>") else f"<p>{part}</p>" for part in paragraphs)


def bullets(*points: str) -> str:
    return "<ul>" + "".join(f"<li>{point}</li>" for point in points) + "</ul>"


def heading(text: str, level: str = "h2") -> Block:
    return "heading", {"text": text, "level": level}


def details(summary: str, *paragraphs: str) -> Block:
    return "details", {"summary": summary, "body": rich(*paragraphs)}


def statistics(*items: tuple[str, str, str]) -> Block:
    return "statistics", {"items": [{"value": value, "label": label, "note": note} for value, label, note in items]}


def table(caption: str, columns: list[str], *rows: list[str]) -> Block:
    return "table", {"caption": caption, "columns": columns, "rows": [{"cells": cells} for cells in rows]}


def people(title: str, *chosen: Any) -> Block:
    return "people", {"heading": title, "people": [person.pk for person in chosen]}


def organisations(title: str, *chosen: Any) -> Block:
    return "organisations", {"heading": title, "organisations": [organisation.pk for organisation in chosen]}


def link_to(page: Page, label: str) -> dict[str, Any]:
    return {"label": label, "page": page.pk, "document": None, "url": ""}


def call_to_action(title: str, text: str, link: dict[str, Any]) -> Block:
    return "call_to_action", {"heading": title, "text": text, "link": link}


def point(title: str, text: str) -> Block:
    return "point", {"title": title, "text": rich(text)}
