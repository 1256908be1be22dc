"""Markup in any text field stays text: on public pages, in the admin, in previews, in emails and in feeds.

The rows are written past every form and validation, so that only the output is tested. Rich text is left out: it is HTML,
and `tests/home/test_translation_markup.py` tests how it comes in.
"""

import html
import re
from xml.etree import ElementTree

import html5lib
import pytest
from django.db import models
from django.urls import reverse
from wagtail.fields import RichTextField, StreamField

from events.enums import MailKind
from factsheets.models import FactSheetPage
from home.models import BasePage, PartnersPage
from news.models import NewsCategory, NewsIndexPage, NewsPage
from tests.factories.events import row
from tests.factories.factsheets import add_file, make_fact_sheet, make_fact_sheet_list
from tests.factories.mail import part, queue_mail, rendered
from tests.factories.pages import make_page
from tests.factories.project import make_organisation, make_person
from tests.factories.registrations import make_open_page, make_registration
from tests.factories.users import admin_url

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

# Ends every kind of context that a text may stand in: attributes, elements with plain text, scripts, comments.
HOSTILE = """"'><zqx onzq=1>--></title></textarea></script><zqx onzq='1'>{{ zq }}{% zq %}"""
SHORT = '"><zqx>'
# Fields that the database or Wagtail sets.
INTERNAL = {
    "slug",
    "url_path",
    "path",
    "draft_title",
    "zone",
    "format",
    "language",
    "sha256",
    "email_key",
    "token_hash",
}


def fill(instance) -> None:
    """Write the hostile text into every text field of a row."""
    values: dict = {}
    for field in instance._meta.concrete_fields:
        if (
            not isinstance(field, models.CharField | models.TextField)
            or isinstance(field, RichTextField | StreamField | models.FileField)
            or field.choices
            or field.unique
            or field.name in INTERNAL
        ):
            continue
        length = field.max_length or 1000
        text = HOSTILE if length >= len(HOSTILE) else SHORT
        if isinstance(field, models.URLField):
            text = f"https://example.org/{text}"
        # A page's fields are in two tables.
        values.setdefault(field.model, {})[field.name] = text[:length]
    assert values
    for model, texts in values.items():
        model._base_manager.filter(pk=instance.pk).update(**texts)
    if isinstance(instance, BasePage):
        type(instance).objects.get(pk=instance.pk).save_revision(clean=False)


def assert_text_only(source: str, where: str) -> None:
    """Fail if the hostile text became an element or an attribute for a browser."""
    tree = html5lib.parse(source, namespaceHTMLElements=False)
    for element in tree.iter():
        if isinstance(element.tag, str):
            assert element.tag != "zqx", f"{where}: an element"
            assert not [name for name in element.attrib if "zq" in str(name)], f"{where}: an attribute of {element.tag}"


@pytest.fixture
def site(home_page):
    """One of each: event with registration, fact sheet with a file, article, organisation, person."""
    organisation = make_organisation("Organisation", role="beneficiary")
    person = make_person("Person", organisation=organisation)
    index = make_page(NewsIndexPage, home_page, "News")
    category = NewsCategory.objects.create(name="Category", locale=home_page.locale)
    article = make_page(NewsPage, index, "Article", category=category)
    sheet = make_fact_sheet(make_fact_sheet_list(home_page))
    version = add_file(sheet)
    event_page = make_open_page(home_page, row("09:00", "Opening"))
    registration = make_registration(event_page.event)
    partners = make_page(PartnersPage, home_page, "Partners")
    filled = [organisation, person, article, category, sheet, sheet.publication, version, event_page, event_page.event]
    filled += [*event_page.timetable_rows.all(), registration]
    for instance in filled:
        fill(instance)
    registration.email = "person@example.org"
    registration.save(update_fields=["email"])
    return {
        "article": NewsPage.objects.get(pk=article.pk),
        "sheet": FactSheetPage.objects.get(pk=sheet.pk),
        "event": type(event_page).objects.get(pk=event_page.pk),
        "registration": type(registration).objects.get(pk=registration.pk),
        "partners": partners,
        "organisation": organisation,
        "person": person,
    }


def shown(client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, f"{url}: {answer.status_code}"
    return answer.text


def test_public_pages_show_markup_as_text(client, site, home_page):
    pages = [site["article"], site["sheet"], site["event"], site["partners"], home_page]
    pages += [page.get_parent() for page in pages[:3]]
    urls = [page.url for page in pages] + [f"{site['event'].url}register/", "/en/search/?q=%22%3E%3Czqx%3E"]
    seen = 0
    for url in urls:
        text = shown(client, url)
        assert_text_only(text, url)
        seen += "zqx" in text
    assert seen >= 7


def test_feeds_show_markup_as_text(client, site):
    for name in ("news_feed", "events_feed", "fact_sheet_feed"):
        source = shown(client, reverse(name))
        assert "zqx" in source
        for element in ElementTree.fromstring(source).iter():  # noqa: S314  (the site's own feed)
            assert "zqx" not in element.tag
            if element.get("type") == "html":
                assert_text_only(element.text or "", name)


def test_the_admin_shows_markup_as_text(admin_client, site):
    event = site["event"].event
    pages = [site["article"], site["sheet"], site["event"]]
    urls = [reverse("wagtailadmin_home"), reverse("translations:overview"), reverse("events:index")]
    urls += [reverse("wagtailadmin_explore", args=[page.get_parent().pk]) for page in pages]
    urls += [reverse("wagtailadmin_pages:edit", args=[page.pk]) for page in pages]
    urls += [reverse("wagtailadmin_pages:history", args=[page.pk]) for page in pages]
    urls += [reverse("wagtailadmin_pages:view_draft", args=[page.pk]) for page in pages]
    urls += [reverse("wagtailadmin_choose_page_child", args=[page.get_parent().pk]) for page in pages]
    for kind, key in (("organisation", site["organisation"].pk), ("person", site["person"].pk)):
        namespace = f"wagtailsnippets_home_{kind}"
        urls += [reverse(f"{namespace}:list"), reverse(f"{namespace}:edit", args=[key])]
    urls += [reverse("publications:files", args=[site["sheet"].publication_id])]
    urls += [reverse("events:edit", args=[event.pk]), reverse("events:timetable", args=[event.pk])]
    urls += [admin_url(event), admin_url(event, "registration_message")]
    seen = 0
    for url in urls:
        answer = admin_client.get(url)
        assert answer.status_code == 200, url
        text = answer.json().get("html", "") if "json" in answer["Content-Type"] else answer.text
        assert_text_only(text, url)
        seen += "zqx" in text
    assert seen >= len(urls) - 6


def test_the_preview_of_a_message_shows_markup_as_text(admin_client, site):
    texts = {"subject_en": HOSTILE, "body_en": HOSTILE, "preview": "1"}
    answer = admin_client.post(admin_url(site["event"].event, "registration_message"), texts)
    assert "zqx" in answer.text
    assert_text_only(answer.text, "preview")


@pytest.mark.parametrize("kind", [MailKind.CONFIRMED, MailKind.REMINDER])
def test_emails_show_markup_as_text(site, kind):
    message = rendered(queue_mail(site["registration"], kind))
    source = part(message, "text/html")
    assert "zqx" in html.unescape(source)
    assert_text_only(source, kind)
    assert not re.search(r"<zqx", source)
