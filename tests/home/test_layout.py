"""The layout of a page: canonical address, translations, breadcrumbs, menu and titles."""

import pytest
from django.core.cache import caches
from django.test import RequestFactory
from django.utils.translation import override
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, Site
from wagtail.test.utils.form_data import nested_form_data, streamfield

from home.layout import Layout
from home.models import (
    AccessibilityPage,
    ContentPage,
    HomePage,
    PartnersPage,
    PrivacyPage,
    ProgrammePage,
    ProjectPage,
    ProjectSettings,
    SiteImage,
)
from tests.factories.pages import make_alias, make_page, make_private
from tests.factories.project import describe_project, make_organisation, write_texts
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

ROOT = "http://localhost"
CODES = ["en", "fi", "et", "el"]


def layout_of(page: Page, **extra) -> Layout:
    return Layout(RequestFactory().get(page.url or "/", **extra), page=page.specific)


def head(client, url: str) -> dict:
    """Return the canonical address, alternates, robots and Open Graph data in the head of a page."""
    response = client.get(url)
    assert response.status_code == 200, url
    page = soup(response)
    canonical = page.find("link", rel="canonical")
    robots = page.find("meta", attrs={"name": "robots"})
    return {
        "title": page.title.get_text(),
        "canonical": canonical["href"] if canonical else None,
        "alternates": {link["hreflang"]: link["href"] for link in page.select("head link[hreflang]")},
        "robots": robots["content"] if robots else None,
        "og": {item["property"]: item["content"] for item in page.select("meta[property^='og:']")},
    }


@pytest.fixture
def site(home_pages):
    """A small site: a project in two languages with a page below it, a programme in one, the partners in three."""
    en, fi, et = (home_pages[code] for code in ("en", "fi", "et"))
    project = make_page(ProjectPage, en, "Project", show_in_menus=True)
    hanke = make_page(ProjectPage, fi, "Hanke", translation_of=project, show_in_menus=True)
    aims = make_page(ContentPage, project, "Aims")
    make_page(ContentPage, hanke, "Tavoitteet", translation_of=aims)
    make_page(ContentPage, project, "Methods")
    make_page(ProgrammePage, en, "Programme", show_in_menus=True)
    partners = make_page(PartnersPage, en, "Partners")
    make_page(PartnersPage, fi, "Kumppanit", translation_of=partners)
    make_page(PartnersPage, et, "Partnerid", translation_of=partners)
    make_page(PrivacyPage, en, "Privacy")
    make_page(AccessibilityPage, en, "Accessibility")
    return {page.title: page.specific for page in Page.objects.filter(depth__gt=2)} | {"home": en}


# Alternates


def test_alternates_of_translations_are_mutual(client, site):
    """Each page lists all its live translations including itself, and each of these lists the same ones."""
    pages = Page.objects.live().filter(depth__gte=2)
    found = {head(client, page.url)["canonical"]: head(client, page.url)["alternates"] for page in pages}
    assert len(found) == pages.count() == 15
    for address, alternates in found.items():
        default = alternates.pop("x-default")
        assert address in alternates.values()
        for code, other in alternates.items():
            assert other.startswith(f"{ROOT}/{code}/")
            assert {**found[other], "x-default": default} == {**alternates, "x-default": default}
    assert set(found[f"{ROOT}/en/partners/"]) == {"en", "fi", "et"}
    assert set(found[f"{ROOT}/en/project/methods/"]) == {"en"}


def test_x_default_is_the_root_for_home_pages_and_the_source_for_others(client, site):
    assert head(client, "/el/")["alternates"]["x-default"] == f"{ROOT}/"
    assert head(client, "/fi/hanke/")["alternates"]["x-default"] == f"{ROOT}/en/project/"


def test_x_default_of_a_page_without_translation_in_the_source_language_is_itself(client, home_pages):
    make_page(ContentPage, home_pages["et"], "Ainult eesti")
    assert head(client, "/et/ainult-eesti/")["alternates"] == {
        "et": f"{ROOT}/et/ainult-eesti/",
        "x-default": f"{ROOT}/et/ainult-eesti/",
    }


def test_alternates_exclude_drafts_and_private_pages(client, site, home_pages):
    make_page(PartnersPage, home_pages["el"], "Εταίροι", translation_of=site["Partners"], live=False)
    make_private(site["Partnerid"])
    assert set(head(client, "/en/partners/")["alternates"]) == {"en", "fi", "x-default"}


def test_alias_names_its_original_and_no_alternates(client, site, home_pages):
    alias = make_alias(site["Methods"], site["Hanke"])
    found = head(client, alias.url)
    assert found["canonical"] == f"{ROOT}/en/project/methods/"
    assert found["alternates"] == {}
    assert set(head(client, "/en/project/methods/")["alternates"]) == {"en", "x-default"}


def test_language_without_live_home_page_has_no_alternates(client, site, home_pages):
    home_pages["fi"].unpublish()
    assert set(head(client, "/en/partners/")["alternates"]) == {"en", "et", "x-default"}


# Canonical address and robots


@pytest.mark.parametrize("query", ["", "?page=2", "?utm_source=letter&x=<script>"])
def test_canonical_address_is_the_page_without_its_query(client, site, query):
    found = head(client, f"/en/project/{query}")
    assert found["canonical"] == found["og"]["og:url"] == f"{ROOT}/en/project/"


def test_canonical_address_does_not_come_from_the_request(client, site):
    response = client.get("/en/project/", headers={"host": "127.0.0.1", "x-forwarded-host": "evil.example"})
    assert "evil.example" not in response.text
    assert f'<link rel="canonical" href="{ROOT}/en/project/">' in response.text


def test_unknown_host_is_refused(client, site):
    assert client.get("/en/project/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/en/search/", "/en/search/?q=project"])
def test_search_is_not_indexed_and_has_no_canonical_address(client, site, path):
    found = head(client, path)
    assert found["robots"] == "noindex"
    assert found["canonical"] is None
    assert "og:url" not in found["og"]


def test_public_page_may_be_indexed(client, site):
    assert head(client, "/en/project/")["robots"] is None


def test_private_page_and_draft_are_not_indexed(site):
    make_private(site["Project"])
    assert layout_of(site["Aims"]).noindex
    assert not layout_of(site["Partners"]).noindex
    site["Partners"].unpublish()
    assert layout_of(Page.objects.get(pk=site["Partners"].pk)).noindex


def test_private_page_requires_sign_in_and_is_not_cached(client, site):
    make_private(site["Project"])
    response = client.get("/en/project/aims/")
    assert response.status_code == 302
    assert "private" in response["Cache-Control"]


def test_restriction_of_the_original_applies_to_its_alias(client, site):
    alias = make_alias(site["Methods"], site["Hanke"])
    assert client.get(alias.url).status_code == 200
    make_private(site["Methods"])
    assert client.get(alias.url).status_code == 302


# Languages


def switcher(page: Page, codes=CODES) -> dict[str, tuple[str, bool, str]]:
    with override(page.locale.language_code):
        languages = layout_of(page).languages
    assert [language.code for language in languages] == codes
    assert [language.code for language in languages if language.is_current] == [page.locale.language_code]
    return {language.code: (language.url, language.is_translated, language.nearest_title) for language in languages}


def test_switcher_links_to_the_translation_or_the_nearest_translated_ancestor(site):
    assert switcher(site["Methods"]) == {
        "en": ("/en/project/methods/", True, ""),
        "fi": ("/fi/hanke/", False, "Hanke"),
        "et": ("/et/", False, "Beacon"),
        "el": ("/el/", False, "Beacon"),
    }
    assert switcher(site["Aims"])["fi"] == ("/fi/hanke/tavoitteet/", True, "")


def test_switcher_does_not_link_to_drafts_private_pages_or_missing_home_pages(site, home_pages):
    site["Partnerid"].unpublish()
    make_private(site["Kumppanit"])
    home_pages["el"].unpublish()
    found = switcher(site["Partners"], ["en", "fi", "et"])
    assert found["fi"] == ("/fi/", False, "Beacon")
    assert found["et"] == ("/et/", False, "Beacon")


def test_switcher_of_the_search_links_to_the_search(rf, site):
    languages = Layout(rf.get("/fi/search/"), title="Search", view_name="search").languages
    assert [(language.url, language.is_translated) for language in languages] == [
        (f"/{code}/search/", True) for code in CODES
    ]


def test_languages_have_their_own_names(site):
    assert [language.name for language in layout_of(site["Project"]).languages] == [
        "English",
        "Suomi",
        "Eesti",
        "Ελληνικά",
    ]


# Breadcrumbs, menu, titles


def test_breadcrumbs_are_the_ancestors_of_the_page(site):
    assert [link.url for link in layout_of(site["Aims"]).breadcrumbs] == ["/en/", "/en/project/"]
    assert [link.title for link in layout_of(site["Aims"]).breadcrumbs] == ["Beacon", "Project"]
    assert layout_of(site["home"]).breadcrumbs == []


def test_page_below_an_unpublished_one_leaves_it_out_of_the_breadcrumbs(client, site):
    site["Project"].unpublish()
    assert [link.url for link in layout_of(site["Aims"]).breadcrumbs] == ["/en/"]
    assert client.get("/en/project/aims/").status_code == 200


def test_menu_contains_live_public_pages_shown_in_menus(site, django_capture_on_commit_callbacks):
    def titles() -> list[str]:
        return [item.title for item in layout_of(Page.objects.get(pk=site["Aims"].pk)).menu]

    assert titles() == ["Project", "Programme"]
    with django_capture_on_commit_callbacks(execute=True):
        make_private(site["Programme"])
    assert titles() == ["Project"]


def test_menu_marks_the_current_page_and_section(site):
    def marks(page: Page) -> list[tuple[bool, bool]]:
        return [(item.is_current, item.is_ancestor) for item in layout_of(page).menu]

    assert marks(site["Project"]) == [(True, False), (False, False)]
    assert marks(site["Aims"]) == [(False, True), (False, False)]


def test_every_page_links_to_the_legal_pages(site):
    assert [item.url for item in layout_of(site["Aims"]).legal_pages] == ["/en/privacy/", "/en/accessibility/"]


def test_title_contains_page_section_and_site(site):
    write_texts("en", project_title="The whole title")
    assert layout_of(site["Aims"]).title == "Aims – Project – Beacon"
    assert layout_of(site["Project"]).title == "Project – Beacon"
    assert layout_of(site["home"]).title == "Beacon – The whole title"


def test_seo_title_and_search_description_take_precedence(client, home_page):
    make_page(ContentPage, home_page, "Page", seo_title="Found", search_description="What it is", lead="Lead")
    found = head(client, "/en/page/")
    assert found["title"] == found["og"]["og:title"] == "Found – Beacon"
    assert found["og"]["og:description"] == "What it is"


def test_open_graph_has_language_and_image(client, site):
    found = head(client, "/fi/kumppanit/")["og"]
    assert found["og:locale"] == "fi_FI"
    assert found["og:image"].startswith(ROOT)
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    assert found["og:image:alt"]
    response = client.get("/fi/kumppanit/")
    others = soup(response).select("meta[property='og:locale:alternate']")
    assert [item["content"] for item in others] == ["en_GB", "et_EE"]


def test_the_alternative_text_of_a_shared_image_is_its_description_and_not_the_name_of_its_file(client, home_page):
    image = SiteImage.objects.create(title="IMG_4711", file=get_test_image_file())
    make_page(ContentPage, home_page, "Page", share_image=image)
    assert "og:image:alt" not in head(client, "/en/page/")["og"]
    image.description = "A nurse reads"
    image.save()
    caches["pages"].clear()
    assert head(client, "/en/page/")["og"]["og:image:alt"] == "A nurse reads"


# The project


def test_coordinator_is_named_in_the_language_of_the_page(site):
    english = make_organisation("University", role="coordinator")
    make_organisation("Yliopisto", "fi", translation_key=english.translation_key, role="coordinator")
    describe_project(coordinator=english)
    assert (layout_of(site["Hanke"]).coordinator.name, layout_of(site["Hanke"]).coordinator.foreign_language) == (
        "Yliopisto",
        "",
    )
    in_estonian = layout_of(site["Partnerid"]).coordinator
    assert (in_estonian.name, in_estonian.foreign_language) == ("University", "en")


def test_each_language_has_its_own_texts(client, site):
    write_texts("en")
    write_texts("fi", funding_statement="Euroopan unionin rahoittama")
    assert "Euroopan unionin rahoittama" in client.get("/fi/hanke/").text
    assert "Euroopan unionin rahoittama" not in client.get("/en/project/").text
    assert "Funded by the European Union (en)" in client.get("/en/project/").text


# Incomplete sites


@pytest.mark.parametrize("path", ["/en/", "/en/project/", "/en/search/?q=project", "/en/missing/"])
def test_pages_render_without_project_settings(client, site, path):
    ProjectSettings.objects.all().delete()
    response = client.get(path)
    assert response.status_code == (404 if "missing" in path else 200)
    assert "Project site</title>" in response.text


@pytest.mark.parametrize("path", ["/", "/en/", "/en/search/?q=project", "/robots.txt", "/sitemap.xml"])
def test_request_without_a_site_record_is_no_server_error(client, site, path):
    Site.objects.all().delete()
    assert client.get(path).status_code in {200, 302, 404}


def test_preview_of_a_page_that_was_never_saved(admin_client, site):
    """The preview panel of the form of a new page."""
    url = f"/admin/pages/add/home/contentpage/{site['Project'].pk}/preview/"
    data = nested_form_data(
        {"title": "Brand new", "slug": "brand-new", "lead": "Not yet there", "body": streamfield([])}
    )
    answer = admin_client.post(url, data)
    assert answer.json()["is_valid"], answer.content
    response = admin_client.get(f"{url}?mode=")
    assert response.status_code == 200
    page = soup(response)
    assert page.h1.get_text(strip=True) == "Brand new"
    assert [link["href"] for link in page.select(".breadcrumbs a")] == ["/en/", "/en/project/"]


def test_draft_is_shown_in_the_preview_of_editors_only(admin_client, client, site):
    page = ContentPage.objects.get(title="Aims")
    page.title = "Better aims"
    page.save_revision()
    response = admin_client.get(f"/admin/pages/{page.pk}/view_draft/")
    assert "Better aims" in response.text
    assert "private" in response["Cache-Control"]
    assert "Better aims" not in client.get("/en/project/aims/").text


def test_layout_of_a_home_page_without_a_site_record(rf, home_page):
    root = Page.get_first_root_node()
    lost = root.add_child(instance=HomePage(title="Lost", slug="lost", headline="Lost", locale=home_page.locale))
    layout = Layout(rf.get("/"), page=lost)
    assert layout.canonical_url == ""
    assert [language.code for language in layout.languages] == ["en"]
