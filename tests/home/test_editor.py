"""The admin: previews and edit pages of every page type, dashboard and menu."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core import checks
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from modelcluster.models import get_all_child_relations
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Locale, Page

from events.models import EventPage
from factsheets.models import FactSheetIndexPage
from home import checks as our_checks
from home import permissions
from home.admin.dashboard import tasks_for
from home.models import (
    AccessibilityPage,
    BasePage,
    HomePage,
    LanguageTexts,
    Organisation,
    Person,
    ProgrammeModule,
    ProgrammePage,
    ProjectSettings,
)
from news.models import NewsCategory, NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

PAGE_TYPES = [model for model in apps.get_models() if issubclass(model, BasePage)]
# An event page is created together with its event; `tests/events/test_editing.py` previews it.
WRITTEN_FIRST = [model for model in PAGE_TYPES if model is not EventPage]
LANGUAGES = ["en", "fi", "et", "el"]
EVERYONE = [
    permissions.EDITORS,
    permissions.PARTNER_EDITORS,
    permissions.EVENT_ORGANISERS,
    "Translators: English",
    "Translators: Finnish",
    "Translators: Estonian",
    "Translators: Greek",
]


@pytest.fixture
def member(db, client):
    """Sign in as a member of a group: member("Editors")."""

    def make(group: str) -> User:
        user = User.objects.create_user("member")
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        return user

    return make


@pytest.fixture
def parents(home_pages):
    """Find the page below which a type is made, in a language."""

    def find(model: type[Page], code: str) -> Page:
        home = home_pages[code]
        if model is HomePage:
            return home.get_parent()
        parent_type = model.allowed_parent_page_models()[0]
        if parent_type is HomePage:
            return home
        return home.add_child(instance=parent_type(title="A list", slug="a-list", locale=home.locale))

    return find


def form_values(answer, model: type[Page]) -> dict[str, str]:
    """Return the form data that a browser sends for a new page in which only the title was entered."""
    form = soup(answer).find("form", {"data-edit-form": True})
    values = {item["name"]: item.get("value", "") for item in form.find_all("input", attrs={"name": True})}
    values |= {item["name"]: item.get_text() for item in form.find_all("textarea", attrs={"name": True})}
    for item in form.find_all("select", attrs={"name": True}):
        chosen = item.find("option", selected=True)
        if chosen or not item.has_attr("multiple"):
            values[item["name"]] = chosen["value"] if chosen else ""
    # Browsers omit unticked boxes, and lists for several choices without a choice. The script of the editor fills in the
    # number of blocks.
    for item in form.find_all("input", attrs={"type": "checkbox", "name": True}):
        if not item.has_attr("checked"):
            values.pop(item["name"], None)
    values |= {f"{field.name}-count": "0" for field in model._meta.get_fields() if isinstance(field, StreamField)}
    return {name: value for name, value in values.items() if "__prefix__" not in name}


# Previews


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("model", WRITTEN_FIRST, ids=lambda model: model.__name__)
def test_a_new_page_can_be_previewed_before_it_is_saved(model, code, parents, admin_client):
    parent = parents(model, code)
    arguments = [model._meta.app_label, model._meta.model_name, parent.pk]
    new = admin_client.get(reverse("wagtailadmin_pages:add", args=arguments))
    values = form_values(new, model) | {"title": "A page in the making", "slug": "a-page-in-the-making"}
    preview = reverse("wagtailadmin_pages:preview_on_add", args=arguments)
    answer = admin_client.post(preview, values)
    assert answer.json()["is_valid"], answer.json()
    shown = admin_client.get(preview, {"mode": ""})
    assert shown.status_code == 200
    page = soup(shown)
    assert page.html["lang"] == ("en" if model is HomePage else code)
    assert page.h1.get_text(strip=True) == ("" if model is HomePage else "A page in the making")
    assert Page.objects.filter(title="A page in the making").count() == 0


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_home_page_can_be_previewed(code, home_pages, admin_client):
    url = reverse("wagtailadmin_pages:view_draft", args=[home_pages[code].pk])
    page = soup(admin_client.get(url))
    assert page.html["lang"] == code


# Edit pages


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model.__name__)
def test_every_page_type_opens_in_the_editor(model, parents, admin_client, home_page):
    page = home_page if model is HomePage else make_page(model, parents(model, "en"), "A page")
    for name in ("edit", "history", "usage", "delete"):
        answer = admin_client.get(reverse(f"wagtailadmin_pages:{name}", args=[page.pk]))
        assert answer.status_code == 200, name
        assert page.title in answer.content.decode()


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model.__name__)
def test_every_page_type_has_a_description(model):
    assert len(model.get_page_description()) > 30
    assert model.get_verbose_name() == model.get_verbose_name().strip()


# Field labels


def edited_models() -> list[type[models.Model]]:
    pages = list(PAGE_TYPES)
    rows = [
        relation.related_model
        for model in [*pages, ProjectSettings]
        for relation in get_all_child_relations(model)
        if relation.related_model._meta.app_label in our_checks.OUR_APPS
    ]
    return [*pages, *rows, ProjectSettings, Organisation, Person, NewsCategory]


# Fields that Django and Wagtail maintain.
NOT_SHOWN = {"id", "page", "article", "project", "locale", "site", "page_ptr"}


@pytest.mark.parametrize("model", edited_models(), ids=lambda model: model.__name__)
def test_every_field_has_a_translatable_verbose_name(model):
    """Names that Django derives from the attribute are plain strings, not lazy translations."""
    made_up = [
        field.name
        for field in model._meta.local_fields
        if field.editable and field._verbose_name is None and field.name not in NOT_SHOWN
    ]
    assert made_up == []


def child_blocks(block: blocks.Block):
    for name, child in getattr(block, "child_blocks", {}).items():
        yield name, child
        yield from child_blocks(child)
    if isinstance(block, blocks.ListBlock):
        yield from child_blocks(block.child_block)


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model.__name__)
def test_every_block_has_a_label_and_top_level_blocks_a_description(model):
    for field in model._meta.get_fields():
        if not isinstance(field, StreamField) or field.model is not model:
            continue
        for name, block in field.stream_block.child_blocks.items():
            assert str(block.label), name
            assert str(block.meta.description) or len(field.stream_block.child_blocks) == 1, name
        for name, block in child_blocks(field.stream_block):
            assert str(block.label).strip(), name


# The project's system checks


def test_project_passes_its_checks():
    found = [message for message in checks.run_checks() if message.id.startswith("home.")]
    assert found == []


def test_check_finds_child_rows_that_cannot_be_translated(monkeypatch):
    class Row(models.Model):
        title = models.CharField(max_length=10)

        class Meta:
            app_label = "home"
            managed = False

        def __str__(self):
            return self.title

    relation = type("Relation", (), {"name": "rows", "related_model": Row})()
    monkeypatch.setattr(our_checks, "get_all_child_relations", lambda model: [relation])
    found = our_checks.check_children_are_translatable(None)
    assert {message.id for message in found} == {"home.E001"}
    assert "title" in found[0].msg
    del apps.all_models["home"]["row"]
    apps.clear_cache()


def test_the_checks_find_blocks_that_cannot_be_translated(monkeypatch):
    monkeypatch.setattr(our_checks, "_blocks", lambda block: iter([blocks.RawHTMLBlock()]))
    assert {message.id for message in our_checks.check_blocks_are_translatable(None)} == {"home.E002"}


def test_check_finds_settings_that_contact_other_hosts(settings):
    settings.WAGTAIL_GRAVATAR_PROVIDER_URL = "https://www.gravatar.com/avatar"
    settings.WAGTAIL_ENABLE_UPDATE_CHECK = True
    assert len(our_checks.check_admin_calls_no_other_host(None)) == 2


# Signing in, the dashboard, the menu


def test_the_sign_in_page_names_the_project(client, db):
    page = soup(client.get(reverse("wagtailadmin_login")))
    assert page.h1.get_text(strip=True) == "Sign in to Beacon"
    assert page.find("link", rel="icon")["href"] == "/static/img/favicon.svg"
    assert "Wagtail" not in page.find("main").get_text()


TASKS = {
    permissions.EDITORS: [
        "Write news",
        "Add an event",
        "Edit a page",
        "Translate",
        "Add a partner",
        "Project settings",
    ],
    permissions.PARTNER_EDITORS: ["Write news", "Edit a page"],
    permissions.EVENT_ORGANISERS: ["Write news", "Add an event", "Edit a page"],
} | {group: ["Edit a page", "Translate"] for group in EVERYONE if group.startswith("Translators")}


@pytest.mark.parametrize("group", EVERYONE)
def test_dashboard_lists_the_tasks_of_the_group_and_each_link_works(group, member, client, rf):
    user = member(group)
    page = soup(client.get(reverse("wagtailadmin_home")))
    assert page.h1.get_text(strip=True) == "Welcome to Beacon"
    assert [link.strong.get_text(strip=True) for link in page.select(".tasks a")] == TASKS[group]
    request = rf.get("/")
    request.user = user
    for task in tasks_for(request):
        assert client.get(task.url, follow=True).status_code == 200, task.label


def test_new_users_see_an_introduction_until_they_have_edited(member, client, home_page):
    user = member(permissions.EDITORS)
    introduction = "Your changes are saved as a draft"
    assert introduction in client.get(reverse("wagtailadmin_home")).content.decode()
    home_page.save_revision(user=user, log_action=True)
    assert introduction not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_the_introduction_of_those_who_publish_nothing_names_the_approval(member, client, home_page):
    member(permissions.PARTNER_EDITORS)
    answer = client.get(reverse("wagtailadmin_home")).text
    assert "an editor has approved it" in " ".join(answer.split())
    assert "after you publish them" not in " ".join(answer.split())


def test_help_is_the_manual_of_the_site_and_no_other(member, client, home_page):
    member(permissions.EDITORS)
    page = soup(client.get(reverse("wagtailadmin_home")).text)
    assert "Wagtail" not in page.title.get_text()
    assert not [link["href"] for link in page.select("main a[href^=http]")]
    assert page.select_one(f"main ul.w-list-none a[href='{reverse('manual:contents')}']")
    assert "editor-guide" not in page.select_one("#wagtail-sidebar-props").decode()


def test_one_report_finds_pages_that_nobody_changed(member, client, home_page):
    member(permissions.EDITORS)
    menu = soup(client.get(reverse("wagtailadmin_home")).text).select_one("#wagtail-sidebar-props").decode()
    assert "Pages by their dates" in menu
    assert "aging-pages" not in menu


def test_user_without_a_group_sees_whom_to_contact(client, db):
    from django.contrib.auth.models import Permission

    user = User.objects.create_user("nobody")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    assert "Ask an administrator" in client.get(reverse("wagtailadmin_home")).content.decode()


def test_dashboard_lists_unconfirmed_funding_texts(member, client):
    project = ProjectSettings.objects.get()
    LanguageTexts.objects.filter(project=project).delete()
    for code in ("en", "fi"):
        LanguageTexts.objects.create(
            project=project,
            locale=Locale.objects.get(language_code=code),
            project_title="Beacon",
            funding_statement="Funded by the European Union",
            disclaimer="…",
        )
    member(permissions.EDITORS)
    assert "are the official texts</a>: English, Finnish" in client.get(reverse("wagtailadmin_home")).content.decode()
    LanguageTexts.objects.update(confirmed_by="Maija", confirmed_on="2026-11-01")
    assert "are the official texts" not in client.get(reverse("wagtailadmin_home")).content.decode()


def missing(client) -> dict[str, str]:
    """Return the entries of the panel "Missing information" and the names that follow each."""
    items = soup(client.get(reverse("wagtailadmin_home"))).select(".missing-information li")
    return {item.a.get_text(strip=True): item.get_text().partition(": ")[2].strip() for item in items}


def test_dashboard_lists_missing_information_until_it_is_entered(member, client, home_page):
    ProjectSettings.objects.update(contact_email="", grant_number="")
    programme = home_page.add_child(instance=ProgrammePage(title="Training", slug="training"))
    programme.modules = [ProgrammeModule(title="Nurses"), ProgrammeModule(title="Trainers", ects=5)]
    programme.save_revision().publish()
    make_page(AccessibilityPage, home_page, "Accessibility", feedback_email="")
    Organisation.objects.create(name="University", country="FI", locale=home_page.locale)
    Organisation.objects.create(name="Hospital", country="FI", role="beneficiary", locale=home_page.locale)
    member(permissions.EDITORS)

    found = missing(client)

    assert {"Contact email of the project", "Grant agreement number", "Privacy notice"} <= set(found)
    assert (found["Credits of the modules"], found["Roles of the partners"]) == ("Nurses", "University")
    assert found["Answers about taking part in the training"].startswith(
        "Can I still take part? Where does it take place?"
    )
    assert "Email for accessibility feedback" in found
    assert "Accessibility statement" not in found

    ProjectSettings.objects.update(contact_email="info@example.org", grant_number="1")
    AccessibilityPage.objects.update(feedback_email="info@example.org")
    ProgrammeModule.objects.update(cme_points=1)
    ProgrammePage.objects.update(
        entry_text="Yes.", place_text="Online.", languages=["fi"], duration_text="A week.", price_text="Nothing."
    )
    Organisation.objects.update(role="beneficiary")
    filled = {"Contact email of the project", "Grant agreement number", "Email for accessibility feedback"}
    filled |= {"Credits of the modules", "Roles of the partners", "Answers about taking part in the training"}
    assert not filled & set(missing(client))


def test_missing_information_is_only_listed_for_those_who_can_add_it(member, client, home_page):
    ProjectSettings.objects.update(contact_email="")
    Organisation.objects.create(name="University", country="FI", locale=home_page.locale)
    member("Translators: Finnish")
    assert missing(client) == {}


def test_translators_see_only_their_language(member, client, home_pages):
    """Set-up creates home pages with untranslated texts."""
    member("Translators: Finnish")
    page = soup(client.get(reverse("wagtailadmin_home")))
    languages = [row.find_all("td")[0].get_text(strip=True) for row in page.select(".matrix tbody tr")]
    assert languages == ["Finnish"]


def menu(client) -> list[str]:
    import json

    page = soup(client.get(reverse("wagtailadmin_home")))
    props = json.loads(page.find(id="wagtail-sidebar-props").string)
    items = next(part["_args"][0] for part in props["modules"] if part["_type"].endswith("MainMenuModule"))
    return [item["_args"][0]["label"] for item in items if item["_type"].startswith("wagtail.sidebar")]


def test_admin_menu_order(member, client):
    member(permissions.EDITORS)
    assert menu(client)[:9] == [
        "Pages",
        "Events",
        "News",
        "Fact sheets",
        "Translations",
        "Glossary",
        "Consortium",
        "Images",
        "Documents",
    ]
    assert "Snippets" not in menu(client)


# Writing news and fact sheets

LISTS = pytest.mark.parametrize(
    ("screen", "model", "path"),
    [
        ("articles", NewsIndexPage, ["news", "newspage"]),
        ("fact_sheets", FactSheetIndexPage, ["factsheets", "factsheetpage"]),
    ],
    ids=["news", "fact sheets"],
)


@LISTS
def test_authors_choose_the_language_first(member, client, home_pages, screen, model, path):
    for home in home_pages.values():
        home.add_child(instance=model(title="List", slug="list", locale=home.locale))
    member(permissions.PARTNER_EDITORS)
    button = soup(client.get(reverse(f"{screen}:index"))).select_one(
        "a.button[href*='/choose_parent/'], a[href*='/choose_parent/']"
    )
    page = soup(client.get(button["href"]))
    # The languages, and not the tree of pages.
    assert [link.get_text(strip=True) for link in page.select(".tasks a")] == [
        "English",
        "Finnish",
        "Estonian",
        "Greek",
    ]
    assert page.select("main form") == []
    for link in page.select(".tasks a"):
        assert client.get(link["href"]).status_code == 200


@LISTS
def test_authors_skip_the_choice_if_there_is_one_list(member, client, home_page, screen, model, path):
    index = home_page.add_child(instance=model(title="List", slug="list", locale=home_page.locale))
    member(permissions.PARTNER_EDITORS)
    answer = client.get(reverse(f"{screen}:choose_parent"))
    assert answer["Location"] == reverse("wagtailadmin_pages:add", args=[*path, index.pk])


def test_translators_cannot_create_news(member, client, home_pages):
    for home in home_pages.values():
        home.add_child(instance=NewsIndexPage(title="News", slug="news", locale=home.locale))
    member("Translators: Finnish")
    page = soup(client.get(reverse("articles:choose_parent")))
    assert page.select(".tasks a") == []
    assert "Ask an editor" in page.get_text()


# Lists


@pytest.mark.parametrize(
    ("model", "fields", "url"),
    [
        (Organisation, {"name": "University", "country": "FI"}, "wagtailsnippets_home_organisation:list"),
        (Person, {"name": "Maija"}, "wagtailsnippets_home_person:list"),
        (NewsCategory, {"name": "Events"}, "wagtailsnippets_news_newscategory:list"),
    ],
    ids=["organisations", "people", "categories"],
)
def test_lists_have_a_constant_number_of_queries_of_their_own(model, fields, url, admin_client, home_page):
    def add(number: int) -> None:
        extra = {"key": f"events-{number}"} if model is NewsCategory else {}
        if model is Person:
            extra["organisation"] = Organisation.objects.create(name="College", country="EE", locale=home_page.locale)
        model.objects.create(locale=home_page.locale, **fields, **extra)

    def count_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            answer = admin_client.get(reverse(url))
        assert answer.status_code == 200
        return len(queries)

    add(1)
    count_queries()
    first = count_queries()
    add(2)
    add(3)
    # wagtail-localize adds two queries for each row: its missing translations and its translation source.
    assert count_queries() == first + 2 * 2


def test_organisations_are_found_by_name_country_and_role(admin_client, home_page):
    for name, country, role in [("University", "FI", "coordinator"), ("College", "EE", "beneficiary")]:
        Organisation.objects.create(name=name, country=country, role=role, locale=home_page.locale)
    url = reverse("wagtailsnippets_home_organisation:list")

    def names(query: str) -> list[str]:
        page = soup(admin_client.get(url + query))
        return [link.get_text(strip=True) for link in page.select("table .title-wrapper a")]

    assert names("") == ["College", "University"]
    assert names("?country=EE") == ["College"]
    assert names("?role=coordinator") == ["University"]
    assert names("?q=univ") == ["University"]


def test_people_are_found_by_name(admin_client, home_page):
    for name in ("Anna Example", "Bea Example"):
        Person.objects.create(name=name, locale=home_page.locale)
    page = soup(admin_client.get(reverse("wagtailsnippets_home_person:list") + "?q=anna"))
    assert [link.get_text(strip=True) for link in page.select("table .title-wrapper a")] == ["Anna Example"]


def test_articles_are_listed_newest_first(admin_client, home_page):
    index = home_page.add_child(instance=NewsIndexPage(title="News", slug="news", locale=home_page.locale))
    for title, date in [("Old", "2023-01-01"), ("New", "2025-01-01"), ("Middle", "2024-01-01")]:
        index.add_child(instance=NewsPage(title=title, slug=title.lower(), date=date, locale=home_page.locale))
    page = soup(admin_client.get(reverse("articles:index")))
    titles = [link.get_text(strip=True) for link in page.select("table .title-wrapper a")]
    assert titles == ["New", "Middle", "Old"]
