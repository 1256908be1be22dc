"""The permissions of each group, and running set-up again."""

import datetime

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.documents.permissions import permission_policy as documents_policy
from wagtail.images.permissions import permission_policy as images_policy
from wagtail.models import Collection, GroupApprovalTask, GroupPagePermission, Locale, Page, Workflow
from wagtail_localize.models import OverridableSegment, StringSegment, StringTranslation, Translation
from wagtail_localize.wagtail_hooks import register_admin_urls

from events.models import Event, EventIndexPage, EventPage
from home import permissions
from home.models import ContentPage, Organisation, Person
from home.translations.sources import translate
from news.models import NewsIndexPage, NewsPage

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

LANGUAGES = ("en", "fi", "et", "el")
GROUPS = (
    permissions.EDITORS,
    permissions.PARTNER_EDITORS,
    permissions.EVENT_ORGANISERS,
    "Translators: English",
    "Translators: Finnish",
    "Translators: Estonian",
    "Translators: Greek",
)


@pytest.fixture
def member(db):
    """Make a user of a group: member("Editors")."""

    def make(group: str, username: str = "member") -> User:
        user = User.objects.create_user(username, password="a password of a member")
        user.groups.add(Group.objects.get(name=group))
        return user

    return make


@pytest.fixture
def news(home_pages) -> dict[str, NewsPage]:
    """A published article by another user in each language."""
    author = User.objects.create_user("author")
    articles = {}
    for code, home in home_pages.items():
        index = home.add_child(instance=NewsIndexPage(title=f"News {code}", slug="news", locale=home.locale))
        articles[code] = index.add_child(
            instance=NewsPage(title="Someone’s", slug="someones", locale=home.locale, owner=author)
        )
    return articles


def test_group_names(db):
    names = [*GROUPS, permissions.COORDINATORS, permissions.DATA_PROTECTION]
    assert set(Group.objects.values_list("name", flat=True)) == set(names)
    assert [role.name for role in permissions.roles()] == names


# What each group may do with a published article by another user, by the language of the article.
OTHERS_PAGES = {
    permissions.EDITORS: {code: {"add", "edit", "publish", "delete"} for code in LANGUAGES},
    permissions.PARTNER_EDITORS: {code: {"add"} for code in LANGUAGES},
    permissions.EVENT_ORGANISERS: {code: {"add"} for code in LANGUAGES},
    "Translators: English": {"en": {"edit", "publish"}},
    "Translators: Finnish": {"fi": {"edit", "publish"}},
    "Translators: Estonian": {"et": {"edit", "publish"}},
    "Translators: Greek": {"el": {"edit", "publish"}},
}


@pytest.mark.parametrize("group", GROUPS)
def test_page_permissions_of_a_group(group, member, news):
    user = member(group)
    allowed = {}
    for code, article in news.items():
        own = article.permissions_for_user(user)
        parent = article.get_parent().permissions_for_user(user)
        checks = {
            "add": parent.can_add_subpage(),
            "edit": own.can_edit(),
            "publish": own.can_publish(),
            "delete": own.can_delete(),
        }
        if actions := {action for action, is_allowed in checks.items() if is_allowed}:
            allowed[code] = actions
    assert allowed == OTHERS_PAGES[group]


@pytest.mark.parametrize(
    ("group", "is_allowed"),
    [(permissions.EVENT_ORGANISERS, True), (permissions.PARTNER_EDITORS, False), ("Translators: Finnish", False)],
)
def test_organisers_publish_below_the_list_of_events(group, is_allowed, member, home_pages):
    author = User.objects.create_user("author")
    pages = []
    for code in ("en", "el"):
        home = home_pages[code]
        index = home.add_child(instance=EventIndexPage(title="Events", slug="events", locale=home.locale, owner=author))
        event = Event.objects.create(first_day=datetime.date(2030, 5, 6))
        page = EventPage(title="Forum", slug="forum", locale=home.locale, event=event, owner=author)
        pages.append(index.add_child(instance=page))
    rights = [page.permissions_for_user(member(group, page.locale.language_code)) for page in pages]
    assert [(own.can_edit(), own.can_publish()) for own in rights] == [(is_allowed, is_allowed)] * 2


@pytest.mark.parametrize("group", [permissions.PARTNER_EDITORS, permissions.EVENT_ORGANISERS])
def test_authors_submit_their_pages_for_moderation(group, member, news):
    user = member(group)
    index = news["fi"].get_parent()
    draft = index.add_child(instance=NewsPage(title="Mine", slug="mine", locale=index.locale, owner=user, live=False))
    own = draft.permissions_for_user(user)
    assert (own.can_edit(), own.can_publish(), own.can_submit_for_moderation(), own.can_delete()) == (
        True,
        False,
        True,
        True,
    )


def test_editors_approve_submitted_pages(member, news):
    writer, editor = member(permissions.PARTNER_EDITORS, "writer"), member(permissions.EDITORS, "editor")
    index = news["en"].get_parent()
    draft = index.add_child(instance=NewsPage(title="Mine", slug="mine", locale=index.locale, owner=writer, live=False))
    draft.save_revision(user=writer)
    state = draft.get_workflow().start(draft, writer)
    task = state.current_task_state.task.specific
    assert task.get_actions(draft, writer) == []
    assert [action for action, _label, _modal in task.get_actions(draft, editor)] == ["reject", "approve", "approve"]
    state.current_task_state.approve(user=editor)
    draft.refresh_from_db()
    assert draft.live


MODELS = (
    "home.organisation",
    "home.person",
    "news.newscategory",
    "factsheets.topic",
    "factsheets.targetgroup",
    "home.projectsettings",
    "wagtailredirects.redirect",
    "home.enquiry",
)
ACTIONS = ("view", "add", "change", "delete", "publish", "lock", "unlock")
WITH_MODELS = {
    permissions.EDITORS: {
        "home.organisation": {"view", "add", "change", "delete", "publish", "lock", "unlock"},
        "home.person": {"view", "add", "change", "delete", "publish", "lock", "unlock"},
        "news.newscategory": {"view", "add", "change", "delete", "publish", "lock", "unlock"},
        "factsheets.topic": {"view", "add", "change", "delete", "publish", "lock", "unlock"},
        "factsheets.targetgroup": {"view", "add", "change", "delete", "publish", "lock", "unlock"},
        "home.projectsettings": {"change"},
        "wagtailredirects.redirect": {"view", "add", "change", "delete"},
    },
    permissions.PARTNER_EDITORS: {
        "home.organisation": {"view", "change"},
        "home.person": {"view", "add", "change"},
    },
    permissions.EVENT_ORGANISERS: {"home.person": {"view", "add", "change", "publish"}},
} | {
    group: {
        "home.organisation": {"view", "change", "publish"},
        "home.person": {"view", "change", "publish"},
        "news.newscategory": {"view", "change", "publish"},
        "factsheets.topic": {"view", "change", "publish"},
        "factsheets.targetgroup": {"view", "change", "publish"},
    }
    for group in GROUPS
    if group.startswith("Translators")
}


@pytest.mark.parametrize("group", GROUPS)
def test_model_permissions_of_a_group(group, member):
    user = member(group)
    allowed = {}
    for label in MODELS:
        app, model = label.split(".")
        actions = {a for a in ACTIONS if user.has_perm(f"{app}.{a}_{model}")}
        if actions:
            allowed[label] = actions
    assert allowed == WITH_MODELS[group]
    assert user.has_perm("wagtailadmin.access_admin")
    assert user.has_perm("wagtail_localize.submit_translation") == (group == permissions.EDITORS)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("policy", [images_policy, documents_policy], ids=["images", "documents"])
def test_all_groups_upload_files_and_only_editors_change_files_of_others(group, policy, member):
    user, model = member(group), policy.model
    collection = Collection.get_first_root_node()
    theirs = model(title="Theirs", uploaded_by_user=None, collection=collection)
    mine = model(title="Mine", uploaded_by_user=user, collection=collection)
    allowed = [
        policy.user_has_permission(user, "add"),
        policy.user_has_permission(user, "choose"),
        policy.user_has_permission_for_instance(user, "change", mine),
        policy.user_has_permission_for_instance(user, "change", theirs),
    ]
    assert allowed == [True, True, True, group == permissions.EDITORS]


# Names of admin URLs, and the groups that may open each.
SCREENS = {
    "wagtailadmin_home": set(GROUPS),
    "translations:overview": set(GROUPS),
    "articles:index": set(GROUPS),
    "wagtailsnippets_home_organisation:list": set(GROUPS) - {permissions.EVENT_ORGANISERS},
    "wagtailsnippets_home_organisation:add": {permissions.EDITORS},
    "wagtailsnippets_home_person:list": set(GROUPS),
    "wagtailsnippets_home_person:add": {
        permissions.EDITORS,
        permissions.PARTNER_EDITORS,
        permissions.EVENT_ORGANISERS,
    },
    "wagtailsnippets_news_newscategory:list": set(GROUPS) - {permissions.PARTNER_EDITORS, permissions.EVENT_ORGANISERS},
    "wagtailredirects:index": {permissions.EDITORS},
    "enquiries:index": set(),
    "wagtailusers_users:index": set(),
    "wagtailusers_groups:index": set(),
    "wagtailsites:index": set(),
    "wagtaillocales:index": set(),
}


@pytest.mark.parametrize("group", GROUPS)
def test_groups_that_may_open_admin_pages(group, member, home_pages, client):
    # Groups may add people with a section that they publish in or an organisation of theirs.
    user, home = member(group), home_pages["en"]
    home.add_child(instance=EventIndexPage(title="Events", slug="events", locale=home.locale))
    if group == permissions.PARTNER_EDITORS:
        Organisation.objects.create(name="Theirs", country="FI", locale=home.locale).editors.add(user)
    client.force_login(user)
    answers = {name: client.get(reverse(name)).status_code for name in SCREENS}
    # Wagtail redirects users without permission to the dashboard.
    assert answers == {name: 200 if group in allowed else 302 for name, allowed in SCREENS.items()}


@pytest.mark.parametrize("name", SCREENS)
def test_anonymous_users_are_redirected_to_sign_in(name, client, db):
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("wagtailadmin_login"))


def test_only_editors_change_the_project_settings(member, client, db):
    url = reverse("wagtailsettings:edit", args=["home", "projectsettings"])
    answers = {}
    for number, group in enumerate(GROUPS):
        client.force_login(member(group, f"user{number}"))
        answers[group] = client.get(url, follow=True).request["PATH_INFO"].startswith(url)
    assert answers == {group: group == permissions.EDITORS for group in GROUPS}


# Translations of snippets


@pytest.fixture
def organisations(db) -> dict[str, Organisation]:
    locale = {row.language_code: row for row in Locale.objects.all()}
    english = Organisation.objects.create(name="University", country="FI", locale=locale["en"])
    others = [english.copy_for_translation(locale[code]) for code in ("fi", "et", "el")]
    for other in others:
        other.save()
    return {row.locale.language_code: row for row in [english, *others]}


def test_translators_change_organisations_in_their_language_only(member, organisations, client):
    client.force_login(member("Translators: Finnish"))
    answers = {
        code: client.get(reverse("wagtailsnippets_home_organisation:edit", args=[row.pk])).status_code
        for code, row in organisations.items()
    }
    assert answers == {"en": 302, "fi": 200, "et": 302, "el": 302}


def snippet_statuses(client, rows) -> dict[str, int]:
    """Return the status code of the edit page of each row. Wagtail redirects where a permission is missing."""
    return {
        code: client.get(reverse(type(row).snippet_viewset.get_url_name("edit"), args=[row.pk])).status_code
        for code, row in rows.items()
    }


def test_partner_editors_change_their_organisations_in_all_languages(member, organisations, client):
    user = member(permissions.PARTNER_EDITORS)
    client.force_login(user)
    assert snippet_statuses(client, organisations) == dict.fromkeys(LANGUAGES, 302)
    organisations["en"].editors.add(user)
    assert snippet_statuses(client, organisations) == dict.fromkeys(LANGUAGES, 200)


def test_partner_editors_do_not_change_other_organisations(member, organisations, client):
    """Without permission to publish in a language, users change only what belongs to their organisation."""
    user = member(permissions.PARTNER_EDITORS)
    organisations["en"].editors.add(user)
    locale = organisations["en"].locale
    other = Organisation.objects.create(name="Other", country="EE", locale=locale)
    theirs = Person.objects.create(name="Theirs", organisation=other, locale=locale)
    mine = Person.objects.create(name="Mine", organisation=organisations["en"], locale=locale)
    client.force_login(user)
    assert snippet_statuses(client, {"other": other, "theirs": theirs, "mine": mine}) == {
        "other": 302,
        "theirs": 302,
        "mine": 200,
    }
    form = {"name": "Hijacked", "country": "EE", "role": "", "short_name": "", "website": "", "description": ""}
    client.post(reverse("wagtailsnippets_home_organisation:edit", args=[other.pk]), form)
    client.post(reverse("wagtailsnippets_home_organisation:add"), form)
    assert set(Organisation.objects.values_list("name", flat=True)) == {"University", "Other"}
    add = reverse("wagtailsnippets_home_person:add")
    for organisation in (other, organisations["en"]):
        client.post(add, {"name": "New", "role": "", "orcid": "", "organisation": organisation.pk})
    client.post(add, {"name": "New", "role": "", "orcid": "", "organisation": ""})
    assert [person.organisation for person in Person.objects.filter(name="New")] == [organisations["en"]]
    edit = reverse("wagtailsnippets_home_person:edit", args=[mine.pk])
    client.post(edit, {"name": "Mine", "role": "", "orcid": "", "organisation": other.pk})
    mine.refresh_from_db()
    assert mine.organisation == organisations["en"]


@pytest.mark.parametrize("group", [permissions.PARTNER_EDITORS, "Translators: Finnish"])
def test_organising_events_widens_no_right_to_organisations(group, member, home_pages, organisations, client):
    """Organisers publish events in every language, and have no right to organisations."""
    for home in home_pages.values():
        home.add_child(instance=EventIndexPage(title="Events", slug="events", locale=home.locale))
    permissions.set_up_groups(lambda line: None)
    client.force_login(member(group))
    alone = snippet_statuses(client, organisations)
    user = member(group, "both")
    user.groups.add(Group.objects.get(name=permissions.EVENT_ORGANISERS))
    client.force_login(user)
    assert snippet_statuses(client, organisations) == alone
    form = {"name": "Hijacked", "country": "EE", "role": "", "short_name": "", "website": "", "description": ""}
    url = reverse("wagtailsnippets_home_organisation:edit", args=[organisations["en"].pk])
    client.post(url, form | {"action-publish": "1"})
    assert not Organisation.objects.filter(name="Hijacked").exists()


def test_only_editors_name_the_editors_of_an_organisation(member, organisations, client):
    row = organisations["en"]
    partner, editor = member(permissions.PARTNER_EDITORS, "partner"), member(permissions.EDITORS, "editor")
    row.editors.add(partner)
    url = reverse("wagtailsnippets_home_organisation:edit", args=[row.pk])
    form = {"name": "University", "country": "FI", "role": "", "short_name": "", "website": "", "description": ""}
    named = []
    for user in (partner, editor):
        client.force_login(user)
        client.post(url, form | {"editors": [partner.pk, editor.pk]})
        named.append(set(row.editors.all()))
    assert named == [{partner}, {partner, editor}]


def test_translators_start_translations_into_their_language_only(member, home_page, client):
    page = home_page.add_child(instance=ContentPage(title="Page", slug="page", locale=home_page.locale))
    client.force_login(member("Translators: Finnish"))
    answers = {}
    for code in ("fi", "et"):
        locale = Locale.objects.get(language_code=code)
        data = {"model": "wagtailcore.page", "pk": page.pk, "locale": locale.pk}
        client.post(reverse("translations:start"), data)
        answers[code] = page.has_translation(locale)
    assert answers == {"fi": True, "et": False}
    assert not page.get_translation(Locale.objects.get(language_code="fi")).live


# URLs of wagtail-localize for one translation, with the status code that translators of its language get.
TRANSLATION_URLS = {
    "edit_string_translation": 201,
    "edit_override": 201,
    "download_pofile": 200,
    "upload_pofile": 302,
    "machine_translate": 404,  # no machine translator is set up
    "preview_translation": 404,  # only pages have previews
    "stop_translation": 302,
}
METHODS = {"edit_string_translation": "PUT", "edit_override": "PUT", "download_pofile": "GET"}
LIBRARY_PATTERNS = [
    item for item in register_admin_urls()[0].url_patterns if "translation_id" in item.pattern.converters
]


@pytest.fixture
def translated_organisation(db) -> Organisation:
    locales = {row.language_code: row for row in Locale.objects.all()}
    row = Organisation.objects.create(name="University", country="FI", website="https://uni.test", locale=locales["en"])
    translate(row, [locales["fi"], locales["el"]])
    return row


def translations_of(source: Organisation):
    return Translation.objects.filter(source__object_id=source.translation_key)


def call(client, pattern, source: Organisation, code: str):
    """Request a URL of wagtail-localize for one translation with complete data, as the editor's script does."""
    translation = translations_of(source).get(target_locale__language_code=code)
    values = {
        "translation_id": translation.pk,
        "string_segment_id": StringSegment.objects.filter(source=translation.source).first().pk,
        "overridable_segment_id": OverridableSegment.objects.filter(source=translation.source).first().pk,
        "mode": "default",
    }
    url = reverse(
        f"wagtail_localize:{pattern.name}", kwargs={name: values[name] for name in pattern.pattern.converters}
    )
    headers = {"x-requested-with": "XMLHttpRequest"}
    method = METHODS.get(pattern.name, "POST")
    if method == "PUT":
        return client.put(url, "value=words", content_type="application/x-www-form-urlencoded", headers=headers)
    if method == "GET":
        return client.get(url, headers=headers)
    data = {"file": SimpleUploadedFile("words.po", b"\xff"), "confirmed": "yes"}
    return client.post(url, data, headers=headers)


def test_translation_urls_are_those_of_wagtail_localize():
    assert {pattern.name for pattern in LIBRARY_PATTERNS} == set(TRANSLATION_URLS)


@pytest.mark.parametrize("pattern", LIBRARY_PATTERNS, ids=lambda pattern: str(pattern.pattern))
def test_translators_edit_translations_into_their_language_only(pattern, member, translated_organisation, client):
    client.force_login(member("Translators: Finnish"))
    assert call(client, pattern, translated_organisation, "el").status_code == 403
    assert not StringTranslation.objects.filter(last_translated_by__isnull=False).exists()
    assert translations_of(translated_organisation).filter(enabled=True).count() == 2
    assert call(client, pattern, translated_organisation, "fi").status_code == TRANSLATION_URLS[pattern.name]


@pytest.mark.parametrize("pattern", LIBRARY_PATTERNS, ids=lambda pattern: str(pattern.pattern))
def test_deleted_translation_is_not_found(pattern, translated_organisation, admin_client):
    greek = translated_organisation.get_translation(Locale.objects.get(language_code="el"))
    Organisation.objects.filter(pk=greek.pk)._raw_delete("default")
    assert call(admin_client, pattern, translated_organisation, "el").status_code == 404


@pytest.mark.parametrize(("code", "is_restarted"), [("fi", True), ("el", False)])
def test_translators_restart_translations_into_their_language_only(
    code, is_restarted, member, translated_organisation, client
):
    client.force_login(member("Translators: Finnish"))
    translations_of(translated_organisation).update(enabled=False)
    row = translated_organisation.get_translation(Locale.objects.get(language_code=code))
    url = reverse("wagtailsnippets_home_organisation:edit", args=[row.pk])
    client.post(url, {"localize-restart-translation": "yes", "confirmed": "yes"})
    assert translations_of(row).get(target_locale=row.locale).enabled == is_restarted


# Setting up again


def rights() -> set[tuple[str, str, str]]:
    pages = GroupPagePermission.objects.values_list("group__name", "page__path", "permission__codename")
    models = Group.objects.values_list("name", "permissions__content_type__app_label", "permissions__codename")
    return {*pages, *models}


def test_setting_up_again_changes_nothing(db):
    before = rights()
    lines = []
    permissions.set_up_groups(lines.append)
    assert (rights(), lines) == (before, [])


def test_setting_up_again_keeps_manual_changes(db, home_page):
    group = Group.objects.get(name="Translators: Finnish")
    extra = Permission.objects.get(codename="add_redirect")
    group.permissions.add(extra)
    Group.objects.create(name="Moderators")
    publish = Permission.objects.get(codename="publish_page", content_type__app_label="wagtailcore")
    GroupPagePermission.objects.create(group=group, page=home_page, permission=publish)
    Group.objects.get(name=permissions.EDITORS).permissions.add(Permission.objects.get(codename="add_site"))
    before = rights()
    permissions.set_up_groups(lambda line: None)
    assert rights() == before


def test_setting_up_again_restores_missing_permissions(db):
    before = rights()
    change_facts = Permission.objects.get(codename="change_projectsettings")
    Group.objects.get(name=permissions.EDITORS).permissions.remove(change_facts)
    GroupPagePermission.objects.filter(group__name="Translators: Greek").delete()
    Group.objects.get(name=permissions.EVENT_ORGANISERS).delete()
    lines = []
    permissions.set_up_groups(lines.append)
    assert (rights(), lines) == (before, ["group Event organisers"])


def test_no_group_has_permissions_on_the_root_page(db):
    assert not GroupPagePermission.objects.filter(page__depth=1).exists()


def test_one_workflow_with_editors_as_approvers(db):
    assert [workflow.name for workflow in Workflow.objects.all()] == [permissions.APPROVAL_BY_EDITOR]
    task = GroupApprovalTask.objects.get()
    assert [group.name for group in task.groups.all()] == [permissions.EDITORS]
    assert Page.objects.filter(depth=2).first().get_workflow().name == permissions.APPROVAL_BY_EDITOR


def test_unknown_permission_is_named_in_the_error(db):
    with pytest.raises(LookupError, match=r"home\.change_nothing"):
        permissions._permissions(["home.change_nothing"])


# Deleting: Wagtail allows it to everyone with change permission


@pytest.mark.parametrize("group", [permissions.EDITORS, "Translators: Finnish"])
def test_translators_cannot_delete_pages(group, member, news, client):
    client.force_login(member(group))
    article = news["fi"]
    client.post(reverse("wagtailadmin_pages:delete", args=[article.pk]))
    assert NewsPage.objects.filter(pk=article.pk).exists() == (group != permissions.EDITORS)


@pytest.mark.parametrize("group", [permissions.EDITORS, "Translators: Finnish"])
def test_translators_cannot_delete_pages_in_bulk(group, member, news, client):
    client.force_login(member(group))
    article = news["fi"]
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    client.post(f"{url}?id={article.pk}")
    assert NewsPage.objects.filter(pk=article.pk).exists() == (group != permissions.EDITORS)
