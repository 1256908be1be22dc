"""What accounts may do with what belongs to their organisation, to another one, and to the coordinator."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Page
from wagtail.users.models import UserProfile
from wagtail_localize.models import Translation

from factsheets.models import Contributor, FactSheetIndexPage, FactSheetPage
from home import permissions, roles
from home.models import Organisation
from home.translations.permissions import may_edit, may_start, translated_languages
from home.translations.sources import translate
from home.view_permissions import may_choose
from news.models import NewsIndexPage, NewsPage
from tests import permission_table
from tests.factories.project import make_organisation, make_person
from tests.html import soup

pytestmark = pytest.mark.any_database

ROLES = ("colleague", "other", "stranger")


@pytest.fixture
def partner(db):
    return make_organisation("Turku")


@pytest.fixture
def accounts(partner) -> dict[str, User]:
    """Partner editors: a writer and a colleague at one partner, one of another partner, one of none."""
    other = make_organisation("Tallinn")
    group = Group.objects.get(name=permissions.PARTNER_EDITORS)
    found = {}
    for name, organisation in (("writer", partner), ("colleague", partner), ("other", other), ("stranger", None)):
        found[name] = User.objects.create_user(name)
        found[name].groups.add(group)
        if organisation:
            organisation.editors.add(found[name])
    return found


def fresh(user: User) -> User:
    """Return the account as the next request reads it."""
    return User.objects.get(pk=user.pk)


def add_page(home, index_type, page_type, owner, **fields):
    index = home.get_children().type(index_type).first()
    if index is None:
        index = home.add_child(instance=index_type(title="List", slug=index_type.__name__.lower(), locale=home.locale))
    number = index.get_children().count()
    page = page_type(title=f"Page {number}", slug=f"page-{number}", locale=home.locale, owner=owner, **fields)
    return index.specific.add_child(instance=page)


@pytest.fixture
def article(home_pages, accounts) -> NewsPage:
    """A published article of the writer that names no organisation."""
    return add_page(home_pages["en"], NewsIndexPage, NewsPage, accounts["writer"])


@pytest.fixture
def fact_sheet(home_pages, accounts) -> FactSheetPage:
    return add_page(home_pages["en"], FactSheetIndexPage, FactSheetPage, accounts["writer"], live=False)


def who_edits(page: Page, accounts: dict[str, User]) -> set[str]:
    page = Page.objects.get(pk=page.pk)
    return {name for name, user in accounts.items() if page.permissions_for_user(fresh(user)).can_edit()}


@pytest.mark.parametrize(
    ("is_named", "words"),
    [
        (True, "“Page 0” belongs to Turku. Only its own people, editors and translators may change it."),
        (False, "You may see “Page 0” in lists, but not change it."),
    ],
)
def test_who_may_not_edit_a_page_reads_why(is_named, words, accounts, article, partner, client):
    if is_named:
        article.organisation = partner
        article.save()
    client.force_login(accounts["other"])
    answer = client.get(reverse("wagtailadmin_pages:edit", args=[article.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("wagtailadmin_explore", args=[article.get_parent().pk]), 302)]
    message = soup(answer).select_one(".messages")
    assert words in " ".join(message.get_text(" ").split())
    assert {link["href"] for link in message.select("a")} == {article.url, reverse("permission_table")}


def test_pages_that_an_account_does_not_see_are_refused_without_their_title(article, client):
    user = User.objects.create_user("answering")
    user.groups.add(Group.objects.get(name=roles.COORDINATORS))
    client.force_login(user)
    answer = client.get(reverse("wagtailadmin_pages:edit", args=[article.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("wagtailadmin_home"), 302)]
    assert "Page 0" not in answer.text


@pytest.mark.parametrize("kind", ["article", "fact_sheet"])
def test_colleagues_edit_what_one_of_them_wrote(kind, accounts, request):
    assert who_edits(request.getfixturevalue(kind), accounts) == {"writer", "colleague"}


def test_an_article_belongs_to_the_organisation_that_it_names(accounts, article, partner):
    """The coordinator's editor wrote it for the partner, and then says that another partner wrote it."""
    article.owner = User.objects.create_user("coordinator")
    article.organisation = partner
    article.save()
    assert who_edits(article, accounts) == {"writer", "colleague"}
    article.organisation = make_organisation("Coordinator")
    article.save()
    assert who_edits(article, accounts) == set()


def test_writers_do_not_edit_what_names_another_organisation(accounts, article):
    article.organisation = make_organisation("Third")
    article.save()
    assert who_edits(article, accounts) == set()
    article.organisation = None
    article.save()
    assert who_edits(article, accounts) == {"writer", "colleague"}


def test_writers_without_an_organisation_edit_their_own_pages_only(accounts, home_pages):
    article = add_page(home_pages["en"], NewsIndexPage, NewsPage, accounts["stranger"])
    assert who_edits(article, accounts) == {"stranger"}


def test_a_fact_sheet_belongs_to_the_organisations_of_its_authors(accounts, fact_sheet, partner):
    other = make_organisation("Third")
    Contributor.objects.create(publication=fact_sheet.publication, name="An author", organisation=other)
    assert who_edits(fact_sheet, accounts) == set()
    Contributor.objects.create(publication=fact_sheet.publication, name="Another", organisation=partner)
    assert who_edits(fact_sheet, accounts) == {"writer", "colleague"}


def test_colleagues_edit_all_languages_and_their_membership_counts_in_all(accounts, article, partner, home_pages):
    translate(article, [home_pages[code].locale for code in ("fi", "el")])
    finnish = partner.copy_for_translation(home_pages["fi"].locale)
    finnish.save()
    for page in article.get_translations():
        assert who_edits(page, accounts) == {"writer", "colleague"}, page.locale
    partner.editors.remove(accounts["colleague"])
    finnish.editors.add(accounts["colleague"])
    assert who_edits(article, accounts) == {"writer", "colleague"}


def test_the_source_decides_whose_a_page_is(accounts, article, partner, home_pages):
    """A translator may detach a translation and let it name an organisation of theirs."""
    finnish = home_pages["fi"].locale
    article.organisation = partner
    article.save()
    translate(article, [finnish])
    Translation.objects.update(enabled=False)
    translation = article.get_translation(finnish)
    translation.organisation = Organisation.objects.get(name="Tallinn")
    translation.owner = accounts["other"]
    translation.save()
    for page in (article, translation):
        assert who_edits(page, accounts) == {"writer", "colleague"}, page.locale
    article.organisation = None
    article.save()
    assert who_edits(article, accounts) == {"writer", "colleague"}


def test_a_page_whose_source_is_gone_decides_for_itself(accounts, article, partner, home_pages):
    finnish = home_pages["fi"].locale
    translate(article, [finnish])
    translation = article.get_translation(finnish)
    translation.organisation = Organisation.objects.get(name="Tallinn")
    translation.owner = None
    translation.save()
    Translation.objects.update(enabled=False)
    article.delete()
    assert who_edits(translation, accounts) == {"other"}


def test_other_pages_stay_with_their_owner(accounts, home_page):
    """A list page has no organisation: colleagues do not change it."""
    index = home_page.add_child(
        instance=NewsIndexPage(title="News", slug="news", locale=home_page.locale, owner=accounts["writer"])
    )
    assert who_edits(index, accounts) == {"writer"}


@pytest.mark.slow
def test_only_the_organisation_opens_saves_and_lists_the_page(accounts, article, client):
    address = reverse("wagtailadmin_pages:edit", args=[article.pk])
    form = {"title": "Changed", "slug": article.slug, "lead": "", "summary": "", "date": "2026-01-01"}
    form |= {f"{name}-count": "0" for name in ("body",)}
    form |= {f"{prefix}-{name}_FORMS": "0" for prefix in ("related_pages", "comments") for name in ("TOTAL", "INITIAL")}
    found = {}
    for name in ROLES:
        client.force_login(fresh(accounts[name]))
        opened = client.get(address).status_code
        saved = client.post(address, form | {"title": f"Changed by {name}"}).status_code
        published = client.post(address, form | {"action-publish": "yes"})
        deleted = client.post(reverse("wagtailadmin_pages:delete", args=[article.pk])).status_code
        assert published.status_code == 302
        article.refresh_from_db()
        found[name] = (opened, saved, deleted, article.latest_revision_id is not None)
        assert (article.live, article.title) == (True, "Page 0")
    drafts = set(article.revisions.values_list("user__username", flat=True))
    assert drafts <= {"colleague"}
    assert found == {
        "colleague": (200, 302, 302, True),
        "other": (302, 302, 302, True),
        "stranger": (302, 302, 302, True),
    }
    assert may_choose(fresh(accounts["colleague"]), article)


def test_drafts_are_read_by_the_organisation_only(accounts, article):
    article.live = False
    article.save()
    assert {name for name in accounts if may_choose(fresh(accounts[name]), article)} == {"writer", "colleague"}


def test_colleagues_start_translations_of_what_is_theirs(accounts, article, partner, home_pages):
    person = make_person("A person", organisation=partner)
    finnish = home_pages["fi"].locale
    for name in accounts:
        user = fresh(accounts[name])
        is_own = name in {"writer", "colleague"}
        assert [may_start(user, item, finnish) for item in (article, partner, person)] == [is_own] * 3
        assert bool(translated_languages(user).of(article.translation_key)) is is_own


def test_people_and_entries_of_others_stay_closed(accounts, partner):
    person = make_person("A person", organisation=partner)
    for name in accounts:
        is_own = name in {"writer", "colleague"}
        assert [may_edit(fresh(accounts[name]), item) for item in (partner, person)] == [is_own] * 2


def test_the_overview_offers_only_what_is_theirs(accounts, article, partner, home_pages, client):
    foreign = add_page(home_pages["en"], NewsIndexPage, NewsPage, None)
    starts = {}
    for name in ("colleague", "stranger"):
        client.force_login(accounts[name])
        page = soup(client.get(reverse("translations:overview")))
        forms = page.select(f'form[action="{reverse("translations:start")}"]')
        starts[name] = {tuple(form.select_one(f"[name={key}]")["value"] for key in ("model", "pk")) for form in forms}
    own = {("wagtailcore.page", str(article.pk)), ("home.organisation", str(partner.pk))}
    assert starts == {"colleague": own, "stranger": set()}
    # It waits for a translation, too.
    assert not foreign.has_translation(home_pages["fi"].locale)


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_depend_on_the_pages(number, accounts, article, django_assert_num_queries):
    parent = article.get_parent().specific
    for index in range(number):
        parent.add_child(
            instance=NewsPage(title="More", slug=f"more-{index}", locale=article.locale, owner=accounts["writer"])
        )
    user = fresh(accounts["colleague"])
    pages = [page.specific for page in Page.objects.child_of(parent).specific()]
    # Permissions of the groups, organisations, and three for each of two types of page.
    with django_assert_num_queries(8):
        assert all(page.permissions_for_user(user).can_edit() for page in pages)


# The table


def test_documentation_has_the_table():
    assert permission_table.documented() == permission_table.expected(), "Run: python -m tests.permission_table --write"


def test_every_permission_of_the_table_exists(db):
    for role in roles.roles():
        assert len(permissions._permissions(role.permissions)) == len(set(role.permissions))


@pytest.mark.parametrize("language", ["en", "fi"])
def test_everyone_sees_the_table_in_their_language_with_their_roles(language, accounts, partner, client):
    UserProfile.objects.create(user=accounts["writer"], preferred_language=language)
    client.force_login(accounts["writer"])
    page = soup(client.get(reverse("permission_table")))
    table = page.select_one("main table")
    with override(language):
        assert [cell.get_text() for cell in table.select("thead th")][1:] == [item.label for item in roles.columns()]
    assert len(table.select("tbody tr")) == len(roles.RESOURCES)
    assert len(table.select("thead th")) == len(roles.columns()) + 1
    assert partner.name in page.select_one("main").get_text()


def test_the_table_needs_an_account(client, db):
    assert client.get(reverse("permission_table")).status_code == 302


def test_a_new_article_names_the_organisation_of_its_writer(accounts, article, partner, client):
    new = reverse("wagtailadmin_pages:add", args=["news", "newspage", article.get_parent().pk])
    for name, expected in (("writer", str(partner.pk)), ("stranger", "")):
        client.force_login(accounts[name])
        field = soup(client.get(new)).select_one("[name=organisation]")
        assert field.get("value", "") == expected, name
