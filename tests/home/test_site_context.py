"""The site context is cached until one of its rows changes."""

import pytest
from wagtail.models import Page, PageViewRestriction, Site

from home.models import ContentPage, LanguageTexts, ProjectSettings, SocialAccount
from home.site_context import SiteContext, private_paths, public
from tests.factories.pages import make_alias, make_page, make_private
from tests.factories.project import describe_project, make_organisation, write_texts

pytestmark = pytest.mark.any_database


@pytest.fixture
def site(db) -> Site:
    return Site.objects.get(is_default_site=True)


def test_context_is_read_once(site, django_assert_num_queries):
    describe_project(coordinator=make_organisation("University"))
    write_texts("en")
    with django_assert_num_queries(5):
        SiteContext.of(site)
    with django_assert_num_queries(0):
        context = SiteContext.of(site)
        assert context.settings.grant_number == "101000001"
        assert context.texts["en"].authority_name == "The agency (en)"
        assert context.coordinator("fi").name == "University"


def change_settings() -> None:
    project = ProjectSettings.objects.get()
    project.grant_number = "2"
    project.save()


def change_texts() -> None:
    LanguageTexts.objects.get().delete()


def add_account() -> None:
    project = describe_project()
    SocialAccount.objects.create(project=project, label="Fediverse", url="https://example.social/@beacon")


def rename_coordinator() -> None:
    coordinator = describe_project().coordinator
    coordinator.name = "Renamed"
    coordinator.save()


def restrict_a_page() -> None:
    page = ContentPage.objects.get(title="Below")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


@pytest.mark.parametrize(
    "change",
    [change_settings, change_texts, add_account, rename_coordinator, restrict_a_page],
    ids=lambda f: f.__name__,
)
def test_change_is_seen_at_once(site, home_page, django_capture_on_commit_callbacks, change):
    make_page(ContentPage, home_page, "Below")
    describe_project(coordinator=make_organisation("University"), grant_number="1")
    write_texts("en")

    def seen() -> tuple:
        context = SiteContext.of(site)
        coordinator = context.coordinator("en")
        return (
            context.settings.grant_number,
            sorted(context.texts),
            len(context.social_accounts),
            coordinator.name,
            len(context.private_paths),
        )

    before = seen()
    with django_capture_on_commit_callbacks(execute=True):
        change()
        # Until the commit other requests read the old rows.
        assert seen() == before
    assert seen() != before


def test_pages_below_a_private_page_and_its_aliases_are_private(home_pages, rf):
    parent = make_page(ContentPage, home_pages["en"], "Parent")
    below = make_page(ContentPage, parent, "Below")
    open_page = make_page(ContentPage, home_pages["en"], "Open")
    alias = make_alias(parent, home_pages["fi"])
    make_private(parent)
    assert set(private_paths()) == {Page.objects.get(pk=pk).path for pk in (parent.pk, alias.pk)}
    titles = set(public(Page.objects.filter(depth__gt=2)).values_list("title", flat=True))
    assert titles == {"Open"}
    context = SiteContext(private_paths=private_paths())
    assert [context.is_public(page) for page in (parent, below, alias, open_page)] == [False, False, False, True]


@pytest.mark.django_db
def test_context_without_a_site_is_empty():
    context = SiteContext.of(None)
    assert (context.settings, context.texts, context.social_accounts, context.coordinator("en")) == (None, {}, (), None)


def test_coordinator_in_another_language_is_named(site):
    describe_project(coordinator=make_organisation("Πανεπιστήμιο", "el"))
    chosen = SiteContext.of(site).coordinator("fi")
    assert (chosen.name, chosen.foreign_language) == ("Πανεπιστήμιο", "el")


def test_context_read_during_a_change_is_not_cached(site, monkeypatch):
    describe_project(grant_number="1")
    load = SiteContext._load

    def load_during_a_change(site: Site) -> SiteContext:
        context = load(site)
        ProjectSettings.objects.update(grant_number="2")
        SiteContext.clear_cache()
        return context

    with monkeypatch.context() as patch:
        patch.setattr(SiteContext, "_load", load_during_a_change)
        assert SiteContext.of(site).settings.grant_number == "1"
    assert SiteContext.of(site).settings.grant_number == "2"
