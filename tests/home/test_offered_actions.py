"""The admin offers an action on a page only to those who may do it, and none that destroys a translation."""

import json

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from wagtail_localize.models import Translation

from factsheets.models import Topic
from home import permissions
from home.models import ContentPage, Organisation, Person
from news.models import NewsCategory
from tests.factories.events import commit, in_language, publish
from tests.factories.translations import make_translations
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

GROUPS = [
    permissions.EDITORS,
    permissions.PARTNER_EDITORS,
    permissions.EVENT_ORGANISERS,
    "Translators: English",
    "Translators: Finnish",
]


@pytest.fixture
def sign_in(db, client):
    def as_member(group: str) -> User:
        user = User.objects.create_user("member")
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        return user

    return as_member


@pytest.fixture
def page(home_page):
    """A published page with a published translation into Finnish."""
    page = home_page.add_child(instance=ContentPage(title="Page", slug="page", locale=home_page.locale))
    publish(page)
    make_translations(page, ("fi",))
    return page


def translation_of(page) -> Translation:
    return Translation.objects.get(source__object_id=page.translation_key)


def editor(client, page) -> dict:
    answer = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    return json.loads(soup(answer).find(class_="js-translation-editor")["data-props"])


def is_refused(answer) -> bool:
    # Wagtail sends users without permission to the dashboard.
    return answer.status_code != 200 or answer.request["PATH_INFO"] == reverse("wagtailadmin_home")


@pytest.mark.parametrize("code", ["en", "fi"])
@pytest.mark.parametrize("group", GROUPS)
def test_every_link_of_a_page_works_for_those_who_see_it(group, code, page, sign_in, client):
    sign_in(group)
    here = in_language(page, code)
    screens = [
        reverse("wagtailadmin_explore", args=[here.get_parent().pk]),
        reverse("wagtailadmin_explore", args=[here.pk]),
        reverse("wagtailadmin_pages:edit", args=[here.pk]),
        reverse("wagtailadmin_pages:history", args=[here.pk]),
    ]
    links = {
        link["href"].partition("#")[0]
        for screen in screens
        for link in soup(client.get(screen)).select("a[href]")
        if f"/{here.pk}/" in link["href"] and link["href"].startswith("/admin/")
    }
    assert [link for link in sorted(links) if is_refused(client.get(link, follow=True))] == []


def test_deleting_moving_and_copying_is_offered_to_those_who_add_pages(page, sign_in, client):
    sign_in("Translators: Finnish")
    finnish = in_language(page, "fi")
    assert editor(client, finnish)["perms"] == {
        "canPublish": True,
        "canUnpublish": True,
        "canLock": False,
        "canUnlock": False,
        "canDelete": False,
    }
    listing = client.get(reverse("wagtailadmin_explore", args=[finnish.get_parent().pk])).content.decode()
    offered = [
        name
        for name in ("delete", "move", "copy")
        if reverse(f"wagtailadmin_pages:{name}", args=[finnish.pk]) in listing
    ]
    assert offered == []


def test_a_translation_cannot_become_an_alias(page, sign_in, client):
    sign_in("Translators: Finnish")
    finnish = in_language(page, "fi")
    assert editor(client, finnish)["links"]["convertToAliasUrl"] is None
    url = reverse("wagtail_localize:convert_to_alias", args=[finnish.pk])
    assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)
    finnish.refresh_from_db()
    assert (finnish.title, finnish.alias_of) == ("fi Page", None)
    Translation.objects.update(enabled=False)
    menu = soup(client.get(reverse("wagtailadmin_pages:edit", args=[finnish.pk]))).select("button[name]")
    names = {button["name"] for button in menu}
    assert "localize-restart-translation" in names
    assert "localize-convert-to-alias" not in names


def test_a_page_cannot_be_copied_as_an_alias(page, admin_client):
    form = soup(admin_client.get(reverse("wagtailadmin_pages:copy", args=[page.pk])))
    names = [field["name"] for field in form.select("main form [name]") if field["name"].isidentifier()]
    assert {"new_title", "new_slug", "publish_copies"} <= set(names)
    assert "alias" not in names


def test_a_translation_is_stopped_only_after_a_question(page, sign_in, client):
    sign_in("Translators: Finnish")
    finnish = in_language(page, "fi")
    links = editor(client, finnish)["links"]
    edit_url = reverse("wagtailadmin_pages:edit", args=[finnish.pk])
    question = soup(client.post(links["stopTranslationUrl"], {"next": edit_url}))
    assert question.h1.get_text(strip=True) == "Stop updating this translation?"
    assert translation_of(page).enabled
    form = question.select_one("main form")
    data = {field["name"]: field.get("value", "") for field in form.select("[name]")}
    with commit():
        answer = client.post(links["stopTranslationUrl"], data)
    assert answer["Location"] == edit_url
    assert not translation_of(page).enabled


@pytest.mark.parametrize("kind", ["page", "organisation"])
def test_a_stopped_translation_is_updated_again_only_after_a_question(kind, page, sign_in, client):
    if kind == "page":
        row, url = in_language(page, "fi"), "wagtailadmin_pages:edit"
    else:
        college = make_translations(
            Organisation.objects.create(name="College", country="EE", locale=page.locale), ("fi",)
        )
        row, url = in_language(college, "fi"), Organisation.snippet_viewset.get_url_name("edit")
    sign_in(permissions.EDITORS)
    stopped = Translation.objects.filter(source__object_id=row.translation_key)
    stopped.update(enabled=False)
    address = reverse(url, args=[row.pk])

    question = soup(client.post(address, {"localize-restart-translation": "", "title": "My own words"}))

    assert question.h1.get_text(strip=True).startswith("Update this translation again?")
    assert not stopped.get().enabled
    data = {field["name"]: field.get("value", "") for field in question.select_one("main form").select("[name]")}
    assert client.post(address, data).status_code == 302
    assert stopped.get().enabled


@pytest.fixture
def snippets(home_page):
    """An organisation with a person, a category and a topic, each with a translation into Finnish."""
    locale = home_page.locale
    college = Organisation.objects.create(name="College", country="EE", locale=locale)
    rows = [
        college,
        Person.objects.create(name="Maija", organisation=college, locale=locale),
        NewsCategory.objects.create(name="Reports", key="reports", locale=locale),
        Topic.objects.create(name="Nursing", key="nursing", locale=locale),
    ]
    for row in rows:
        make_translations(row, ("fi",))
    return rows


# The languages in which each group may edit snippets. Nobody here is named as an editor of the organisation.
EDITED = {permissions.EDITORS: {"en", "fi"}, "Translators: English": {"en"}, "Translators: Finnish": {"fi"}}


@pytest.mark.parametrize("group", GROUPS)
def test_lists_of_snippets_link_only_what_may_be_edited(group, snippets, sign_in, client):
    sign_in(group)
    offered = set()
    for snippet in snippets:
        viewset = snippet.snippet_viewset
        answer = client.get(reverse(viewset.get_url_name("list")))
        if answer.status_code == 302:
            continue
        links = {link["href"].partition("?")[0] for link in soup(answer).select("main a[href]")}
        add = reverse(viewset.get_url_name("add"))
        assert (add in links) == (not is_refused(client.get(add, follow=True)))
        for code in ("en", "fi"):
            row = in_language(snippet, code)
            url = reverse(viewset.get_url_name("edit"), args=[row.pk])
            assert (url in links) == (not is_refused(client.get(url, follow=True))), (row, code)
            offered |= {code} if url in links else set()
    assert offered == EDITED.get(group, set())
