"""The editors of a page name no draft or private page, and no draft of a snippet, that the user may not read."""

import json
from urllib.parse import unquote

import pytest
from django.urls import reverse
from wagtail.models import Locale, Page, PageViewRestriction
from wagtail.test.utils.form_data import inline_formset, nested_form_data
from wagtail_localize.models import Translation

from home.models import ContentPage, Person
from home.page_checks import findings_of
from home.permissions import PARTNER_EDITORS
from news.models import NewsCategory, NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.factories.project import make_organisation, make_person
from tests.factories.translations import make_translations
from tests.factories.users import make_editor, make_user
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

NAMES = ["Unpublished", "Confidential", "Retired", "Vanished"]


@pytest.fixture
def article(home_page) -> NewsPage:
    """A public article in Finnish that refers to what is no longer public."""
    draft = make_page(ContentPage, home_page, "Unpublished", slug="unpublished", live=False)
    private = make_page(ContentPage, home_page, "Confidential", slug="confidential")
    PageViewRestriction.objects.create(page=private, restriction_type="password", password="x")
    category = NewsCategory.objects.create(name="Retired", key="retired", locale=home_page.locale)
    person = make_person("Vanished")
    link = {"label": "More", "page": draft, "document": None, "url": ""}
    body = [
        ("text", f'<p><a linktype="page" id="{draft.pk}">a</a> <a linktype="page" id="{private.pk}">b</a></p>'),
        ("call_to_action", {"heading": "Act", "text": "Now", "link": link}),
        ("people", {"heading": "We", "people": [person]}),
    ]
    index = make_page(NewsIndexPage, home_page, "News", slug="news")
    fields = {"category": category, "organisation": make_organisation("Turku"), "body": body}
    page = make_page(NewsPage, index, "Article", slug="article", **fields)
    make_translations(page, ["fi"])
    NewsCategory.objects.filter(translation_key=category.translation_key).update(live=False)
    Person.objects.filter(translation_key=person.translation_key).update(live=False)
    return page


def edit(client, page: Page) -> str:
    return client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).text


def named(text: str) -> list[str]:
    plain = unquote(soup(text).decode()).lower()
    return [name for name in NAMES if name.lower() in plain]


def in_finnish(page: Page) -> Page:
    return page.get_translation(Locale.objects.get(language_code="fi"))


def test_the_translation_editor_names_what_the_translator_may_read(article, client):
    client.force_login(make_editor())
    assert named(edit(client, in_finnish(article)))[0] == "Unpublished"
    client.force_login(make_user("translator", group="Translators: Finnish"))
    text = edit(client, in_finnish(article))
    assert "A link leads to a page that is not public" in text
    # The translator edits the Finnish category and person.
    assert named(text) == ["Retired", "Vanished"]
    member = make_user("member", group=PARTNER_EDITORS)
    article.organisation.editors.add(member)
    client.force_login(member)
    assert named(edit(client, in_finnish(article))) == []


def test_the_editor_of_a_stopped_translation_names_what_the_translator_may_read(article, client):
    Translation.objects.update(enabled=False)
    client.force_login(make_editor())
    assert {"Unpublished", "Confidential", "Retired", "Vanished"} <= set(named(edit(client, in_finnish(article))))
    member = make_user("member", group=PARTNER_EDITORS)
    article.organisation.editors.add(member)
    client.force_login(member)
    text = edit(client, in_finnish(article))
    assert named(text) == []
    assert "You have no permission to see this" in text


def test_the_translation_editor_names_no_draft_in_another_language(article, client):
    make_translations(article, ["et"])
    estonian = article.get_translation(Locale.objects.get(language_code="et"))
    Page.objects.filter(pk=estonian.pk).update(title="Unpublished", live=False)
    client.force_login(make_user("translator", group="Translators: Finnish"))
    editor = soup(edit(client, in_finnish(article))).select_one(".js-translation-editor")
    props = json.loads(editor["data-props"])
    titles = {row["locale"]["code"]: row["title"] for row in props["translations"]}
    assert titles == {"en": "Article", "et": ""}


def test_the_checks_name_no_draft_above(article, client):
    above = article.get_parent()
    Page.objects.filter(pk=above.pk).update(title="Unpublished", draft_title="Unpublished", live=False)
    article = NewsPage.objects.get(pk=article.pk)
    user = make_user("translator", group="Translators: Finnish")
    said = [[finding.text for finding in findings_of(article, each)] for each in (make_editor(), user)]
    assert [any("page above, “Unpublished”, is not public" in text for text in texts) for texts in said] == [
        True,
        False,
    ]
    assert any("The page above is not public" in text for text in said[1])


def test_a_refused_form_names_no_page_that_was_sent(article, client):
    """Numbers are easy to try, and a block with a page shows its form again."""
    hidden = Page.objects.get(title="Unpublished")
    index = Page.objects.get(title="News", locale=article.locale)
    client.force_login(make_user("writer", group=PARTNER_EDITORS))
    block = {"deleted": "", "order": "0", "type": "call_to_action", "id": "", "value-heading": "Act", "value-text": ""}
    link = {"label": "More", "page": str(hidden.pk), "document": "", "url": ""}
    block |= {f"value-link-{name}": value for name, value in link.items()}
    data = {"title": "Mine", "slug": "mine", "date": "2025-05-05", "comments": inline_formset([])}
    data = nested_form_data(data | {"related_pages": inline_formset([])})
    data |= {"body-count": "1", **{f"body-0-{name}": value for name, value in block.items()}}
    answer = client.post(reverse("wagtailadmin_pages:add", args=["news", "newspage", index.pk]), data)
    assert answer.status_code == 200
    assert named(answer.text) == []
    assert not NewsPage.objects.filter(title="Mine").exists()
