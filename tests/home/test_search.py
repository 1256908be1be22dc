"""The search in each language: inflected words, ranking, and any other input."""

import time

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from home.models import ContentPage, PartnersPage, ProgrammeModule, ProgrammePage
from home.spelling import MAX_TEXT, Vocabulary, edit_distance
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_alias, make_page, make_private
from tests.factories.project import make_organisation, make_person
from tests.html import soup

pytestmark = pytest.mark.slow

TEXTS = {
    "en": [
        ("Partners of the project", "Universities and hospitals work together in cancer care."),
        ("Training for nurses", "E-learning with micro-credentials, such as EU4Health asks for."),
    ],
    "fi": [
        ("Aloituskokous", "Kokoukseen tuli väkeä Turusta. Digitaalisia taitoja opitaan koulutuksessa."),
        ("Hoitajat", "Syöpää sairastavien ihmisten hoito ja ohjaus."),
    ],
    "et": [
        ("Koolitus", "Materjalid õpetajatele ja õdedele, kes hoolitsevad vähihaigete eest."),
        ("Partnerid", "Tallinna Tervishoiu Kõrgkool ja teised ülikoolid."),
    ],
    "el": [
        ("Εκδηλώσεις", "Η πρώτη εκδήλωση των εταίρων έγινε στο Τούρκου."),
        ("Εκπαίδευση", "Ψηφιακές δεξιότητες για όσους φροντίζουν ασθενείς με καρκίνο."),
    ],
}

# Language, query, and title of the page that is to be found.
QUERIES = [
    ("en", "partners", "Partners of the project"),
    ("en", "partner", "Partners of the project"),
    ("en", "HOSPITAL", "Partners of the project"),
    ("en", "nursing", "Training for nurses"),
    ("en", "e-learning", "Training for nurses"),
    ("en", "train nurs", "Training for nurses"),
    ("en", "eu4health", "Training for nurses"),
    ("fi", "kokous", "Aloituskokous"),
    ("fi", "digitaaliset koulutukset", "Aloituskokous"),
    ("fi", "syopa", "Hoitajat"),
    ("fi", "SYÖPÄ", "Hoitajat"),
    ("fi", "hoitaja", "Hoitajat"),
    ("et", "opetaja", "Koolitus"),
    ("et", "õpetajad", "Koolitus"),
    ("et", "ülikool", "Partnerid"),
    ("el", "ΕΚΔΗΛΩΣΗ", "Εκδηλώσεις"),
    ("el", "εκδηλώσεων", "Εκδηλώσεις"),
    ("el", "εταιροι", "Εκδηλώσεις"),
    ("el", "δεξιότητα", "Εκπαίδευση"),
    ("el", "καρκινος", "Εκπαίδευση"),
]
HOSTILE = [
    "",
    " ",
    '"',
    '"unbalanced',
    "'unbalanced",
    "a OR",
    "AND",
    "NEAR(a b)",
    "* OR *",
    "title:secret",
    "100% & more | !x <-> y:*",
    "\\",
    "%_",
    "{}[]()^~",
    "x' OR '1'='1",
    "); DROP TABLE home_person; --",
    "<script>alert(1)</script>",
    "\x00",
    "\u202e\u0301\ufeff",
    "🦀",
    "-",
    "ſﬁ½",
    "a" * 10_000,
    "a " * 5_000,
]


def search(client, language: str, query: str, **parameters) -> BeautifulSoup:
    response = client.get(f"/{language}/search/", {"q": query, **parameters})
    assert response.status_code == 200
    return soup(response)


def titles(client, language: str, query: str, **parameters) -> list[str]:
    page = search(client, language, query, **parameters)
    return [link.get_text(strip=True) for link in page.select(".teaser__title a")]


@pytest.fixture
def texts(home_pages):
    for language, pages in TEXTS.items():
        for title, lead in pages:
            make_page(ContentPage, home_pages[language], title, lead=lead)


def test_search_finds_inflected_words(client, texts):
    found = {(language, query): titles(client, language, query) for language, query, _title in QUERIES}
    assert found == {(language, query): [title] for language, query, title in QUERIES}


def test_search_without_matches(client, texts):
    for query in ("xylophone", "partners xylophone", "ners"):
        page = search(client, "en", query)
        assert page.select(".teaser__title") == []
        assert query in page.select_one("main").get_text()


# Language, misspelt query, and title of the page that is to be found.
MISSPELT = [
    ("en", "microcredential", "Training for nurses"),
    ("en", "microcredentials", "Training for nurses"),
    ("en", "e learning", "Training for nurses"),
    ("en", "hosptial", "Partners of the project"),
    ("en", "univercities", "Partners of the project"),
    ("en", "kancer", "Partners of the project"),
    ("fi", "digitalisia", "Aloituskokous"),
    ("et", "matterjal", "Koolitus"),
    ("el", "δεξιοτιτες", "Εκπαίδευση"),
]


def test_search_finds_words_with_a_similar_spelling(client, texts):
    found = {(language, query): titles(client, language, query) for language, query, _title in MISSPELT}
    assert found == {(language, query): [title] for language, query, title in MISSPELT}
    assert "These pages contain words that are spelt similarly" in search(client, "en", "hosptial").get_text()
    assert "spelt similarly" not in search(client, "en", "hospital").get_text()


def test_spelling_is_compared_only_with_words_of_public_pages(client, texts, home_page):
    secret = make_page(ContentPage, home_page, "Foghorn")
    make_private(secret)
    page = search(client, "en", "foghorm")
    assert page.select(".teaser__title") == []
    assert "Foghorn" not in page.get_text()


def test_words_of_content_that_changed_are_known_at_once(client, texts, home_page, django_capture_on_commit_callbacks):
    assert titles(client, "en", "lighthuose") == []
    with django_capture_on_commit_callbacks(execute=True):
        make_page(ContentPage, home_page, "Lighthouse").save_revision().publish()
    assert titles(client, "en", "lighthuose") == ["Lighthouse"]


@pytest.mark.parametrize("part", ["a", "a-", "1", "-", "a--"])
def test_vocabulary_of_a_long_word(part):
    """A word such as an encoded picture once took a time that grew with the square of its length."""
    Vocabulary().add(part * (MAX_TEXT // len(part)))


def test_compounds_are_read_whole():
    words = Vocabulary()
    words.add("micro-credentials and e-health-record, well- known")
    assert words.compounds == {"microcredentials": ("micro", "credentials"), "ehealthrecord": ("e", "health", "record")}


@pytest.mark.parametrize(
    ("one", "two", "limit", "distance"),
    [
        ("onkology", "oncology", 2, 1),
        ("trianing", "training", 1, 1),
        ("same", "same", 0, 0),
        ("abcd", "wxyz", 2, None),
        ("word", "words", 1, 1),
        ("word", "wordless", 2, None),
    ],
)
def test_distance_of_two_words(one, two, limit, distance):
    assert edit_distance(one, two, limit) == distance


def test_a_list_does_not_repeat_its_type_as_its_title(client, home_page):
    make_page(NewsIndexPage, home_page, "News")
    (result,) = search(client, "en", "news").select(".teaser")
    assert result.get_text(" ", strip=True) == "News"


def test_only_pages_of_the_language_are_found(client, texts):
    assert titles(client, "et", "partner") == ["Partnerid"]
    assert titles(client, "el", "partner") == []


def test_hostile_query_is_answered_within_the_time_limit(client, texts):
    for query in HOSTILE:
        begin = time.perf_counter()
        page = search(client, "en", query)
        # Ten times the duration on a slow machine. Catastrophic backtracking would take longer.
        assert time.perf_counter() - begin < 3, query[:50]
        assert page.select_one("main form input[name=q]") is not None, query[:50]
        assert not page.find("script", string="alert(1)")


def test_page_of_results_that_does_not_exist_is_not_found(client, texts):
    for number in ("999999", "0", "-1", "x", "1e3", "٣٣٣", "9" * 400, "\x00"):
        assert client.get("/en/search/", {"q": "partners", "page": number}).status_code == 404, number


def test_results_come_in_pages(client, home_page):
    for number in range(1, 12):
        make_page(ContentPage, home_page, f"Lighthouse {number}")
    first, second = titles(client, "en", "lighthouse"), titles(client, "en", "lighthouse", page=2)
    assert (len(first), len(second)) == (10, 1)
    assert len({*first, *second}) == 11


def test_pages_with_the_words_in_their_titles_come_first(client, home_page):
    make_page(ContentPage, home_page, "Other", lead="Lighthouse, lighthouse and lighthouse again.")
    make_page(ContentPage, home_page, "A lighthouse", lead="On a rock.")
    assert titles(client, "en", "lighthouse") == ["A lighthouse", "Other"]


def test_drafts_are_not_found(client, home_pages):
    make_page(ContentPage, home_pages["en"], "Lighthouse draft", live=False)
    secret = make_page(ContentPage, home_pages["en"], "Lighthouse secret")
    make_alias(secret, home_pages["fi"])
    make_page(ContentPage, home_pages["en"], "Lighthouse gone")
    assert set(titles(client, "en", "lighthouse")) == {"Lighthouse secret", "Lighthouse gone"}
    assert titles(client, "fi", "lighthouse") == ["Lighthouse secret"]


def test_private_and_unpublished_pages_are_not_found(client, home_pages, django_capture_on_commit_callbacks):
    secret = make_page(ContentPage, home_pages["en"], "Lighthouse secret")
    make_alias(secret, home_pages["fi"])
    gone = make_page(ContentPage, home_pages["en"], "Lighthouse gone")
    assert len(titles(client, "en", "lighthouse")) == 2
    with django_capture_on_commit_callbacks(execute=True):
        make_private(secret)
        gone.unpublish()
    assert titles(client, "en", "lighthouse") == []
    assert titles(client, "fi", "lighthouse") == []


def test_text_of_an_unpublished_draft_is_not_found(client, home_page, django_capture_on_commit_callbacks):
    page = make_page(ContentPage, home_page, "Lighthouse")
    page.lead = "Foghorn"
    revision = page.save_revision()
    assert titles(client, "en", "foghorn") == []
    with django_capture_on_commit_callbacks(execute=True):
        revision.publish()
    assert titles(client, "en", "foghorn") == ["Lighthouse"]


def test_rows_of_a_page_are_found_once_it_is_published(client, home_page, django_capture_on_commit_callbacks):
    """Rows are saved after their page, so an index built when the page is saved would not contain them."""
    page = make_page(ProgrammePage, home_page, "Programme")
    page.modules = [
        ProgrammeModule(title="Navigation", description="<p>By <b>sextant</b></p>", outcomes="<ul><li>steer</li></ul>")
    ]
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    for word in ("navigation", "sextant", "steer"):
        assert titles(client, "en", word) == ["Programme"]
    assert titles(client, "en", "li") == []


def test_partners_page_is_found_by_names_of_partners(client, home_page, django_capture_on_commit_callbacks):
    make_page(PartnersPage, home_page, "Partners")
    with django_capture_on_commit_callbacks(execute=True):
        university = make_organisation("University of Lighthouses", short_name="UoL")
        make_person("Ada Keeper")
    assert titles(client, "en", "lighthouses") == titles(client, "en", "keeper") == titles(client, "en", "uol")
    assert titles(client, "en", "keeper") == ["Partners"]
    with django_capture_on_commit_callbacks(execute=True):
        university.delete()
    assert titles(client, "en", "lighthouses") == []


def test_result_shows_its_page_type(client, home_page):
    news = make_page(NewsIndexPage, home_page, "News")
    make_page(NewsPage, news, "Lighthouse", summary="It shines.", lead="Lead")
    result = search(client, "en", "lighthouse").select_one(".teaser")
    assert result.select_one(".meta").get_text(strip=True) == "News"
    assert result.select_one(".teaser__summary").get_text(strip=True) == "It shines."
    assert result.select_one("a")["href"] == "/en/news/lighthouse/"


def test_query_is_shown_in_the_field_and_the_title(client, texts):
    page = search(client, "en", 'a "quoted" <word>')
    assert page.select_one("main input[name=q]")["value"] == 'a "quoted" <word>'
    assert page.title.get_text().startswith('Search: a "quoted" <word>')


def test_query_that_is_too_long_is_an_error(client, texts):
    page = search(client, "en", "a" * 101)
    field = page.select_one("main input[name=q]")
    assert field["aria-invalid"] == "true"
    assert page.select(".teaser__title") == []


@pytest.mark.parametrize("number", [1, 30])
def test_search_query_count_does_not_depend_on_results(client, home_page, django_assert_num_queries, number):
    news = make_page(NewsIndexPage, home_page, "News of lighthouses")
    parents = [(ContentPage, home_page), (NewsPage, news)]
    for place in range(number):
        model, parent = parents[place % 2]
        make_page(model, parent, f"Lighthouse {place}")
    client.get("/en/search/?q=lighthouse")
    with django_assert_num_queries(4):
        assert titles(client, "en", "lighthouse")


def test_search_without_matches_has_eight_queries(client, texts, django_assert_num_queries):
    client.get("/en/search/?q=xylophone")
    with django_assert_num_queries(8):
        assert titles(client, "en", "xylophone") == []


def test_search_without_a_query_shows_only_the_form(client, texts):
    response = client.get("/en/search/")
    page = soup(response)
    assert page.select_one("main input[name=q]").get("aria-invalid") is None
    assert page.select(".teaser__title") == []


def test_search_in_a_language_without_home_page_has_no_results(client, texts, home_pages):
    Page.objects.filter(pk=home_pages["en"].pk).update(live=False)
    assert titles(client, "en", "partners") == []


@pytest.mark.postgres
def test_an_index_has_the_keys_that_a_search_compares(home_page):
    """Without it, each search reads all pages."""
    compared = '("wagtailcore_page"."id")::varchar(50)'
    with CaptureQueriesContext(connection) as captured:
        list(Page.objects.autocomplete("workshop"))
    assert f"= {compared}" in captured[-1]["sql"]

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT FROM wagtailcore_page WHERE {compared} = '5'")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "home_page_keys_as_texts" in plan
