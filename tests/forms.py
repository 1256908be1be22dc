"""The forms of a page as it was served, to be sent as a browser sends them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from django.http import HttpResponse
from lxml import html

# Ends the session of the client.
SIGN_OUT = "/admin/logout/"
BUTTONS = {"submit", "image", "button", "reset"}
# Sent also while they are empty.
TYPED = {"text", "search", "email", "url", "tel", "password", "number", "date", "time", "datetime-local", "hidden"}


@dataclass(frozen=True)
class ServedForm:
    """A form that is sent with POST: its address, and the values that it was served with, by name."""

    action: str
    data: dict[str, list[str]]

    @property
    def has_token(self) -> bool:
        return any(self.data.get("csrfmiddlewaretoken", []))


def served_forms(
    response: HttpResponse, address: str, fill: Callable[[html.HtmlElement], str | None] | None = None
) -> list[ServedForm]:
    """Return the forms of a page. `fill` returns the text that someone types into a field, or None to leave it.

    Without the one that signs out, and those that scripts send with a header.
    """
    found = [ServedForm(urljoin(address, form.action or ""), _data(form, fill)) for form in _forms(response)]
    return [form for form in found if form.action != SIGN_OUT]


def _forms(response: HttpResponse) -> list[html.FormElement]:
    is_page = not response.streaming and response.get("Content-Type", "").startswith("text/html")
    if not is_page or b"<form" not in response.content:
        return []
    forms: Iterable[html.FormElement] = html.fromstring(response.content.decode()).iter("form")
    return [form for form in forms if form.method == "POST" and "w-session" not in form.get("data-controller", "")]


def _data(form: html.FormElement, fill: Callable[[html.HtmlElement], str | None] | None) -> dict[str, list[str]]:
    data: dict[str, list[str]] = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append(value)
    for field in form.inputs:
        if field.tag == "input" and field.get("type", "text") in TYPED and field.get("name"):
            data.setdefault(field.get("name"), [""])
        typed = fill(field) if fill and field.get("name") and field.get("type") not in BUTTONS else None
        if typed is not None:
            data[field.get("name")] = [typed]
    # A browser sends the first button if someone presses Enter.
    buttons = form.xpath(".//button[@name][not(@type) or @type='submit'] | .//input[@name][@type='submit']")
    if buttons:
        data[buttons[0].get("name")] = [buttons[0].get("value") or ""]
    # Streams have no fields before a script has made them.
    for stream in form.xpath(".//*[@data-block]"):
        data.setdefault(f"{stream.get('id')}-count", ["0"])
    return data
