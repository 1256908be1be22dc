"""Every page type: its content in two languages, its parents, its queries, and its translatable fields."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.core.cache import caches
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page, TranslatableMixin
from wagtail_localize.fields import SynchronizedField, TranslatableField, get_translatable_fields
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from events.models import EventIndexPage, EventPage
from factsheets.models import FactSheetIndexPage, FactSheetPage
from home.models import (
    AccessibilityPage,
    BasePage,
    Contact,
    ContactPage,
    ContentPage,
    Deliverable,
    HomePage,
    Milestone,
    Organisation,
    PartnersPage,
    Person,
    PrivacyPage,
    ProgrammeModule,
    ProgrammePage,
    ProjectPage,
    ProjectPublication,
    ResultMilestone,
    ResultsPage,
    WorkPackage,
)
from news.models import NewsCategory, NewsIndexPage, NewsPage, RelatedPage
from tests.factories.pages import make_page
from tests.factories.project import describe_project, make_organisation, make_person, write_texts
from tests.html import soup, text_of

pytestmark = pytest.mark.any_database

DAY = datetime.date(2025, 5, 2)
OUR_TYPES = [
    model for model in apps.get_models() if issubclass(model, BasePage) and model._meta.app_label in {"home", "news"}
]


def body(text: str) -> list[tuple[str, object]]:
    return [("text", f"<p>{text}</p>")]


def points(text: str) -> list[tuple[str, object]]:
    return [("point", {"title": text, "text": f"<p>More on {text}.</p>"})]


def row(model, page: Page, place: int, /, **fields):
    return model.objects.create(page=page, locale_id=page.locale_id, sort_order=place, **fields)


def key_of(name: str) -> uuid.UUID:
    """Return the translation key that the translations of a row share."""
    return uuid.uuid5(uuid.NAMESPACE_URL, name)


# One function for each page type: it makes the page below the home page of a language, with `number` rows of each kind
# that it lists. Each text begins with `word`.


def make_home(home: HomePage, word: str, number: int) -> HomePage:
    home.headline, home.lead = f"{word} headline", f"{word} lead"
    home.goals, home.audiences, home.body = points(f"{word} goal"), points(f"{word} audience"), body(f"{word} body")
    home.save()
    make_programme(home, word, number)
    make_partners(home, word, number)
    make_news(home, word, number)
    return home


def make_project(home: HomePage, word: str, number: int) -> ProjectPage:
    page = make_page(
        ProjectPage,
        home,
        f"{word} project",
        lead=f"{word} lead",
        background=f"<p>{word} background</p>",
        aim=f"<p>{word} aim</p>",
        goals=points(f"{word} goal"),
        target_groups=points(f"{word} group"),
        impact=f"<p>{word} impact</p>",
        body=body(f"{word} body"),
    )
    for place in range(number):
        row(Milestone, page, place, date=DAY, title=f"{word} milestone {place}")
    return page


def make_programme(home: HomePage, word: str, number: int) -> ProgrammePage:
    page = make_page(
        ProgrammePage,
        home,
        f"{word} programme",
        lead=f"{word} lead",
        introduction=f"<p>{word} introduction</p>",
        approach_text=f"<p>{word} approach</p>",
        credits_text=f"<p>{word} credits</p>",
        place_text=f"{word} place",
    )
    for place in range(number):
        row(ProgrammeModule, page, place, title=f"{word} module {place}", eqf_from=6)
    return page


def make_partners(home: HomePage, word: str, number: int) -> PartnersPage:
    language = home.locale.language_code
    for place in range(number):
        organisation = make_organisation(
            f"{word} partner {place}", language, translation_key=key_of(f"partner {place}")
        )
        person = {"organisation": organisation, "translation_key": key_of(f"person {place}")}
        make_person(f"{word} person {place}", language, **person)
    return make_page(PartnersPage, home, f"{word} partners", lead=f"{word} lead", body=body(f"{word} body"))


def make_results(home: HomePage, word: str, number: int) -> ResultsPage:
    page = make_page(ResultsPage, home, f"{word} results", lead=f"{word} lead", introduction=f"<p>{word} intro</p>")
    lead = make_organisation(f"{word} leader", home.locale.language_code)
    for place in range(number):
        row(WorkPackage, page, place, number=place, title=f"{word} package {place}", lead=lead)
        row(Deliverable, page, place, number=f"D{place}", title=f"{word} deliverable {place}")
        row(ResultMilestone, page, place, date=DAY, title=f"{word} milestone {place}")
        row(ProjectPublication, page, place, title=f"{word} publication {place}", authors="Ada", year=2025)
    return page


def make_content(home: HomePage, word: str, number: int) -> ContentPage:
    page = make_page(ContentPage, home, f"{word} page", lead=f"{word} lead", body=body(f"{word} body"))
    for place in range(number):
        make_page(ContentPage, page, f"{word} page below {place}")
    return page


def make_privacy(home: HomePage, word: str, number: int) -> PrivacyPage:
    return make_page(
        PrivacyPage, home, f"{word} privacy", lead=f"{word} lead", body=body(f"{word} body"), reviewed_on=DAY
    )


def make_accessibility(home: HomePage, word: str, number: int) -> AccessibilityPage:
    return make_page(
        AccessibilityPage,
        home,
        f"{word} accessibility",
        lead=f"{word} lead",
        scope=f"<p>{word} scope</p>",
        status="partial",
        non_compliance=f"<p>{word} barrier</p>",
        feedback=f"<p>{word} feedback</p>",
        enforcement=f"<p>{word} enforcement</p>",
        supervisor_name=f"{word} supervisor",
    )


def make_contact(home: HomePage, word: str, number: int) -> ContactPage:
    page = make_page(ContactPage, home, f"{word} contact", lead=f"{word} lead", postal_address=f"{word} street")
    for place in range(number):
        person = make_person(f"{word} person {place}", home.locale.language_code)
        row(Contact, page, place, role=f"{word} role {place}", email="office@example.org", person=person)
    return page


def make_news(home: HomePage, word: str, number: int) -> NewsIndexPage:
    index = make_page(NewsIndexPage, home, f"{word} news", lead=f"{word} lead")
    category = NewsCategory.objects.create(name=f"{word} category", key="events", locale_id=home.locale_id)
    for place in range(number):
        make_page(
            NewsPage,
            index,
            f"{word} article {place}",
            date=DAY,
            summary=f"{word} summary {place}",
            category=category,
            organisation=make_organisation(f"{word} author {place}", home.locale.language_code, role="other"),
            body=body(f"{word} story"),
        )
    return index


def make_article(home: HomePage, word: str, number: int) -> NewsPage:
    make_news(home, word, number + 2)
    article = NewsPage.objects.get(title=f"{word} article 1")
    for other in (make_project(home, word, 1), make_content(home, word, number)):
        RelatedPage.objects.create(article=article, page=other)
    return article


# For each page type: the function that makes it, texts that it shows besides its title and introduction, and the number
# of queries.
TYPES = {
    HomePage: (
        make_home,
        ["headline", "goal", "audience", "body", "module 0", "partner 0", "article 0", "summary 0", "category"],
        7,
    ),
    ProjectPage: (make_project, ["background", "aim", "goal", "group", "impact", "body", "milestone 0"], 5),
    ProgrammePage: (make_programme, ["introduction", "approach", "credits", "module 0", "place"], 5),
    PartnersPage: (make_partners, ["body", "partner 0", "person 0"], 6),
    ResultsPage: (
        make_results,
        ["intro", "package 0", "leader", "deliverable 0", "milestone 0", "publication 0"],
        8,
    ),
    ContentPage: (make_content, ["body"], 4),
    PrivacyPage: (make_privacy, ["body"], 4),
    AccessibilityPage: (make_accessibility, ["scope", "barrier", "feedback", "enforcement", "supervisor"], 4),
    ContactPage: (make_contact, ["role 0", "person 0", "street"], 7),
    NewsIndexPage: (make_news, ["article 0", "summary 0", "category"], 7),
    NewsPage: (make_article, ["story", "category", "author 1", "article 0", "article 2", "project", "page"], 8),
}
# With what many pages have in common from the cache: menu, sections of the home page, addresses of links.
MOST_QUERIES = 8


def test_every_page_type_is_listed_in_types():
    assert set(TYPES) == set(OUR_TYPES)


@pytest.fixture
def project(db):
    describe_project()
    for language in ("en", "fi"):
        write_texts(language)


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
@pytest.mark.parametrize(("language", "word"), [("en", "English"), ("fi", "Suomeksi")])
def test_page_shows_its_text_in_its_language(client, project, home_pages, model, language, word):
    make, expected, _queries = TYPES[model]
    for code, other in (("en", "English"), ("fi", "Suomeksi")):
        made = make(home_pages[code], other, 1)
        if code == language:
            page = made
    response = client.get(page.url)
    assert response.status_code == 200
    html = soup(response)
    text = text_of(html.main)
    assert html.html["lang"] == response["Content-Language"] == language
    heading = f"{word} headline" if model is HomePage else page.title
    assert [item.get_text(" ", strip=True) for item in html.find_all("h1")] == [heading]
    for part in [*expected, *(["lead"] if page.lead else [])]:
        assert f"{word} {part}" in text, part
    foreign = "Suomeksi" if word == "English" else "English"
    # Names of partners and articles in the other language are not on this page.
    assert f"{foreign} " not in text
    footer = html.footer.get_text(" ")
    assert f"Funded by the European Union ({language})" in footer
    assert f"Views are those of the authors ({language})." in footer
    assert html.footer.select_one("svg.emblem")


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_page_that_is_not_cached_has_few_queries(
    client, project, home_page, settings, django_assert_max_num_queries, model
):
    settings.PAGE_CACHE_SECONDS = 3600
    make, _expected, _queries = TYPES[model]
    # A response to an unknown parameter is not cached.
    address = f"{make(home_page, 'English', 3).url}?x=1"
    client.get(address)
    with django_assert_max_num_queries(MOST_QUERIES):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_page_has_the_same_number_of_queries_with_1_and_30_rows(
    client, project, home_page, django_assert_num_queries, model, number
):
    make, _expected, queries = TYPES[model]
    page = make(home_page, "English", number)
    client.get(page.url)  # caches the site context
    with django_assert_num_queries(queries):
        response = client.get(page.url)
    assert response.status_code == 200


@pytest.mark.parametrize("language", ["fi", "et", "el"])
def test_translation_has_as_many_queries_as_its_source(
    client, project, home_pages, django_assert_num_queries, language
):
    project_page = make_project(home_pages["en"], "English", 1)
    page = make_page(ProjectPage, home_pages[language], "Hanke", translation_of=project_page)
    client.get(page.url)
    # Two for the texts that are not translated, which are cached with the pages.
    with django_assert_num_queries(TYPES[ProjectPage][2] + 2):
        assert client.get(page.url).status_code == 200


def test_number_of_queries_does_not_depend_on_depth(client, project, home_page, django_assert_num_queries):
    page = home_page
    for depth in range(6):
        page = make_page(ContentPage, page, f"Level {depth}")
    client.get(page.url)
    # One for the pages between the child of the home page and this one.
    with django_assert_num_queries(TYPES[ContentPage][2] + 1):
        assert "Level 5" in client.get(page.url).text


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_queries_does_not_depend_on_images(client, project, home_page, django_assert_num_queries, number):
    def picture(title: str):
        return get_image_model().objects.create(title=title, file=get_test_image_file(f"{title}.png"))

    partners, news = make_partners(home_page, "English", number), make_news(home_page, "English", number)
    for model, field in ((Organisation, "logo"), (Person, "portrait"), (NewsPage, "image")):
        for item in model.objects.all():
            setattr(item, field, picture(f"{field}-{item.pk}"))
            item.save()
    for page, queries in ((home_page, 8), (partners, 8), (news, 8)):
        assert client.get(page.url).text.count("<img") >= number
        # The renditions exist in the database but not in the cache.
        caches["renditions"].clear()
        with django_assert_num_queries(queries):
            client.get(page.url)


def test_page_with_required_fields_only_is_shown(client, home_page):
    """Editors may publish a page and add its content later."""
    for model in OUR_TYPES:
        if model in {HomePage, NewsPage}:
            continue
        page = make_page(model, home_page, f"Bare {model.__name__}")
        response = client.get(page.url)
        assert response.status_code == 200
        assert f"Bare {model.__name__}" in response.text
    article = make_page(NewsPage, NewsIndexPage.objects.get(), "Bare article")
    assert "Bare article" in client.get(article.url).text


# Parents and children

BELOW_HOME = {
    ProjectPage,
    ProgrammePage,
    PartnersPage,
    ResultsPage,
    ContentPage,
    PrivacyPage,
    AccessibilityPage,
    ContactPage,
    NewsIndexPage,
    EventIndexPage,
    FactSheetIndexPage,
}
CHILDREN = {
    HomePage: BELOW_HOME,
    ProjectPage: {ContentPage},
    ProgrammePage: {ContentPage},
    ResultsPage: {ContentPage},
    ContentPage: {ContentPage},
    NewsIndexPage: {NewsPage},
    EventIndexPage: {EventPage},
    FactSheetIndexPage: {FactSheetPage},
    PartnersPage: set(),
    PrivacyPage: set(),
    AccessibilityPage: set(),
    ContactPage: set(),
    NewsPage: set(),
}


@pytest.mark.parametrize("model", CHILDREN, ids=lambda model: model.__name__)
def test_pages_below_each_type(model):
    assert set(model.creatable_subpage_models()) == CHILDREN[model]


def test_only_home_pages_are_allowed_below_the_root():
    assert [model for model in OUR_TYPES if Page in model.allowed_parent_page_models()] == [HomePage]


@pytest.mark.parametrize("model", sorted(BELOW_HOME - {ContentPage}, key=lambda model: model.__name__))
def test_sections_exist_once_in_each_language(home_pages, model):
    assert model.can_create_at(home_pages["en"])
    make_page(model, home_pages["en"], "The one")
    assert not model.can_create_at(HomePage.objects.get(pk=home_pages["en"].pk))
    assert model.can_create_at(home_pages["fi"])


def test_every_type_has_a_description():
    for model in OUR_TYPES:
        assert str(model.page_description)
        assert model._meta.verbose_name != model.__name__


# Translatable and synchronised fields

OF_EVERY_PAGE = ["title", "slug", "seo_title", "search_description", "lead", "summary"]
# Names of fields by model: translatable fields; synchronised fields that cannot be changed in a translation; and
# synchronised fields that can be changed, besides `show_in_menus` and `share_image` of every page.
FIELDS = {
    HomePage: (["headline", "actions", "goals_heading", "goals", "audiences_heading", "audiences", "body"], [], []),
    ProjectPage: (["background", "aim", "goals", "target_groups", "impact", "body", "milestones"], [], []),
    ProgrammePage: (
        [
            "introduction",
            "approach_text",
            "credits_text",
            "entry_text",
            "place_text",
            "duration_text",
            "price_text",
            "modules",
        ],
        ["eqf_from", "eqf_to", "languages"],
        ["entry_url"],
    ),
    PartnersPage: (["body"], ["country_count", "training_countries"], []),
    ResultsPage: (
        [
            "introduction",
            "findings",
            "work_packages",
            "deliverables",
            "deliverable_editors",
            "result_milestones",
            "publications",
        ],
        ["platform_url"],
        [],
    ),
    ContentPage: (["body"], [], []),
    PrivacyPage: (["body"], ["reviewed_on"], []),
    AccessibilityPage: (
        [
            "scope",
            "non_compliance",
            "disproportionate_burden",
            "out_of_scope",
            "assessment_text",
            "feedback",
            "enforcement",
            "supervisor_name",
        ],
        ["status", "prepared_on", "assessment_method", "reviewed_on", "feedback_email", "response_days"],
        ["supervisor_url"],
    ),
    ContactPage: (["boilerplate", "contacts", "press_pictures"], ["postal_address", "response_days"], []),
    NewsIndexPage: ([], [], []),
    NewsPage: (["category", "organisation", "image_alt", "body"], ["date", "image"], ["related_pages"]),
}
# When a snippet is published and expires.
TIMES = ["first_published_at", "go_live_at", "expire_at"]
ROWS = {
    "PressPicture": (["caption"], ["image", "credit"], []),
    "Contact": (["role", "person"], ["email", "subject"], []),
    "Milestone": (["title", "text"], ["date", "end_date"], []),
    "ProgrammeModule": (
        ["title", "audience", "description", "outcomes", "link_label"],
        ["eqf_from", "eqf_to", "ects", "cme_points", "languages"],
        ["url"],
    ),
    "WorkPackage": (["title", "description", "lead"], ["number"], []),
    "Deliverable": (
        ["title"],
        ["doi", "number", "work_package_number", "due_on", "status", "dissemination", "document"],
        [],
    ),
    "DeliverableEditor": ([], ["work_package_number", "organisation"], []),
    "ResultMilestone": (["title", "text"], ["date"], []),
    "ProjectPublication": ([], ["doi", "title", "authors", "year", "venue", "url", "language"], []),
    "Organisation": (["name", "description"], [*TIMES, "country", "role", "logo"], ["short_name", "website"]),
    "Person": (["role", "organisation"], [*TIMES, "portrait", "orcid", "on_partners_page"], ["name"]),
    "NewsCategory": (["name"], [*TIMES, "key"], []),
}


def fields_of(model) -> tuple[list[str], list[str], list[str]]:
    found = get_translatable_fields(model)
    synchronised = [field for field in found if isinstance(field, SynchronizedField)]
    return (
        [field.field_name for field in found if isinstance(field, TranslatableField)],
        [field.field_name for field in synchronised if not field.is_overridable(model())],
        [field.field_name for field in synchronised if field.is_overridable(model())],
    )


@pytest.mark.django_db
@pytest.mark.parametrize("model", FIELDS, ids=lambda model: model.__name__)
def test_translated_and_synchronised_fields_of_a_page(model):
    translatable, synchronised, overridable = FIELDS[model]
    assert fields_of(model) == (
        OF_EVERY_PAGE + translatable,
        synchronised,
        ["show_in_menus", "share_image", *overridable],
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", ROWS)
def test_translated_and_synchronised_fields_of_a_child_row(name):
    model = next(model for model in apps.get_models() if model.__name__ == name)
    assert fields_of(model) == ROWS[name]


def test_every_translatable_model_is_listed_above():
    models = {
        model.__name__
        for model in apps.get_models()
        if issubclass(model, TranslatableMixin) and model._meta.app_label in {"home", "news"}
    }
    assert models == {*ROWS, *(model.__name__ for model in FIELDS)}


def test_slug_of_a_greek_title_is_transliterated(client, home_pages):
    first, second = (make_page(ContentPage, home_pages["el"], "Εκδηλώσεις") for _number in range(2))
    assert [page.url for page in (first, second)] == ["/el/ekdiloseis/", "/el/ekdiloseis-1/"]
    assert client.get(second.url).status_code == 200


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Σεμινάριο DigiCanTrain 2027", "seminario-digicantrain-2027"), ("Straße 9", "strasse-9"), ("Õed", "oed")],
)
def test_no_letter_of_a_title_is_left_out_of_its_slug(home_pages, title, slug):
    assert make_page(ContentPage, home_pages["el"], title).slug == slug


def test_greek_slug_of_a_translation_is_transliterated(home_pages):
    source_page = make_page(ContentPage, home_pages["en"], "Events")
    source, _made = TranslationSource.get_or_create_from_instance(source_page)
    greek = home_pages["el"].locale
    translation = Translation.objects.create(source=source, target_locale=greek)
    for name, text in (("title", "Εκδηλώσεις"), ("slug", "εκδηλώσεις")):
        segment = source.stringsegment_set.get(context__path=name)
        StringTranslation.objects.create(
            translation_of=segment.string, context=segment.context, locale=greek, data=text
        )
    translation.save_target(publish=True)
    page = ContentPage.objects.get(locale=greek, translation_key=source_page.translation_key)
    assert (page.title, page.url) == ("Εκδηλώσεις", "/el/ekdiloseis/")


def test_there_is_a_home_page_in_every_language(home_pages):
    assert set(home_pages) == set(Locale.objects.values_list("language_code", flat=True)) == {"en", "fi", "et", "el"}


def test_programme_shows_only_the_answers_that_are_entered(client, project, home_page):
    page = make_page(ProgrammePage, home_page, "Programme", place_text="Turku", languages=["fi", "et"])
    found = soup(client.get(page.url))
    assert [(text_of(row.dt), text_of(row.dd)) for row in found.select(".tinted .detail-list > div")] == [
        ("Where does it take place?", "Turku"),
        ("In which languages?", "Finnish, Estonian"),
    ]
    empty = make_page(ProgrammePage, home_page, "Other programme")
    assert soup(client.get(empty.url)).select(".detail-list") == []


@pytest.mark.parametrize(
    ("title", "audience", "shown"),
    [
        ("Nurses", "Nurses in cancer care", False),
        ("Trainers", "People who train others", True),
        ("Trainers", "", False),
    ],
)
def test_target_group_that_repeats_the_title_is_not_shown(title, audience, shown):
    assert ProgrammeModule(title=title, audience=audience).shows_audience is shown
