"""No translation is public while its source is not, whichever way it is published."""

import datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.actions.publish_revision import PublishPermissionError
from wagtail.models import GroupPagePermission, Locale
from wagtail_localize.models import Translation

from factsheets.models import FactSheetPage
from home.models import ContentPage
from home.permissions import EDITORS, PARTNER_EDITORS
from home.translations.sources import translate
from news.models import NewsIndexPage, NewsPage
from tests.factories.events import commit, in_language, publish
from tests.factories.factsheets import make_fact_sheet, make_fact_sheet_list
from tests.factories.pages import make_page, make_private
from tests.factories.project import make_organisation
from tests.factories.translations import make_translations
from tests.factories.users import make_user

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture
def finnish() -> Locale:
    return Locale.objects.get(language_code="fi")


@pytest.fixture
def translator(db):
    return make_user("translator", group="Translators: Finnish")


def draft_with_translation(parent, model=NewsPage, **fields):
    """Return the Finnish draft of a draft in English."""
    source = make_page(model, parent, "Secret", live=False, **fields)
    source.save_revision()
    with commit():
        translate(source, [Locale.objects.get(language_code="fi")])
    page = in_language(source, "fi")
    if page.latest_revision is None:
        page.save_revision()
    return source, page


@pytest.fixture
def news(home_page):
    index = make_page(NewsIndexPage, home_page, "News")
    make_translations(index, ["fi"])
    return index


@pytest.fixture
def held_back(news):
    return draft_with_translation(news)


def is_live(page) -> bool:
    page.refresh_from_db()
    return page.live


def test_the_button_of_the_translation_editor_does_not_publish(held_back, translator, client):
    _source, page = held_back
    client.force_login(translator)
    with commit():
        answer = client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {"action": "publish"}, follow=True)
    assert "while its source is not public" in answer.text
    assert not is_live(page)


def test_stopping_the_synchronisation_does_not_help(held_back, translator, client):
    _source, page = held_back
    client.force_login(translator)
    translation = Translation.objects.get(source__object_id=page.translation_key)
    client.post(reverse("wagtail_localize:stop_translation", args=[translation.pk]))
    page.get_latest_revision().publish(user=translator)
    assert not is_live(page)


def test_the_api_of_the_admin_does_not_publish(held_back, translator, client):
    _source, page = held_back
    client.force_login(translator)
    answer = client.post(reverse("wagtailadmin_api:pages:action", args=[page.pk, "publish"]))
    assert not is_live(page)
    assert answer.status_code == 404


def test_bulk_publishing_does_not_publish(held_back, admin_client):
    _source, page = held_back
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    with commit():
        answer = admin_client.post(f"{url}?id={page.pk}&next=/admin/", follow=True)
    assert "while its source is not public" in answer.text
    assert not is_live(page)


def test_the_approval_of_a_workflow_publishes_when_the_source_is_public(held_back):
    source, page = held_back
    editor = make_user("editor", group=EDITORS)
    state = page.get_workflow().start(page, editor)
    with commit():
        state.current_task_state.approve(user=editor)
    assert not is_live(page)
    publish(source)
    call_command("publish_scheduled")
    assert is_live(page)


def test_the_schedule_publishes_when_the_source_is_public(held_back):
    source, page = held_back
    page.go_live_at = timezone.now() - datetime.timedelta(minutes=1)
    revision = page.save_revision()
    revision.approved_go_live_at = page.go_live_at
    revision.save()
    call_command("publish_scheduled")
    assert not is_live(page)
    publish(source)
    call_command("publish_scheduled")
    assert is_live(page)


@pytest.mark.parametrize("model", [ContentPage, NewsIndexPage])
def test_every_page_type_is_held_back(model, home_page):
    _source, page = draft_with_translation(home_page, model)
    page.get_latest_revision().publish()
    assert not is_live(page)


def test_translations_are_unpublished_with_their_source(news):
    article = make_page(NewsPage, news, "Article")
    publish(article)
    make_translations(article, ["fi"])
    page = in_language(article, "fi")
    assert is_live(page)
    article.expire_at = timezone.now() - datetime.timedelta(minutes=1)
    article.save()
    call_command("publish_scheduled")
    assert not is_live(page)


def test_the_files_of_a_draft_fact_sheet_stay_private(home_page, translator):
    index = make_fact_sheet_list(home_page)
    make_translations(index, ["fi"])
    sheet = make_fact_sheet(index)
    FactSheetPage.objects.filter(pk=sheet.pk).update(live=False)
    with commit():
        translate(sheet, [Locale.objects.get(language_code="fi")])
    page = in_language(sheet, "fi")
    page.save_revision().publish(user=translator)
    assert not is_live(page)
    assert Client().get(page.url or "/fi/missing/").status_code == 404


# Starting a translation


def start(client, source, locale) -> bool:
    """Try to start a translation and return whether there is one. Wagtail redirects where a permission is missing."""
    data = {"model": "wagtailcore.page", "pk": source.pk, "locale": locale.pk}
    client.post(reverse("translations:start"), data)
    return source.has_translation(locale)


def test_translators_start_translations_of_public_pages_only(home_page, news, translator, client, finnish):
    draft, secret, article = (make_page(NewsPage, news, title, live=title != "Draft") for title in ("Draft", "B", "C"))
    make_private(secret)
    client.force_login(translator)
    assert [start(client, page, finnish) for page in (draft, secret, article)] == [False, False, True]


def test_users_start_translations_only_in_their_section_and_language(home_page, news, client, finnish):
    """The permission to submit translations does not replace rights on the pages."""
    article = make_page(NewsPage, news, "Article")
    other = make_page(ContentPage, home_page, "Other")
    user = make_user("section")
    user.user_permissions.add(Permission.objects.get(codename="submit_translation"))
    group = Group.objects.create(name="Section")
    user.groups.add(group)
    right = Permission.objects.get(codename="change_page")
    GroupPagePermission.objects.create(group=group, page=in_language(news, "fi"), permission=right)
    client.force_login(user)
    estonian = Locale.objects.get(language_code="et")
    assert [start(client, page, finnish) for page in (article, other)] == [True, False]
    assert not start(client, article, estonian)
    url = reverse("wagtail_localize:submit_page_translation", args=[other.pk])
    client.post(url, {"locales": [finnish.pk]})
    assert not other.get_translations().exists()


def test_publishing_a_source_again_brings_back_the_translations_that_were_public(home_page, admin_client):
    page = make_page(ContentPage, home_page, "About us")
    page.save_revision().publish()
    make_translations(page, ["fi", "et"])
    finnish, estonian = in_language(page, "fi"), in_language(page, "et")
    with commit():
        estonian.unpublish()
    # A draft that nobody published.
    finnish.title = "Luonnos"
    finnish.save_revision()

    address = reverse("wagtailadmin_pages:unpublish", args=[page.pk])
    assert "and published again with it: Finnish." in " ".join(admin_client.get(address).text.split())
    with commit():
        admin_client.post(address)
    assert [in_language(page, code).live for code in ("en", "fi", "et")] == [False, False, False]
    call_command("publish_scheduled")
    assert not in_language(page, "fi").live

    with commit():
        page.refresh_from_db()
        page.get_latest_revision().publish()
    assert [in_language(page, code).live for code in ("en", "fi", "et")] == [True, True, False]
    assert in_language(page, "fi").title != "Luonnos"


def test_a_source_that_expired_and_is_published_again_brings_back_its_translations(home_page):
    page = make_page(ContentPage, home_page, "About us")
    page.save_revision().publish()
    make_translations(page, ["fi"])
    with commit():
        page.unpublish(set_expired=True)
    assert not in_language(page, "fi").live
    with commit():
        page.get_latest_revision().publish()
    finnish = in_language(page, "fi")
    assert (finnish.live, finnish.expired) == (True, False)


def test_pages_that_are_unpublished_in_bulk_come_back_with_their_translations(home_page, admin_client):
    page = make_page(ContentPage, home_page, "About us")
    page.save_revision().publish()
    make_translations(page, ["fi"])
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "unpublish"]) + f"?id={page.pk}"
    assert "and published again with them: Finnish." in " ".join(admin_client.get(address).text.split())
    with commit():
        admin_client.post(address)
    assert not in_language(page, "fi").live
    with commit():
        page.get_latest_revision().publish()
    assert in_language(page, "fi").live


def test_an_organisation_is_not_unpublished_without_a_word_about_its_translations(home_page, admin_client):
    organisation = make_translations(make_organisation("Turku"), ["fi"])
    text = admin_client.get(
        reverse(organisation.snippet_viewset.get_url_name("unpublish"), args=[organisation.pk])
    ).text
    assert "and published again with it: Finnish." in " ".join(text.split())


def test_nobody_has_a_version_kept_for_later_who_may_not_publish_it(held_back, home_page, translator):
    """What is kept is published with the source, without another question."""
    organisation = make_organisation("Turku", live=False)
    translate(organisation, [Locale.objects.get(language_code="fi")])
    writer = make_user("writer", group=PARTNER_EDITORS)
    for row in (held_back[1], in_language(organisation, "fi")):
        revision = row.get_latest_revision()
        with pytest.raises(PublishPermissionError):
            revision.publish(user=writer)
        revision.refresh_from_db()
        assert revision.approved_go_live_at is None
    held_back[1].get_latest_revision().publish(user=translator)
    assert held_back[1].get_latest_revision().approved_go_live_at
