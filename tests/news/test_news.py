"""The list of news, its filters and pages, the articles, and the feed."""

import datetime
import itertools
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Locale, PageViewRestriction
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from home.models import ContentPage, Organisation
from news.models import NewsCategory, NewsIndexPage, NewsPage, RelatedPage
from tests.html import soup, text_of

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

ATOM = {"atom": "http://www.w3.org/2005/Atom"}
slugs = (f"article-{number}" for number in itertools.count())


def titles(response) -> list[str]:
    return [text_of(title) for title in soup(response).select(".teaser__title")]


@pytest.fixture
def news(home_page):
    return home_page.add_child(instance=NewsIndexPage(title="News", slug="news", locale=home_page.locale))


@pytest.fixture
def finnish_news(news):
    page = news.copy_for_translation(Locale.objects.get(language_code="fi"))
    page.title, page.slug = "Uutiset", "uutiset"
    page.save_revision().publish()
    return page


@pytest.fixture
def events(home_page):
    return NewsCategory.objects.create(name="Events", key="events", locale=home_page.locale)


@pytest.fixture
def results(home_page):
    return NewsCategory.objects.create(name="Results", key="results", locale=home_page.locale)


@pytest.fixture
def college(home_page):
    return Organisation.objects.create(name="College of Care", country="EE", locale=home_page.locale)


def write(news, title, date="2023-03-24", **fields):
    fields.setdefault("slug", next(slugs))
    article = NewsPage(title=title, date=datetime.date.fromisoformat(date), locale=news.locale, **fields)
    return news.add_child(instance=article)


def translate(article, language, title):
    translated = article.copy_for_translation(Locale.objects.get(language_code=language))
    translated.title, translated.slug = title, next(slugs)
    translated.save_revision().publish()
    return translated


# The list


def test_list_shows_the_newest_first_with_their_teasers(client, news, events):
    write(news, "Kickoff", "2023-03-24", category=events, lead="The partners met in Turku.")
    write(news, "Final Forum", "2026-02-12")

    page = soup(client.get("/en/news/"))

    assert [text_of(teaser) for teaser in page.select(".teaser__text")] == [
        "12 February 2026 Final Forum",
        "24 March 2023 Events Kickoff The partners met in Turku.",
    ]
    assert [time["datetime"] for time in page.select(".teaser time")] == ["2026-02-12", "2023-03-24"]


def test_articles_of_one_day_are_sorted_newest_first(client, news):
    for title in ("Morning", "Evening"):
        write(news, title)

    assert titles(client.get("/en/news/")) == ["Evening", "Morning"]


def test_article_without_picture_has_a_drawing(client, news):
    write(news, "Kickoff")

    picture = soup(client.get("/en/news/")).select_one(".teaser__picture")

    assert picture.svg["aria-hidden"] == "true"
    assert picture.img is None


@pytest.mark.parametrize("count", [1, 3, 11])
def test_query_count_of_the_list_does_not_depend_on_its_length(
    client, news, events, college, count, django_assert_num_queries
):
    for number in range(count):
        write(news, f"Article {number}", category=events, organisation=college)
    client.get("/en/news/")  # fills the cache of the site context

    with django_assert_num_queries(7):
        response = client.get("/en/news/")

    assert len(titles(response)) == min(count, 10)


def test_draft_and_private_articles_are_not_listed(client, news, django_capture_on_commit_callbacks):
    draft = write(news, "Draft", live=False)
    private = write(news, "Private")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    write(news, "Public")

    assert titles(client.get("/en/news/")) == ["Public"]
    assert "Draft" not in client.get("/en/feeds/news/").content.decode()
    assert "Private" not in client.get("/en/feeds/news/").content.decode()

    draft.live = True
    draft.save()
    with django_capture_on_commit_callbacks(execute=True):
        PageViewRestriction.objects.all().delete()
    assert titles(client.get("/en/news/")) == ["Public", "Private", "Draft"]


def test_empty_list_links_to_the_home_page(client, news):
    page = soup(client.get("/en/news/"))

    assert "There is no news in this language yet." in text_of(page.main)
    assert page.select_one(".empty a")["href"] == "/en/"


# Filters


@pytest.fixture
def archive(news, events, results):
    write(news, "Kickoff", "2023-03-24", category=events)
    write(news, "First results", "2023-11-02", category=results)
    write(news, "Final Forum", "2026-02-12", category=events)
    return news


@pytest.mark.parametrize(
    ("query", "expected", "heading"),
    [
        ("", ["Final Forum", "First results", "Kickoff"], "Newest first"),
        ("?year=2023", ["First results", "Kickoff"], "2 articles from 2023"),
        ("?category=events", ["Final Forum", "Kickoff"], "2 articles in “Events”"),
        ("?year=2023&category=events", ["Kickoff"], "1 article from 2023 in “Events”"),
        ("?year=&category=&page=", ["Final Forum", "First results", "Kickoff"], "Newest first"),
    ],
)
def test_list_is_filtered_by_year_and_category(client, archive, query, expected, heading):
    response = client.get(f"/en/news/{query}")

    assert titles(response) == expected
    assert text_of(soup(response).select_one(".list-title")) == heading


def test_filter_links_keep_the_other_filter(client, archive):
    page = soup(client.get("/en/news/?year=2023&category=events"))

    assert [(text_of(link), link["href"], link.get("aria-current")) for link in page.select(".filters a")] == [
        ("All years", "/en/news/?category=events", None),
        ("2026", "/en/news/?year=2026&category=events", None),
        ("2023", "/en/news/?year=2023&category=events", "true"),
        ("All categories", "/en/news/?year=2023", None),
        ("Events", "/en/news/?year=2023&category=events", "true"),
        ("Results", "/en/news/?year=2023&category=results", None),
    ]


def test_filter_without_results_links_to_the_whole_list(client, archive):
    page = soup(client.get("/en/news/?year=2026&category=results"))

    assert page.select(".teaser") == []
    assert "No articles match these filters." in text_of(page.main)
    assert page.select_one(".empty a")["href"] == "/en/news/"


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=99",
        "page=x",
        "page=1.5",
        "year=x",
        "year=0",
        "year=99999999999999999999",
        "category=nonsense",
        "category=a b",
        "category=%00",
        "year=2023&page=2",
    ],
)
def test_unknown_year_category_or_page_answers_404(client, archive, query):
    response = client.get(f"/en/news/?{query}")

    assert response.status_code == 404
    assert "Page not found" in text_of(soup(response).h1)


def test_pages_of_the_list_keep_the_filter(client, news, events):
    for number in range(11):
        write(news, f"Article {number}", category=events)

    first = client.get("/en/news/?year=2023&category=events")
    link = soup(first).select_one(".pagination a[rel=next]")
    second = client.get(f"/en/news/{link['href']}")

    assert len(titles(first)) == 10
    assert link["href"] == "?year=2023&category=events&page=2"
    assert titles(second) == ["Article 0"]
    assert soup(second).select_one(".pagination a[rel=prev]")["href"] == "?year=2023&category=events&page=1"


# An article


def test_article_shows_date_category_and_author(client, news, events, college):
    write(news, "Kickoff", slug="kickoff", lead="All met.", category=events, organisation=college)

    page = soup(client.get("/en/news/kickoff/"))

    assert text_of(page.h1) == "Kickoff"
    assert text_of(page.select_one(".article__facts")) == (
        "Published 24 March 2023 Category Events Written by College of Care"
    )
    assert page.select_one(".article__facts time")["datetime"] == "2023-03-24"
    assert [text_of(link) for link in page.select(".breadcrumbs a")] == ["Home", "News"]


def test_article_is_shown_in_two_languages(client, news, finnish_news):
    article = write(news, "Kickoff", slug="kickoff", body=body("The partners met."))
    translated = translate(article, "fi", "Avajaiset")
    translated.slug, translated.body = "avajaiset", body("Kumppanit tapasivat.")
    translated.save_revision().publish()

    english, finnish = soup(client.get("/en/news/kickoff/")), soup(client.get("/fi/uutiset/avajaiset/"))

    assert (english.html["lang"], text_of(english.h1), text_of(english.select_one(".prose"))) == (
        "en",
        "Kickoff",
        "The partners met.",
    )
    assert (finnish.html["lang"], text_of(finnish.h1), text_of(finnish.select_one(".prose"))) == (
        "fi",
        "Avajaiset",
        "Kumppanit tapasivat.",
    )
    assert finnish.select_one(".article__facts time").text == "24.\xa0maaliskuuta\xa02023"
    alternates = {link["hreflang"]: link["href"] for link in english.select("link[rel=alternate][hreflang]")}
    assert set(alternates) == {"en", "fi", "x-default"}
    assert alternates["fi"].endswith("/fi/uutiset/avajaiset/")


def body(text):
    return f'[{{"type": "text", "value": "<p>{text}</p>"}}]'


def test_author_in_another_language_is_marked(client, finnish_news, college):
    write(finnish_news, "Avajaiset", slug="avajaiset", organisation=college)

    author = soup(client.get("/fi/uutiset/avajaiset/")).select(".article__facts dd")[-1]

    assert (text_of(author), author["lang"]) == ("College of Care", "en")


def test_article_is_listed_only_in_its_languages(client, news, finnish_news):
    kickoff = write(news, "Kickoff")
    write(news, "English alone")
    translate(kickoff, "fi", "Avajaiset")

    assert titles(client.get("/en/news/")) == ["English alone", "Kickoff"]
    assert titles(client.get("/fi/uutiset/")) == ["Avajaiset"]


def test_article_links_to_the_newer_and_the_older_one(client, news):
    write(news, "Older day", "2023-01-01")
    write(news, "Same day, earlier", "2023-03-24")
    write(news, "This one", "2023-03-24", slug="this")
    write(news, "Same day, later", "2023-03-24")
    write(news, "Draft", "2023-03-25", live=False)

    page = soup(client.get("/en/news/this/"))

    assert [(link["rel"], text_of(link)) for link in page.select(".siblings a")] == [
        (["prev"], "Newer Same day, later"),
        (["next"], "Older Same day, earlier"),
    ]


def test_only_article_has_no_links_to_others(client, news):
    write(news, "Alone", slug="alone")

    assert soup(client.get("/en/news/alone/")).select(".siblings") == []


def test_related_pages_are_in_the_language_of_the_article(client, home_page, news, finnish_news):
    about = home_page.add_child(
        instance=ContentPage(title="About", slug="about", lead="What.", locale=home_page.locale)
    )
    english_only = home_page.add_child(instance=ContentPage(title="Only", slug="only", locale=home_page.locale))
    draft = home_page.add_child(instance=ContentPage(title="Draft", slug="draft", locale=home_page.locale, live=False))
    finnish_about = about.copy_for_translation(Locale.objects.get(language_code="fi"))
    finnish_about.title, finnish_about.slug = "Meistä", "meista"
    finnish_about.save_revision().publish()
    english = write(news, "Kickoff", slug="kickoff")
    finnish = write(finnish_news, "Avajaiset", slug="avajaiset")
    for article in (english, finnish):
        for page in (about, english_only, draft):
            RelatedPage.objects.create(article=article, page=page)

    english_links = soup(client.get("/en/news/kickoff/")).select(".tinted .teaser__title a")
    finnish_links = soup(client.get("/fi/uutiset/avajaiset/")).select(".tinted .teaser__title a")

    assert [(text_of(link), link["href"]) for link in english_links] == [("About", "/en/about/"), ("Only", "/en/only/")]
    assert [(text_of(link), link["href"]) for link in finnish_links] == [("Meistä", "/fi/meista/")]


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_of_an_article_does_not_depend_on_related_pages(
    client, home_page, news, events, college, count, django_assert_num_queries
):
    article = write(news, "Kickoff", slug="kickoff", category=events, organisation=college)
    for number in range(count):
        page = ContentPage(title=f"Page {number}", slug=f"page-{number}", locale=home_page.locale)
        RelatedPage.objects.create(article=article, page=home_page.add_child(instance=page))
    client.get("/en/news/kickoff/")

    with django_assert_num_queries(8):
        response = client.get("/en/news/kickoff/")

    assert len(soup(response).select(".tinted .teaser")) == count


# The feed


def feed(client, language):
    response = client.get(f"/{language}/feeds/news/")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314  (the site's own feed)


def texts(element, path):
    return [found.text for found in element.findall(path, ATOM)]


def test_feed_entry_has_full_date_and_permanent_id(client, news, events, college):
    article = write(news, "Kickoff", slug="kickoff", lead="All met.", category=events, organisation=college)
    article.save_revision().publish()
    article.refresh_from_db()

    atom = feed(client, "en")
    (entry,) = atom.findall("atom:entry", ATOM)

    assert texts(atom, "atom:title") == ["Beacon: News"]
    assert texts(entry, "atom:title") == ["Kickoff"]
    assert texts(entry, "atom:summary") == ["All met."]
    assert texts(entry, "atom:id") == [f"{article.translation_key.urn}:en"]
    assert texts(entry, "atom:published") == ["2023-03-24T00:00:00+02:00"]
    assert texts(entry, "atom:updated") == [article.last_published_at.isoformat()]
    assert texts(entry, "atom:author/atom:name") == ["College of Care"]
    assert [item.get("term") for item in entry.findall("atom:category", ATOM)] == ["Events"]
    assert [item.get("href") for item in entry.findall("atom:link", ATOM)] == [article.full_url]


def test_each_language_has_its_own_feed(client, news, finnish_news):
    kickoff = write(news, "Kickoff")
    write(news, "English alone")
    translate(kickoff, "fi", "Avajaiset")

    english, finnish = feed(client, "en"), feed(client, "fi")

    assert texts(english, "atom:entry/atom:title") == ["English alone", "Kickoff"]
    assert texts(finnish, "atom:entry/atom:title") == ["Avajaiset"]
    assert texts(finnish, "atom:entry/atom:id") == [f"{kickoff.translation_key.urn}:fi"]
    assert (english.get("{http://www.w3.org/XML/1998/namespace}lang"), texts(finnish, "atom:title")) == (
        "en",
        ["Beacon: Uutiset"],
    )


def test_language_without_news_has_no_feed(client, news):
    assert client.get("/et/feeds/news/").status_code == 404


def test_feed_of_an_unpublished_home_page_answers_404(client, news, finnish_news):
    write(finnish_news, "Avajaiset")
    assert client.get("/fi/feeds/news/").status_code == 200

    finnish_news.get_parent().unpublish()

    assert client.get("/fi/feeds/news/").status_code == 404


def test_line_breaks_of_a_word_processor_do_not_break_the_feed(client, news):
    write(news, "Kick\x0boff", lead="All\x0bmet.")

    atom = feed(client, "en")

    assert texts(atom, "atom:entry/atom:title") == ["Kick off"]
    assert texts(atom, "atom:entry/atom:summary") == ["All met."]


def test_list_links_to_its_feed(client, news, finnish_news):
    write(finnish_news, "Avajaiset")

    page = soup(client.get("/fi/uutiset/"))

    assert page.select_one(".feed-link")["href"] == "/fi/feeds/news/"
    assert page.select_one("link[type='application/atom+xml']")["href"] == "/fi/feeds/news/"


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_of_the_feed_does_not_depend_on_its_length(
    client, news, events, college, count, django_assert_num_queries
):
    for number in range(count):
        write(news, f"Article {number}", category=events, organisation=college)
    client.get("/en/feeds/news/")

    with django_assert_num_queries(6):
        atom = feed(client, "en")

    assert len(atom.findall("atom:entry", ATOM)) == count


# The drawing shown for articles without an image


def test_translations_share_their_drawing(news, finnish_news):
    article = write(news, "Kickoff")

    assert translate(article, "fi", "Avajaiset").motif == article.motif


def test_dates_have_the_format_of_the_language(client, news, finnish_news):
    write(finnish_news, "Avajaiset")

    with translation.override("fi"):
        page = soup(client.get("/fi/uutiset/"))

    assert page.select_one(".teaser time").text == "24.\xa0maaliskuuta\xa02023"


# The address part of a new article


@pytest.mark.parametrize("typed", ["", "kickoff"])
def test_an_article_with_the_title_of_another_gets_a_free_slug(admin_client, news, typed):
    write(news, "Kickoff", slug="kickoff")
    url = reverse("wagtailadmin_pages:add", args=["news", "newspage", news.pk])
    data = {"title": "Kickoff", "slug": typed, "date": "2025-01-01", "body": streamfield([])}
    data |= {"related_pages": inline_formset([]), "comments": inline_formset([])}
    assert admin_client.post(url, nested_form_data(data)).status_code == 302
    article = NewsPage.objects.latest("pk")
    assert article.slug == "kickoff-1"
    # The form keeps what it sent, as during an automatic save.
    edit = reverse("wagtailadmin_pages:edit", args=[article.pk])
    assert admin_client.post(edit, nested_form_data(data)).status_code == 302
    assert article.get_latest_revision_as_object().slug == "kickoff-1"


def test_an_address_that_readers_know_is_changed_by_nobody_unasked(admin_client, news):
    write(news, "Kickoff", slug="kickoff")
    article = write(news, "Another")
    data = {"title": "Kickoff", "slug": "kickoff", "date": "2025-01-01", "body": streamfield([])}
    data |= {"related_pages": inline_formset([]), "comments": inline_formset([])}
    NewsPage.objects.filter(pk=article.pk).update(first_published_at=timezone.now())
    response = admin_client.post(reverse("wagtailadmin_pages:edit", args=[article.pk]), nested_form_data(data))
    assert "slug" in response.context["form"].errors


# A date in the future


def publish(client, article, date, **more):
    """Publish the article by its form with another date. Return the errors of the form, or None if it was accepted."""
    address = reverse("wagtailadmin_pages:edit", args=[article.pk])
    data = nested_form_data(
        {
            "title": article.title,
            "slug": article.slug,
            "date": date.isoformat(),
            "body": streamfield([]),
            "related_pages": inline_formset([]),
            "comments": inline_formset([]),
            "action-publish": "yes",
            **more,
        }
    )
    response = client.post(address, data)
    return response.context["form"].errors.get("date") if response.status_code == 200 else None


def test_an_article_is_not_published_with_a_later_date(admin_client, news):
    article = write(news, "Kickoff", live=False)
    today, tomorrow = timezone.localdate(), timezone.localdate() + datetime.timedelta(days=1)
    expected = ["This day is in the future. Enter today or an earlier day, or schedule the article for it."]
    assert publish(admin_client, article, tomorrow) == expected
    assert publish(admin_client, article, tomorrow, go_live_at=f"{today} 23:59") == expected
    assert publish(admin_client, article, tomorrow, go_live_at=f"{tomorrow} 08:00") is None
    assert publish(admin_client, article, today) is None


def test_a_later_date_is_not_shown_as_the_day_of_publication(client, news):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    article = write(news, "Kickoff", str(tomorrow), slug="kickoff", first_published_at=timezone.now())
    shown = timezone.localdate(article.first_published_at)
    assert soup(client.get("/en/news/kickoff/")).select_one(".article__facts time")["datetime"] == str(shown)
    assert soup(client.get("/en/news/")).select_one(".teaser time")["datetime"] == str(shown)
    assert str(tomorrow) not in client.get("/en/news/kickoff/").text + client.get("/en/feeds/news/").text
