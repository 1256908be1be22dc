"""Drafts, approval and versions of organisations, people and categories: visitors see what was published last."""

import datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, TaskState, WorkflowState

from factsheets.models import Topic
from home import permissions
from home.http import generations
from home.models import ContentPage, Organisation, PartnersPage, Person
from home.setup import set_up_site
from home.translations.permissions import may_publish
from home.translations.sources import translate
from home.usage import uses_of
from news.models import NewsCategory, NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.factories.project import make_organisation, make_person
from tests.factories.translations import make_translations
from tests.factories.users import make_user
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

SECRET = "Draft words"


@pytest.fixture
def partner(home_page):
    return make_organisation("Turku")


@pytest.fixture
def accounts(partner) -> dict[str, User]:
    found = {name: make_user(name, group=permissions.PARTNER_EDITORS) for name in ("writer", "colleague", "other")}
    partner.editors.set([found["writer"], found["colleague"]])
    make_organisation("Tallinn").editors.add(found["other"])
    found["editor"] = make_user("editor", group=permissions.EDITORS)
    found["translator"] = make_user("translator", group="Translators: Finnish")
    return found


def url(row, name: str = "edit", *arguments) -> str:
    return reverse(type(row).snippet_viewset.get_url_name(name), args=[row.pk, *arguments])


def save(client, row, action: str = "", **fields):
    data = {
        "name": row.name,
        "country": "FI",
        "role": "beneficiary",
        "short_name": "",
        "website": "",
        "description": "",
    }
    data |= fields | ({f"action-{action}": "yes"} if action else {})
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(url(row), data)


def in_language(row, code: str):
    return row.get_translation(Locale.objects.get(language_code=code))


@pytest.fixture
def submitted(accounts, partner, client):
    """A change of the partner's entry that its editor, who is signed in, submitted for approval."""
    client.force_login(accounts["writer"])
    save(client, partner, "submit", description=SECRET)
    return partner


# Drafts


def test_visitors_see_no_draft(accounts, partner, home_page, client):
    page = make_page(PartnersPage, home_page, "Partners")
    client.force_login(accounts["writer"])
    save(client, partner, name="Turku anew", description=SECRET)
    partner.refresh_from_db()
    assert (partner.name, partner.description, partner.has_unpublished_changes) == ("Turku", "", True)
    assert partner.get_latest_revision_as_object().name == "Turku anew"
    client.logout()
    assert SECRET not in client.get(page.url).text


def test_what_was_never_published_is_shown_nowhere(home_page, admin_client, client):
    draft = make_organisation("Hidden", live=False)
    person = make_person("Shown", organisation=draft)
    category = NewsCategory.objects.create(name="Hidden", key="hidden", locale=home_page.locale, live=False)
    partners = make_page(PartnersPage, home_page, "Partners")
    news = make_page(NewsIndexPage, home_page, "News")
    article = make_page(NewsPage, news, "Article", organisation=draft, category=category)
    for address in (partners.url, news.url, article.url, reverse("news_feed"), f"{news.url}?category=hidden"):
        assert "Hidden" not in client.get(address).text
    assert "Shown" in client.get(partners.url).text
    assert "Hidden" not in partners.folded_text()
    assert person.public_organisation is None
    api = client.get(reverse("wagtailapi:pages:listing"), {"type": "news.NewsPage", "fields": "*"}).json()
    assert [item["organisation_name"] for item in api["items"]] == [""]
    chooser = reverse("wagtailsnippetchoosers_home_organisation:choose_results")
    assert "Hidden" not in admin_client.get(chooser).text
    chosen = reverse("wagtailsnippetchoosers_home_organisation:chosen", args=[draft.pk])
    assert admin_client.get(chosen).status_code == 404


def test_a_translation_stands_in_for_one_that_is_not_published(home_page, home_pages):
    make_translations(organisation := make_organisation("University"), ["fi"])
    Organisation.objects.filter(locale=home_page.locale).update(live=False)
    organisation.refresh_from_db()
    person = make_person("Someone", organisation=organisation)
    assert person.public_organisation.name == "fi University"


def test_only_what_is_published_forgets_cached_pages(accounts, partner, client, settings):
    settings.PAGE_CACHE_SECONDS = 60
    client.force_login(accounts["editor"])
    before = generations.read().current
    save(client, partner, description=SECRET)
    assert generations.read().current == before
    save(client, partner, "publish", description=SECRET)
    assert generations.read().current != before


def test_translations_follow_what_is_published(accounts, partner, client):
    make_translations(partner, ["fi"])
    client.force_login(accounts["editor"])
    save(client, partner, country="EE")
    assert in_language(partner, "fi").country.code == "FI"
    save(client, partner, "publish", country="EE")
    finnish = in_language(partner, "fi")
    assert (finnish.country.code, finnish.live, finnish.name) == ("EE", True, "fi Turku")


def test_translations_are_public_only_together_with_their_source(accounts, partner, client):
    make_translations(partner, ["fi"])
    client.force_login(accounts["editor"])
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(url(partner, "unpublish"))
    assert not Organisation.objects.filter(translation_key=partner.translation_key, live=True)
    finnish = in_language(partner, "fi")
    client.post(url(finnish), {"action": "publish"})
    finnish.refresh_from_db()
    assert not finnish.live
    save(client, Organisation.objects.get(pk=partner.pk), "publish")
    finnish.refresh_from_db()
    assert (finnish.live, finnish.name) == (True, "fi Turku")


def test_a_new_translation_leaves_what_the_page_refers_to_as_it_is(home_page, home_pages):
    category = make_translations(
        NewsCategory.objects.create(name="Project", key="project", locale=home_page.locale), ["fi"]
    )
    finnish = in_language(category, "fi")
    published = finnish.latest_revision_id
    news = make_translations(make_page(NewsIndexPage, home_page, "News"), ["fi", "et"])
    article = make_page(NewsPage, news, "Article", category=category, date="2025-01-01")
    with TestCase.captureOnCommitCallbacks(execute=True):
        translate(article, [home_pages["fi"].locale, home_pages["et"].locale])
    finnish.refresh_from_db()
    assert (finnish.live, finnish.latest_revision_id, finnish.name) == (True, published, "fi Project")
    assert in_language(category, "et").live, "what had no translation gets one"


def test_publication_and_expiry_follow_the_clock(accounts, partner, client):
    partner.save_revision().publish()
    partner.refresh_from_db()
    partner.go_live_at = timezone.now() + datetime.timedelta(hours=1)
    partner.expire_at = timezone.now() + datetime.timedelta(hours=2)
    partner.description = SECRET
    partner.save_revision().publish(user=accounts["editor"])
    partner.refresh_from_db()
    assert (partner.live, partner.description) == (True, "")
    for hours, is_live in ((1, True), (2, False)):
        with pytest.MonkeyPatch.context() as patch:
            moment = timezone.now() + datetime.timedelta(hours=hours, minutes=1)
            patch.setattr(timezone, "now", lambda moment=moment: moment)
            call_command("publish_scheduled")
        partner.refresh_from_db()
        assert (partner.live, partner.description) == (is_live, SECRET)


def test_uses_of_a_draft_are_named(accounts, partner, home_page):
    person = make_person("Someone")
    person.organisation = partner
    person.save_revision()
    assert [(use.source, use.is_public) for use in uses_of(partner) if isinstance(use.source, Person)] == [
        (person, False)
    ]


# Approval


def test_a_reviewer_is_told_and_approves(submitted, accounts, client):
    told = next(message for message in mail.outbox if message.to == ["editor@example.org"])
    assert "Turku" in told.subject
    submitted.refresh_from_db()
    assert submitted.description == ""
    client.force_login(accounts["editor"])
    assert url(submitted) in client.get(reverse("wagtailadmin_home")).text
    task = TaskState.objects.get()
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(url(submitted, "workflow_action", "approve", task.pk), {"comment": "Good."})
    submitted.refresh_from_db()
    assert (submitted.description, submitted.has_unpublished_changes) == (SECRET, False)
    assert any(message.to == ["writer@example.org"] for message in mail.outbox)


def test_a_reviewer_asks_for_changes(submitted, accounts, client):
    client.force_login(accounts["editor"])
    client.post(url(submitted, "workflow_action", "reject", TaskState.objects.get().pk), {"comment": "Name the city."})
    client.force_login(accounts["writer"])
    shown = soup(client.get(url(submitted))).select_one(".messages .warning").get_text(" ", strip=True)
    assert "Name the city." in shown
    save(client, submitted, "submit", description="In Turku.")
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS


def test_only_reviewers_approve(submitted, accounts, client):
    for name in ("writer", "colleague", "other", "translator"):
        client.force_login(accounts[name])
        client.post(url(submitted, "workflow_action", "approve", TaskState.objects.get().pk), {"comment": ""})
        client.post(url(submitted), {"name": "Turku", "country": "FI", "action-publish": "yes"})
    submitted.refresh_from_db()
    assert submitted.description == ""


def test_editors_publish_directly(accounts, partner, client):
    client.force_login(accounts["editor"])
    save(client, partner, "publish", description=SECRET)
    partner.refresh_from_db()
    assert partner.description == SECRET
    assert not WorkflowState.objects.exists()


def buttons(client, row) -> set[str]:
    return {button["name"] for button in soup(client.get(url(row))).select("button[name^=action-]")}


def test_buttons_of_each_role(accounts, partner, client):
    shown = {}
    for name in ("writer", "colleague", "editor"):
        client.force_login(accounts[name])
        shown[name] = buttons(client, partner)
    assert "action-publish" not in shown["writer"] | shown["colleague"]
    assert "action-submit" in shown["writer"] & shown["colleague"]
    assert {"action-publish", "action-submit"} <= shown["editor"]


def test_translators_of_one_language_publish_in_no_other(accounts, partner, client):
    """A translator of Finnish who also writes for a partner: Wagtail's permission applies to all languages."""
    finnish = partner.copy_for_translation(Locale.objects.get(language_code="fi"))
    finnish.save()
    translator = accounts["translator"]
    translator.groups.add(accounts["writer"].groups.get())
    partner.editors.add(translator)
    translator = User.objects.get(pk=translator.pk)
    assert [may_publish(translator, row) for row in (partner, finnish)] == [False, True]
    client.force_login(translator)
    assert "action-publish" not in buttons(client, partner)
    save(client, partner, "publish", description=SECRET)
    client.post(url(partner, "unpublish"))
    partner.refresh_from_db()
    assert (partner.description, partner.live) == ("", True)
    save(client, finnish, "publish", description="Suomeksi.")
    finnish.refresh_from_db()
    assert finnish.description == "Suomeksi."


# Versions


def test_drafts_are_read_by_those_who_may_edit(submitted, accounts, client):
    revision = submitted.revisions.latest("pk").pk
    addresses = [url(submitted, name) for name in ("history", "history_results", "workflow_history")]
    addresses += [url(submitted, "revisions_compare", "live", "latest"), url(submitted, "revisions_revert", revision)]
    answers = {}
    for name in ("writer", "colleague", "other", "editor"):
        client.force_login(accounts[name])
        answers[name] = {client.get(address).status_code for address in addresses}
    assert answers == {"writer": {200}, "colleague": {200}, "other": {302}, "editor": {200}}


def test_compare_and_revert(accounts, partner, client):
    set_up_site()  # a first version of what was there before
    client.force_login(accounts["editor"])
    partner.refresh_from_db()
    first = partner.latest_revision_id
    save(client, partner, "publish", name="Turku anew")
    partner.refresh_from_db()
    compared = client.get(url(partner, "revisions_compare", first, partner.latest_revision_id))
    assert "anew" in compared.text
    form = {"name": "Turku", "country": "FI", "role": "beneficiary", "action-publish": "yes"}
    client.post(url(partner, "revisions_revert", first), form)
    partner.refresh_from_db()
    assert partner.name == "Turku"


def test_a_wrong_key_is_not_found(admin_client, partner):
    for key in ("x", "9" * 30):
        assert admin_client.get(f"/admin/snippets/home/organisation/history/{key}/revisions/compare/live...latest/")


def test_accounts_of_an_organisation_are_not_part_of_a_draft(accounts, partner, client):
    client.force_login(accounts["editor"])
    save(client, partner, editors=[accounts["other"].pk])
    assert set(partner.editors.all()) == {accounts["other"]}


def test_an_address_part_of_a_draft_is_taken(home_page, admin_client):
    nurses = Topic.objects.create(name="Nurses", key="nurses", locale=home_page.locale)
    admin_client.post(url(nurses), {"name": "Nursing", "key": "nursing"})
    answer = admin_client.post(reverse(Topic.snippet_viewset.get_url_name("add")), {"name": "Other", "key": "nursing"})
    assert "“Nurses” already has this address part." in answer.text


def test_the_list_says_what_is_published_and_what_has_a_draft(accounts, partner, client):
    numbers: list[int] = []

    def states() -> dict[str, str]:
        address = reverse(Organisation.snippet_viewset.get_url_name("list"))
        client.get(address)  # fills the caches
        with CaptureQueriesContext(connection) as captured:
            page = soup(client.get(address))
        numbers.append(len(captured))
        rows = page.select("table.listing tbody tr")
        return {row.select_one(".title-wrapper").text.strip(): row.select_one(".w-status").text.strip() for row in rows}

    client.force_login(accounts["editor"])
    assert states() == {"Turku": "Published", "Tallinn": "Published"}
    save(client, partner, description=SECRET)
    Organisation.objects.filter(name="Tallinn").update(live=False)
    assert states() == {"Turku": "Published, with a draft", "Tallinn": "Draft"}
    assert numbers[0] == numbers[1]


def test_the_lists_name_no_draft_to_those_who_may_not_edit_it(accounts, partner, client):
    draft = make_organisation("Secret partner", live=False)
    draft.editors.add(accounts["writer"])
    make_person("Secret person", organisation=draft, live=False)
    make_person("Public person", organisation=draft)
    lists = [
        reverse(model.snippet_viewset.get_url_name(name))
        for model in (Organisation, Person)
        for name in ("list", "list_results")
    ]

    def named(user: str, addresses: list[str]) -> list[bool]:
        client.force_login(accounts[user])
        return ["Secret" in client.get(address).text for address in addresses]

    assert named("editor", lists) == named("writer", lists) == [True] * 4
    assert named("other", lists) == named("translator", lists) == [False] * 4


@pytest.mark.parametrize("is_public", [True, False])
def test_translators_start_no_translation_of_a_draft(accounts, partner, client, is_public):
    row = make_organisation("Third", description="Public words" if is_public else SECRET, live=is_public)
    person = make_person("Anna", role="Doctor" if is_public else SECRET, live=is_public)
    if is_public:
        client.force_login(accounts["editor"])
        save(client, row, description=SECRET)
    client.force_login(accounts["translator"])
    finnish = Locale.objects.get(language_code="fi")
    for source, model in ((row, "home.organisation"), (person, "home.person")):
        data = {"model": model, "pk": source.pk, "locale": finnish.pk}
        answer = client.post(reverse("translations:start"), data, follow=True)
        assert (answer.status_code, source.has_translation(finnish)) == (200 if is_public else 404, is_public)
        assert SECRET not in answer.text
    client.force_login(accounts["editor"])
    for source, model in ((row, "home.organisation"), (person, "home.person")):
        client.post(reverse("translations:start"), {"model": model, "pk": source.pk, "locale": finnish.pk})
        assert source.has_translation(finnish)


def test_the_screen_that_submits_translations_names_no_draft_to_those_who_may_not_edit_it(
    accounts, partner, home_page, client
):
    draft, page = make_organisation(SECRET, live=False), make_page(ContentPage, home_page, SECRET, live=False)
    user = accounts["translator"]
    user.user_permissions.add(Permission.objects.get(codename="submit_translation"))
    addresses = [
        reverse("wagtail_localize:submit_snippet_translation", args=["home", "organisation", draft.pk]),
        reverse("wagtail_localize:submit_page_translation", args=[page.pk]),
    ]
    for name, status in (("translator", 404), ("editor", 200)):
        client.force_login(accounts[name])
        answers = [client.get(address) for address in addresses]
        assert [(answer.status_code, SECRET in answer.text) for answer in answers] == [(status, status == 200)] * 2


# People and their organisation


def test_people_stay_in_an_organisation_when_the_form_leaves_it_out(accounts, partner, client):
    person = make_person("Anna", organisation=partner)
    client.force_login(accounts["writer"])
    fields = {"name": "New", "role": "", "orcid": "", "portrait": ""}
    client.post(reverse("wagtailsnippets_home_person:add"), fields)
    client.post(url(person), fields)
    assert list(Person.objects.values_list("name", "organisation", "latest_revision")) == [("Anna", partner.pk, None)]
    client.post(url(person), fields | {"organisation": partner.pk})
    person.refresh_from_db()
    assert person.latest_revision.content["name"] == "New"


def test_where_a_snippet_is_used_names_no_draft_to_those_who_may_not_edit_it(accounts, partner, client):
    client.force_login(accounts["writer"])
    save(client, partner, name=SECRET)
    address = url(partner, "usage")
    for user, is_named in (("writer", True), ("editor", True), ("other", False), ("translator", False)):
        client.force_login(accounts[user])
        answer = client.get(address)
        assert (answer.status_code == 200, SECRET in answer.text) == (is_named, is_named)
