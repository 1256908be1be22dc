"""What the checks of a page tell editors before they publish."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Page

from events.models import Event, EventIndexPage, EventPage
from home.models import ContentPage, LanguageTexts, LinkCheck, SiteImage
from home.page_checks import findings_of
from home.page_content import content_of
from home.permissions import PARTNER_EDITORS
from home.translations.sources import translate
from news.models import NewsIndexPage, NewsPage
from news.wagtail_hooks import check_article
from tests.factories.events import publish
from tests.factories.project import write_texts
from tests.factories.users import make_editor, make_user
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def confirmed(db):
    for code in ("en", "fi", "et", "el"):
        write_texts(code, confirmed_by="A person", confirmed_on=datetime.date(2026, 1, 1))


@pytest.fixture
def page(home_pages, confirmed) -> ContentPage:
    """A page in four languages of which nothing is to be said."""
    home = home_pages["en"]
    body = [("heading", {"text": "Part", "level": "h2"}), ("text", "<p>Words.</p>")]
    page = home.add_child(
        instance=ContentPage(title="Page", slug="page", locale=home.locale, summary="Summary", body=body)
    )
    translate(page, [home_pages[code].locale for code in ("fi", "et", "el")])
    return page


def texts(page) -> list[str]:
    return [finding.text.replace("\N{NO-BREAK SPACE}", " ") for finding in findings_of(page)]


def faults(page) -> list[str]:
    return [finding.text for finding in findings_of(page) if finding.is_fault]


def test_a_complete_page_has_no_findings(page):
    assert texts(page) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"body": []}, ["The page has no text yet."]),
        ({"summary": "", "lead": "Lead"}, ["There is no short summary: lists show the introduction."]),
        (
            {"summary": ""},
            ["There is no short summary: lists and search results show the title alone."],
        ),
        (
            {"body": [("heading", {"text": "Deep", "level": "h3"}), ("text", "<p>Words.</p>")]},
            ["The heading “Deep” is a subsection without a section above it."],
        ),
        (
            {"body": [("text", '<p><a linktype="page" id="999999">gone</a></p>')]},
            ["A link leads to a page that was deleted."],
        ),
        ({"body": [("text", "<p><a>gone</a></p>")]}, ["A link leads nowhere."]),
    ],
)
def test_findings(changes, expected, page):
    for name, value in changes.items():
        setattr(page, name, value)
    assert texts(page) == expected


def test_a_link_to_a_draft_is_a_fault(page, home_pages):
    draft = home_pages["en"].add_child(
        instance=ContentPage(title="Later", slug="later", locale=page.locale, live=False)
    )
    page.body = [("text", f'<p><a linktype="page" id="{draft.pk}">see</a></p>')]
    assert faults(page) == ["A link leads to “Later”, which is not public."]


def test_a_dead_address_is_a_fault_with_the_reason(page):
    page.body = [("text", '<p><a href="https://example.org/gone">see</a></p>')]
    check = LinkCheck.objects.create(url="https://example.org/gone", reason="404")
    assert faults(page) == []
    LinkCheck.objects.filter(pk=check.pk).update(is_broken=True)
    assert faults(page) == [
        "The link to https://example.org/gone did not work at the last check: the page was not found (404)"
    ]


def test_missing_languages_and_changed_texts_are_named(page, home_pages):
    alone = home_pages["en"].add_child(
        instance=ContentPage(title="Alone", slug="alone", locale=page.locale, summary="S", body=[("text", "<p>W</p>")])
    )
    assert texts(alone) == ["There is no translation yet: Finnish, Estonian, Greek."]


def test_an_unconfirmed_funding_statement_is_named_in_the_language_of_the_reader(page):
    LanguageTexts.objects.filter(locale=page.locale).update(confirmed_by="", confirmed_on=None)
    with override("fi"):
        [finding] = findings_of(page)
    assert "englanti" in finding.text


def test_only_who_may_change_the_settings_gets_a_link_to_them(page, admin_client):
    LanguageTexts.objects.filter(locale=page.locale).update(confirmed_by="", confirmed_on=None)
    settings = reverse("wagtailsettings:edit", args=["home", "projectsettings"])
    [finding] = findings_of(page)
    assert finding.link_for(make_editor()) == settings
    assert finding.link_for(make_user("writer", group=PARTNER_EDITORS)) == ""
    publish(page)
    shown = soup(admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))
    assert [link["href"] for link in shown.select(".page-checks a")] == [settings]


def test_an_article_needs_category_and_partner(home_pages, confirmed):
    home = home_pages["en"]
    index = home.add_child(instance=NewsIndexPage(title="News", slug="news", locale=home.locale))
    article = index.add_child(
        instance=NewsPage(title="A", slug="a", locale=home.locale, summary="S", body=[("text", "<p>W</p>")])
    )
    found = texts(article)
    assert "The article has no category." in found
    assert "The article does not say which partner wrote it." in found


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("", ["The picture has no description. That is right only if it is decorative."]),
        ("IMG_2041", ["The alternative text of the image “Hall” is the name of a file: IMG_2041"]),
        ("A full hall", []),
    ],
)
def test_the_picture_of_an_article_needs_a_description_in_words(description, expected, home_pages, confirmed):
    image = SiteImage(title="Hall", file="original_images/hall.jpg")
    article = NewsPage(title="A", slug="a", locale=home_pages["en"].locale, image=image, image_alt=description)
    found = check_article(article, content_of(article))
    assert [finding.text for finding in found if "article" not in finding.text] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We meet on Tuesday 12 May 2026.", []),
        ("We meet on Monday 12 May 2026.", ["The text says Monday, but 12 May 2026 is a Tuesday."]),
        ("Register by 1 May 2026.", ["The text mentions 1 May 2026, which is not a day of the event. Is it right?"]),
    ],
)
def test_days_in_the_text_are_compared_with_the_event(text, expected, home_pages, confirmed):
    home = home_pages["en"]
    index = home.add_child(instance=EventIndexPage(title="Events", slug="events", locale=home.locale))
    event = Event.objects.create(first_day=datetime.date(2026, 5, 12), last_day=datetime.date(2026, 5, 13))
    page = index.add_child(
        instance=EventPage(
            title="E", slug="e", locale=home.locale, event=event, summary="S", body=[("text", f"<p>{text}</p>")]
        )
    )
    assert [line for line in texts(page) if "translation" not in line] == expected


def test_the_editor_shows_the_findings_of_the_draft(page, admin_client):
    publish(page)
    page.summary = ""
    page.save_revision()
    shown = soup(admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))
    found = [item.get_text(" ", strip=True) for item in shown.select(".page-checks li")]
    assert found == ["There is no short summary: lists and search results show the title alone."]


def test_the_translation_editor_shows_them_too(page, home_pages, admin_client):
    finnish = page.get_translation(home_pages["fi"].locale)
    Page.objects.filter(pk=finnish.pk).update(title="x")
    ContentPage.objects.filter(pk=finnish.pk).update(summary="")
    shown = soup(admin_client.get(reverse("wagtailadmin_pages:edit", args=[finnish.pk])))
    assert shown.select_one(".translation-checks .page-checks li") is not None


def test_a_new_page_has_no_checks_yet(home_page, admin_client):
    shown = soup(admin_client.get(reverse("wagtailadmin_pages:add", args=["home", "contentpage", home_page.pk])))
    assert shown.select(".page-checks") == []
    assert User.objects.filter(username="admin").exists()


def test_an_address_that_no_browser_opens_is_a_fault_and_no_error(page):
    page.body = [{"type": "text", "value": '<p><a href="http://[">x</a></p>'}]
    found = content_of(page)
    assert (found.broken, found.addresses) == (["http://["], [])
