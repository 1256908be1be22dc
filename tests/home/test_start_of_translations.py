"""Lists offer to start a translation exactly where the user may start it."""

import pytest
from django.contrib.auth.models import User
from wagtail.models import Locale

from events.models import EventIndexPage
from home import permissions
from home.models import ContentPage
from home.roles import roles
from home.setup import set_up_site
from home.translations import overview
from home.translations.permissions import may_start, translated_languages
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.factories.users import make_user

pytestmark = pytest.mark.any_database


@pytest.fixture
def pages(home_pages):
    """A page, an article and a list of events in English; some of the sections exist in Finnish, none in Greek."""
    english, finnish = home_pages["en"], home_pages["fi"]
    news = make_page(NewsIndexPage, english, "News")
    make_page(NewsIndexPage, finnish, "Uutiset", translation_of=news)
    events = make_page(EventIndexPage, english, "Events")
    make_page(EventIndexPage, finnish, "Tapahtumat", translation_of=events)
    article = make_page(NewsPage, news, "Article", date="2025-01-01")
    page = make_page(ContentPage, english, "Page")
    set_up_site()
    return [english, news, events, article, page]


@pytest.mark.parametrize("role", [role.name for role in roles()])
def test_what_is_offered_is_allowed(pages, role):
    user = make_user("member", group=role)
    rows = {row.key: row for row in overview.page_rows()}
    mine = translated_languages(User.objects.get(pk=user.pk))
    for page in pages:
        allowed = {locale.pk for locale in Locale.objects.all() if may_start(user, page, locale)}
        assert mine.startable(rows[page.translation_key]) == allowed, page.title


def test_organisers_start_translations_of_events_only(pages):
    user = make_user("organiser", group=permissions.EVENT_ORGANISERS)
    rows = {row.key: row for row in overview.page_rows()}
    mine = translated_languages(user)
    offered = [page.title for page in pages if mine.startable(rows[page.translation_key])]
    assert "Article" not in offered
    assert mine.of(pages[3].translation_key)


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
