"""Lists offer to start a translation exactly where the user may start it."""

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from wagtail.models import Locale, Page

from events.models import EventIndexPage
from home import permissions
from home.models import ContentPage
from home.page_checks import findings_of
from home.roles import roles
from home.setup import set_up_site
from home.translations import overview
from home.translations.links import submit_url
from home.translations.permissions import may_start, translated_languages
from home.translations.sources import translate
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.factories.project import make_organisation
from tests.factories.registrations import make_open_page
from tests.factories.users import make_user

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def pages(home_pages):
    """A page, an article and an event in English. The lists exist in Finnish, too, and in no other language."""
    english, finnish = home_pages["en"], home_pages["fi"]
    news = make_page(NewsIndexPage, english, "News")
    make_page(NewsIndexPage, finnish, "Uutiset", translation_of=news)
    event = make_open_page(english)
    make_page(EventIndexPage, finnish, "Tapahtumat", translation_of=event.get_parent())
    article = make_page(NewsPage, news, "Article", date="2025-01-01")
    page = make_page(ContentPage, english, "Page")
    set_up_site()
    return {"home": english, "page": page, "article": article, "event": event}


EVERYWHERE, NOWHERE = ("el", "en", "et", "fi"), ()
ALLOWED = {
    permissions.EDITORS: {"page": EVERYWHERE, "article": EVERYWHERE, "event": EVERYWHERE},
    permissions.PARTNER_EDITORS: {},
    permissions.EVENT_ORGANISERS: {"event": ("en", "fi")},
    permissions.COORDINATORS: {},
    permissions.DATA_PROTECTION: {},
    **{permissions.translators(code): {"page": (code,), "article": (code,), "event": (code,)} for code in EVERYWHERE},
}


def test_every_role_is_in_the_table():
    assert set(ALLOWED) == {role.name for role in roles()}


@pytest.mark.parametrize("role", ALLOWED)
def test_what_is_offered_is_what_is_allowed(pages, role):
    user = make_user("member", group=role)
    rows = {row.key: row for row in overview.page_rows()}
    mine = translated_languages(user)
    locales = {locale.pk: locale for locale in Locale.objects.all()}
    for name, page in pages.items():
        offered = sorted(locales[pk].language_code for pk in mine.startable(rows[page.translation_key]))
        allowed = sorted(item.language_code for item in locales.values() if may_start(user, page, item))
        assert offered == allowed == list(ALLOWED[role].get(name, NOWHERE)), name


@pytest.mark.parametrize("number", [1, 9])
def test_two_queries_find_the_sections(pages, number, home_pages, django_assert_num_queries):
    for index in range(number):
        make_page(ContentPage, home_pages["en"], f"More {index}")
    user = make_user("member", group=permissions.EVENT_ORGANISERS)
    rows = overview.page_rows()
    mine = translated_languages(user)
    with django_assert_num_queries(0):
        for row in rows:
            mine.startable(row)
    # For the languages, the organisations of the account, their pages, and two for the sections.
    again = User.objects.get(pk=user.pk)
    with django_assert_num_queries(9):
        translated_languages(again)


def test_a_page_with_a_copy_of_its_source_is_translated_at_once(pages, admin_client):
    """Where the page below was translated first, the library put a copy of the source in the place of the page above."""
    below = make_page(ContentPage, pages["page"], "Below")
    finnish = Locale.objects.get(language_code="fi")
    pages["page"].copy_for_translation(finnish, alias=True)
    for page in (below, pages["page"]):
        data = {"model": "wagtailcore.page", "pk": page.pk, "locale": finnish.pk}
        answer = admin_client.post(reverse("translations:start"), data, follow=True)
        assert answer.context["translation"].target_locale == finnish
    above = pages["page"].get_translation(finnish)
    assert above.alias_of is None
    assert below.get_translation(finnish).get_parent() == Page.objects.get(pk=above.pk)


def start(client, page, locale):
    data = {"model": "wagtailcore.page", "pk": page.pk, "locale": locale.pk}
    return client.post(reverse("translations:start"), data, follow=True)


def test_the_page_above_is_started_as_a_draft_and_not_public_in_the_language_of_its_source(pages, admin_client, client):
    estonian = Locale.objects.get(language_code="et")
    answer = start(admin_client, pages["article"], estonian)
    article, above = (page.get_translation(estonian) for page in (pages["article"], pages["article"].get_parent()))
    assert article.get_parent() == Page.objects.get(pk=above.pk)
    assert (above.live, above.alias_of) == (False, None)
    assert client.get(above.get_url()).status_code == 404
    text = " ".join(answer.text.split())
    assert "The page above, “News”, was not translated into Estonian." in text
    row = next(row for row in overview.page_rows() if row.key == above.translation_key)
    assert next(cell.state for cell in row.cells if cell.locale == estonian) == "draft"


def test_the_screen_of_several_languages_starts_the_pages_above_too(pages, admin_client):
    address = reverse("wagtail_localize:submit_page_translation", args=[pages["article"].pk])
    locales = Locale.objects.filter(language_code__in=["fi", "et"])
    answer = admin_client.post(address, {"locales": [locale.pk for locale in locales]}, follow=True)
    above = pages["article"].get_parent()
    assert {page.locale.language_code: page.live for page in above.get_translations()} == {"fi": True, "et": False}
    assert answer.text.count("The page above, “News”, was not translated") == 1


def test_a_page_below_a_draft_says_that_nothing_leads_to_it(pages, admin_client):
    estonian = Locale.objects.get(language_code="et")
    start(admin_client, pages["article"], estonian)
    texts = [finding.text for finding in findings_of(pages["article"].get_translation(estonian))]
    assert "The page above, “News”, is not public in this language: no menu or list leads to this page." in texts
    assert not any("The page above" in finding.text for finding in findings_of(pages["article"]))


def sign_in_as_translator(client, code):
    set_up_site()
    client.force_login(make_user("translator", group=permissions.translators(code)))
    return Locale.objects.get(language_code=code)


def test_the_page_above_is_not_started_by_users_who_may_not_read_it(home_pages, client):
    """A translation shows the texts of its source, and translators may edit it."""
    draft = make_page(ContentPage, home_pages["en"], "Draft", live=False)
    below = make_page(ContentPage, draft, "Below")
    estonian = sign_in_as_translator(client, "et")
    assert start(client, draft, estonian).status_code == 404
    assert "a page above it is a draft or private" in start(client, below, estonian).text
    User.objects.get(username="translator").user_permissions.add(Permission.objects.get(codename="submit_translation"))
    answer = client.post(submit_url(below), {"locales": [estonian.pk]}, follow=True)
    assert "a page above it is a draft or private" in answer.text
    assert (draft.get_translation_or_none(estonian), below.get_translation_or_none(estonian)) == (None, None)


def test_pages_below_a_draft_are_left_out_of_a_subtree(home_pages):
    section = make_page(ContentPage, home_pages["en"], "Section")
    draft = make_page(ContentPage, section, "Draft", live=False)
    below, other = make_page(ContentPage, draft, "Below"), make_page(ContentPage, section, "Other")
    set_up_site()
    estonian = Locale.objects.get(language_code="et")
    translator = make_user("translator", group=permissions.translators("et"))
    translate(section, [estonian], translator, include_subtree=True)
    started = [page.get_translation_or_none(estonian) is not None for page in (section, other, draft, below)]
    assert started == [True, True, False, False]


def test_drafts_that_a_page_refers_to_are_not_started_by_users_who_may_not_read_them(pages, client):
    draft, public = make_organisation("Draft", live=False), make_organisation("Public")
    articles = [
        make_page(NewsPage, pages["article"].get_parent(), name, date="2025-01-01", organisation=organisation)
        for name, organisation in (("First", draft), ("Second", public))
    ]
    finnish = sign_in_as_translator(client, "fi")
    for article in articles:
        start(client, article, finnish)
        assert article.get_translation_or_none(finnish) is not None
    assert draft.get_translation_or_none(finnish) is None
    assert public.get_translation_or_none(finnish) is not None
