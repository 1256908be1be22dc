"""Forms refuse what the database would refuse, and address parts are written in Latin letters."""

import json
import re
from pathlib import Path

import pytest
from anyascii import anyascii
from django.contrib.staticfiles import finders
from django.db import models
from django.urls import reverse
from wagtail.admin.forms.models import formfield_for_dbfield
from wagtail.models import Page
from wagtail_localize.models import StringTranslation

from factsheets.models import TargetGroup, Topic
from home.models import ContentPage, LanguageTexts, ProjectSettings
from news.models import NewsCategory
from tests.factories.events import in_language, publish
from tests.factories.translations import make_translations, write_target
from tests.html import soup

pytestmark = pytest.mark.any_database

KEYWORDS = [NewsCategory, Topic, TargetGroup]


def add_url(model: type[models.Model]) -> str:
    return reverse(model.snippet_viewset.get_url_name("add"))


def errors(answer) -> str:
    return " ".join(item.get_text(" ", strip=True) for item in soup(answer).select(".error-message"))


@pytest.mark.parametrize("model", KEYWORDS, ids=lambda model: model.__name__)
def test_an_address_part_that_is_taken_is_refused_beside_the_field(model, admin_client, home_pages):
    url = add_url(model)
    admin_client.post(url, {"name": "Nurses", "key": "nurses"})
    answer = admin_client.post(url, {"name": "Nursing", "key": "nurses"})
    assert errors(answer) == "“Nurses” already has this address part. Enter another one."
    # A keyword of another language, because an address part is copied to all languages.
    answer = admin_client.post(f"{url}?locale=fi", {"name": "Hoitajat", "key": "nurses"})
    assert errors(answer) == "“Nurses” already has this address part. Enter another one."
    assert [item.name for item in model.objects.filter(key="nurses")] == ["Nurses"]


def test_a_keyword_keeps_its_own_address_part_when_it_is_saved_again(admin_client, home_page):
    category = NewsCategory.objects.create(name="Nurses", key="nurses", locale=home_page.locale)
    make_translations(category)
    url = reverse(NewsCategory.snippet_viewset.get_url_name("edit"), args=[category.pk])
    assert admin_client.post(url, {"name": "Nursing", "key": "nurses", "action-publish": "yes"}).status_code == 302
    category.refresh_from_db()
    assert category.name == "Nursing"


@pytest.mark.parametrize(
    ("typed", "saved"),
    [("Εκδηλώσεις", "ekdiloseis"), ("õppekava", "oppekava"), ("Hoitajan työ", "hoitajan-tyo"), ("nurses", "nurses")],
)
@pytest.mark.parametrize("field", [Page._meta.get_field("slug"), NewsCategory._meta.get_field("key")])
def test_typed_address_parts_are_transliterated(typed, saved, field):
    assert formfield_for_dbfield(field).clean(typed) == saved


def test_the_browser_transliterates_an_address_part_that_is_typed(admin_client, home_page):
    fields = [
        soup(admin_client.get(add_url(NewsCategory))).find("input", {"name": "key"}),
        soup(admin_client.get(reverse("wagtailadmin_pages:edit", args=[home_page.pk]))).find("input", {"name": "slug"}),
    ]
    assert [field["data-action"].split()[0] for field in fields] == ["blur->w-slug#urlify"] * 2


def test_the_letters_of_the_browser_are_those_of_the_server():
    script = Path(finders.find("admin/transliteration.js")).read_text()
    ranges = re.findall(r"^ {2}\[(0x[0-9a-f]+), (\".*\")\],$", script, re.MULTILINE)
    table = {
        chr(int(first, 16) + offset): latin
        for first, letters in ranges
        for offset, latin in enumerate(json.loads(letters).split("|"))
    }
    assert {letter: anyascii(letter).replace("|", "") for letter in table} == table
    assert set("äöåõüšžΆάΈέΉήΊίΌόΎύΏώΐΰϊϋς") <= set(table)


def test_a_translated_address_part_is_transliterated(home_page):
    page = home_page.add_child(instance=ContentPage(title="Events 2026", slug="events-2026", locale=home_page.locale))
    publish(page)
    make_translations(page, ("el",))
    slug = StringTranslation.objects.get(context__path="slug", context__object_id=page.translation_key)
    slug.data = "Εκδηλώσεις 2026"
    slug.save()
    write_target(page, "el")
    assert in_language(page, "el").slug == "ekdiloseis-2026"


def save_texts(client, rows, kind="funded"):
    """Send the settings of the project with these texts by language."""
    project = ProjectSettings.objects.get()
    data = {"acronym": "Beacon", "funding_kind": kind, "changed_texts": "keep"}
    for name, lines in (("social_accounts", []), ("texts", rows)):
        data |= {f"{name}-TOTAL_FORMS": len(lines), f"{name}-INITIAL_FORMS": 0}
        data |= {f"{name}-{index}-{key}": value for index, row in enumerate(lines) for key, value in row.items()}
        data |= {f"{name}-{index}-ORDER": index + 1 for index in range(len(lines))}
    LanguageTexts.objects.all().delete()
    return client.post(reverse("wagtailsettings:edit", args=["home", "projectsettings", project.site_id]), data)


def test_two_texts_in_one_language_are_refused(admin_client, home_page):
    texts = {"project_title": "Beacon", "funding_statement": "Funded", "disclaimer": "…", "locale": home_page.locale_id}
    answer = save_texts(admin_client, [texts, texts])
    assert answer.status_code == 200
    assert "Please correct the duplicate values below." in errors(answer)


@pytest.mark.parametrize(
    ("code", "statement", "kind"),
    [
        ("en", "Funded by the European Union", "funded"),
        ("en", "Co-funded by the European Union", "cofunded"),
        ("fi", "Euroopan unionin osarahoittama", "cofunded"),
        ("et", "Kaasrahastanud Euroopa Liit", "cofunded"),
        ("el", "Με τη συγχρηματοδότηση της Ευρωπαϊκής Ένωσης", "cofunded"),
    ],
)
def test_a_funding_statement_of_another_kind_is_refused(code, statement, kind, admin_client, home_pages):
    texts = {"project_title": "Beacon", "funding_statement": statement, "disclaimer": "…"}
    texts["locale"] = home_pages[code].locale_id
    other = {"funded": "cofunded", "cofunded": "funded"}[kind]
    answer = save_texts(admin_client, [texts], other)
    assert errors(answer).startswith("This statement is for a different kind of funding")
    assert save_texts(admin_client, [texts], kind).status_code == 302
    assert LanguageTexts.objects.get().funding_statement == statement
