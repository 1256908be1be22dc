"""A text that would act in any format stands in every text field of the project's tables: no screen or file lets it act.

Every GET route of the site from its URL resolver, every page, and every kind of email is shown, and checked by its type.
The rows are written past every form and validation. Then the text is typed into every field of every form that these pages
have, and what answers it is checked, too.
"""

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter

import html5lib
import openpyxl
import pypdfium2
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import IntegrityError, models, transaction
from django.utils import translation
from lxml.html import HtmlElement
from wagtail.blocks import Block, CharBlock, ListBlock, StreamBlock, StreamValue, StructBlock, TextBlock
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model
from wagtail.models import Collection, Page

from events.enums import MailKind, QuestionKind
from events.models import Agreement, Answer, EventQuestion, GuestList, GuestListRow, OutboxMail
from events.registration import tokens
from events.states import RegistrationStatus
from tests.factories.mail import STATES, part, rendered
from tests.factories.registrations import make_registration
from tests.forms import ServedForm, served_forms
from tests.routes import Content, all_routes

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.slow,
    # A report of wagtail-localize without an order: a warning, not a fault.
    pytest.mark.filterwarnings("ignore::django.core.paginator.UnorderedObjectListWarning"),
]

# A formula, the ends of attributes, of elements with plain text, of scripts and comments, template tags, a header line.
# For typst: code and markup.
CANARY = (
    """=1+1"'><zqx onzq=1>--></title></textarea></script><zqx onzq='1'>{{ zq }}{% zq %}#(7*7)*zq*$x$\r\nX-Zq: 1\r\n"""
)
SHORT = '="><zqx>\r\nX-Zq: 1\r\n'
TINY = "=<zqx>"
APPS = ("home", "events", "factsheets", "news", "accounts")
# Of other packages, what people type into screens and the site shows.
WAGTAIL_MODELS = (User, Collection, get_image_model(), get_document_model())
# Fields that programs set, and whose values they compare.
INTERNAL = {
    "content_hash", "draft_title", "email", "email_key", "format", "hash", "iban", "language", "path", "sha256", "slug",
    "token_hash", "translated_slug", "url_path", "zone",
}  # fmt: skip
TOKEN = "x" * 43


def canary_for(field: models.Field) -> str | None:
    """Return the text for a field, or None if a program sets it."""
    if (
        not isinstance(field, models.CharField | models.TextField)
        or isinstance(field, RichTextField | StreamField | models.FileField)
        or field.choices
        or field.unique
        or field.primary_key
        or field.name in INTERNAL
    ):
        return None
    length = field.max_length or 10_000
    text = next((text for text in (CANARY, SHORT, TINY) if len(text) <= length), None)
    if text and isinstance(field, models.URLField):
        return f"https://example.org/{text}"[:length]
    if text and isinstance(field, models.EmailField):
        return None
    return text


def fill_tables() -> int:
    """Write the canary into every text field of every row. Returns in how many fields."""
    filled = 0
    for model in apps.get_models():
        if model._meta.app_label not in APPS and model not in WAGTAIL_MODELS:
            continue
        for field in model._meta.local_concrete_fields:
            text = canary_for(field)
            if text is None or not model._base_manager.exists():
                continue
            try:
                with transaction.atomic():
                    model._base_manager.update(**{field.name: text})
            except IntegrityError:
                # A constraint of the table refuses the text, or refuses it twice.
                continue
            filled += 1
    return filled


@pytest.fixture
def content(home_page):
    content = Content(home_page)
    question = EventQuestion.objects.create(
        page=content.page, kind=QuestionKind.TEXT, label="Q", locale=home_page.locale
    )
    Answer.objects.create(
        registration=content.person, question_key=question.translation_key, kind=question.kind, label="Q", value=CANARY
    )
    Agreement.objects.create(registration=content.person, question_key=question.translation_key, label="Q", text="T")
    assert fill_tables() > 40
    GuestList.objects.update(headings=[CANARY, CANARY], columns=["name", "email"])
    GuestListRow.objects.create(guest_list=GuestList.objects.get(), number=2, cells=[CANARY, CANARY])
    titles = Page.objects.filter(depth__gt=2)
    titles.update(title=CANARY, draft_title=CANARY, seo_title=CANARY[:200], search_description=CANARY)
    for page in titles.specific():
        for field in page._meta.get_fields():
            if isinstance(field, StreamField):
                blocks = blocks_with_canary(field.stream_block)
                setattr(page, field.name, StreamValue(field.stream_block, blocks, is_lazy=True))
        page.save(clean=False)
        page.save_revision(clean=False)
    return content


def blocks_with_canary(block: StreamBlock) -> list[dict[str, object]]:
    """Return one of each block of a stream, with the canary in each plain text."""
    return [{"type": name, "value": stored(child), "id": f"b-{name}"} for name, child in block.child_blocks.items()]


def stored(block: Block) -> object:
    if isinstance(block, CharBlock | TextBlock):
        return CANARY
    if isinstance(block, StructBlock):
        return {name: stored(child) for name, child in block.child_blocks.items()}
    if isinstance(block, ListBlock):
        return [{"type": "item", "value": stored(block.child_block), "id": "i"}]
    return block.get_prep_value(block.get_default())


# Checks by content type


def check_html(source: str, where: str) -> None:
    """Fail if the canary became an element or an attribute for a browser, or if a template ran it."""
    tree = html5lib.parse(source, namespaceHTMLElements=False)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag.rpartition("}")[2] != "zqx", f"{where}: an element"
        assert not [name for name in element.attrib if "zq" in str(name)], f"{where}: an attribute of {element.tag}"
        if element.tag == "script" and element.get("type") == "application/ld+json":
            json.loads(element.text or "")


def check_feed(source: bytes, where: str) -> None:
    for element in ElementTree.fromstring(source).iter():  # noqa: S314  (the site's own)
        assert "zqx" not in element.tag, where
        if element.get("type") == "html":
            check_html(element.text or "", where)


def check_calendar(source: bytes, where: str) -> None:
    lines = source.decode().replace("\r\n ", "").split("\r\n")
    assert not [line for line in lines if line.lower().startswith("x-zq")], f"{where}: a line"


def check_table(rows: list[list[str]], where: str) -> None:
    assert not [cell for row in rows for cell in row if str(cell).startswith("=")], f"{where}: a formula"


def check_workbook(source: bytes, where: str) -> None:
    for sheet in openpyxl.load_workbook(io.BytesIO(source)):
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"], f"{where}: a formula"


def check_pdf(source: bytes, where: str) -> bool:
    """Fail if typst or a template evaluated a text. Returns whether it is there, letter by letter."""
    if len(source) < 1000:
        # The uploaded file.
        return False
    document = pypdfium2.PdfDocument(source)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    # Long words have joiners where they must not be broken, and spaces without a width where they may be.
    text = "".join(re.sub("[\u2060\u200b]", "", text).split())
    for known, following in (("{{zq}}", "{%zq%}"), ("{%zq%}", "#(7*7)*zq*$x$")):
        found = re.findall(f"{re.escape(known)}(.{{{len(following)}}})", text)
        # Where there is no room, the end is cut off.
        wrong = [text for text in found if text != following and "…" not in text]
        assert wrong == [], f"{where}: not as it was written: {wrong}"
    return "<zqx" in text


def check(response, where: str) -> bool:
    """Check the body by its content type. Returns whether it has the canary."""
    assert response.status_code < 500, f"{where}: {response.status_code}"
    assert "x-zq" not in {name.lower() for name in response.headers}, f"{where}: a header"
    kind = response.get("Content-Type", "").partition(";")[0]
    body = response.getvalue()
    if response.status_code != 200:
        return False
    if kind == "text/html":
        check_html(body.decode(), where)
    elif kind == "application/json":
        data = json.loads(body)
        check_html(data.get("html") or "" if isinstance(data, dict) else "", where)
    elif kind in ("application/atom+xml", "application/rss+xml", "application/xml", "text/xml"):
        check_feed(body, where)
    elif kind == "text/calendar":
        check_calendar(body, where)
    elif kind == "text/csv":
        check_table(list(csv.reader(io.StringIO(body.decode("utf-8-sig")))), where)
    elif "spreadsheet" in kind:
        check_workbook(body, where)
    elif kind == "application/pdf":
        return check_pdf(body, where)
    return b"zqx" in body


def addresses(content: Content) -> list[str]:
    token = tokens.token_for(content.person)
    found = [content.address(route).replace(TOKEN, token) for route in all_routes() if "logout" not in route.pattern]
    found += [page.url for page in Page.objects.live().filter(depth__gt=1).specific()]
    found += [f"{content.page.url}register/"]
    exports = ("registrations/export/", "registrations/attendance-list/")
    found += [f"/admin/events/{content.event.pk}/{path}?format={kind}" for path in exports for kind in ("csv", "xlsx")]
    return list(dict.fromkeys(found))


def typed(field: HtmlElement) -> str | None:
    """Return what is typed into a field of a form: the canary, or a value that lets the rest of the form be accepted."""
    kind = field.get("type", "text") if field.tag == "input" else field.tag
    name, script = field.get("name"), field.get("data-controller", "")
    if kind == "select":
        return None if field.value else next((value for value in field.value_options if value), None)
    if kind == "email":
        return '"<zqx>"@example.org'
    if kind == "url":
        return f"https://example.org/?{TINY}"
    if kind not in {"text", "textarea", "search"} or name in INTERNAL or name == "csrfmiddlewaretoken":
        return None
    if "w-date" in script:
        return field.value or "2030-05-16"
    if (field.value or "").startswith('{"blocks"') or "draftail" in " ".join(field.attrib).lower():
        return json.dumps({"blocks": [{"key": "a", "text": CANARY, "type": "unstyled"}], "entityMap": {}})
    length = int(field.get("maxlength") or 10_000)
    return next((text for text in (CANARY, SHORT, TINY) if len(text) <= length), "<")


def send(client, form: ServedForm) -> str:
    """Send a form, check the answer and where it leads, undo it, and return what came of it."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        try:
            response = client.post(form.action, form.data)
            outcome = "shown" if check(response, f"POST {form.action}") else "other"
            if response.status_code in {302, 303}:
                outcome = "accepted"
                shown = client.get(response["Location"])
                check(shown, f"after POST {form.action}")
                shown.close()
            response.close()
        finally:
            transaction.set_rollback(True)
            client.cookies = cookies
    is_pdf = outcome == "shown" and response["Content-Type"] == "application/pdf"
    return "PDF" if is_pdf else outcome


def test_no_screen_or_file_lets_the_canary_act_nor_does_any_form(content):
    client = content.clients()["administrator"]
    failed, seen, sent, outcomes = [], 0, set(), Counter()
    for address in addresses(content):
        with transaction.atomic():
            response = client.get(address)
            try:
                seen += check(response, address)
                for form in served_forms(response, address, typed) if response.status_code == 200 else ():
                    kind = form.action, frozenset(form.data)
                    if kind not in sent:
                        sent.add(kind)
                        outcomes[send(client, form)] += 1
            except AssertionError as error:
                failed.append(str(error).splitlines()[0])
            finally:
                response.close()
            transaction.set_rollback(True)

    assert failed == [], "\n".join(failed)
    assert seen > 60
    assert outcomes["accepted"] > 50
    assert outcomes["shown"] > 30
    # Attendance list, name badges, report.
    assert outcomes["PDF"] >= 3


def test_no_email_lets_the_canary_act(content):
    failed = []
    for kind in MailKind:
        with transaction.atomic(), translation.override("en"):
            status = STATES.get(kind, RegistrationStatus.CONFIRMED)
            person = make_registration(content.event, status, name=CANARY, email="person@example.org")
            mail = OutboxMail.objects.create(
                event=content.event,
                registration=person,
                kind=kind,
                language="en",
                payload={"subject": {"en": CANARY}, "body": {"en": CANARY}},
            )
            message = rendered(mail)
            transaction.set_rollback(True)
        if "x-zq" in {name.lower() for name in message}:
            failed.append(f"{kind}: a header")
        if re.search(r"[\r\n]", message["Subject"]):
            failed.append(f"{kind}: a subject of two lines")
        check_html(part(message, "text/html"), kind)

    assert failed == []


def test_the_checks_find_a_canary_that_acts():
    for source in (f"<p>{CANARY}", f'<a title="{CANARY}">', f"<script>'{CANARY}'</script>", f"<svg><title>{CANARY}"):
        with pytest.raises(AssertionError):
            check_html(source, "page")
    with pytest.raises(AssertionError):
        check_calendar(f"SUMMARY:{CANARY}".encode(), "calendar")
    with pytest.raises(AssertionError):
        check_table([[CANARY]], "table")
