"""Translations follow what an editor published, whoever wrote it; nobody publishes what they may not by translating."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from wagtail.models import TaskState
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from home import permissions
from home.models import Organisation, StaleString, SyncFailure
from home.translations.links import edit_url
from home.translations.overview import all_rows
from news.models import NewsIndexPage, NewsPage
from tests.factories.events import commit, in_language, publish
from tests.factories.pages import make_page
from tests.factories.project import make_organisation
from tests.factories.translations import make_translations
from tests.factories.users import make_user

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

TYPED = "Kirjoitettu."
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def partner(home_page) -> Organisation:
    return make_translations(make_organisation("Turku", description="Old."), ["fi"])


@pytest.fixture
def accounts(partner) -> dict[str, User]:
    """A partner's editor, who publishes nothing, and others who publish in Finnish, in English or everywhere."""
    found = {
        "writer": make_user("writer", group=permissions.PARTNER_EDITORS),
        "finnish": make_user("finnish", group="Translators: Finnish"),
        "english": make_user("english", group="Translators: English"),
        "editor": make_user("editor", group=permissions.EDITORS),
    }
    partner.editors.add(found["writer"])
    return found


@pytest.fixture
def article(home_page, accounts) -> NewsPage:
    index = make_page(NewsIndexPage, home_page, "News")
    page = make_page(NewsPage, index, "Article", search_description="Old.", owner=accounts["writer"])
    publish(page)
    return make_translations(NewsPage.objects.get(pk=page.pk), ["fi"])


@pytest.fixture(params=["article", "partner"])
def source(request):
    """A public page and a public snippet that belong to the writer, each with a public translation."""
    return request.getfixturevalue(request.param)


def words(row) -> str:
    return row.search_description if isinstance(row, NewsPage) else row.description


def reword(row, user: User):
    """Write a draft of other words."""
    row = type(row).objects.get(pk=row.pk)
    setattr(row, "search_description" if isinstance(row, NewsPage) else "description", "New.")
    return row.save_revision(user=user)


def stale_text(source) -> StaleString:
    return StaleString.objects.get(translation__source__object_id=source.translation_key)


def test_translations_follow_what_an_editor_approved(source, accounts):
    """The author of the approved draft, for whom the translations are updated, may not publish."""
    reword(source, accounts["writer"])
    written = type(source).objects.get(pk=source.pk)
    with commit():
        written.get_workflow().start(written, accounts["writer"])
    assert not StaleString.objects.exists()
    with commit():
        TaskState.objects.get().approve(user=accounts["editor"])
    source.refresh_from_db()
    assert words(source) == "New."
    assert not SyncFailure.objects.exists()
    finnish = in_language(source, "fi")
    assert (finnish.live, words(finnish)) == (True, "fi Old.")
    assert stale_text(source)


def test_translations_follow_a_publisher_of_another_language(source, accounts):
    with commit():
        reword(source, accounts["english"]).publish(user=accounts["english"])
    assert not SyncFailure.objects.exists()
    assert stale_text(source)


@pytest.mark.parametrize(("name", "is_public"), [("writer", False), ("english", False), ("finnish", True)])
def test_the_screen_of_changed_texts_publishes_for_those_who_may(source, accounts, client, name, is_public):
    with commit():
        reword(source, accounts["editor"]).publish(user=accounts["editor"])
    row = stale_text(source)
    client.force_login(accounts[name])
    with commit():
        client.post(reverse("translations:review", args=[row.translation_id]), {"text": row.pk, "translation": TYPED})
    assert words(in_language(source, "fi")) == (TYPED if is_public else "fi Old.")


@pytest.mark.parametrize(("name", "is_public"), [("writer", False), ("english", False), ("finnish", True)])
def test_the_translation_editor_publishes_for_those_who_may(source, accounts, client, name, is_public):
    segment = StringSegment.objects.get(source__object_id=source.translation_key, string__data="Old.")
    StringTranslation.objects.filter(translation_of=segment.string, context=segment.context).update(data=TYPED)
    client.force_login(accounts[name])
    with commit():
        client.post(edit_url(in_language(source, "fi")), {"action": "publish"})
    assert words(in_language(source, "fi")) == (TYPED if is_public else "fi Old.")


@pytest.mark.parametrize("name", ["writer", "english", "finnish"])
def test_only_editors_start_an_update_of_all_translations(source, accounts, client, name):
    """They bring the texts up to date that others saved, in all languages."""
    with commit():
        reword(source, accounts["editor"]).publish(user=accounts["editor"])
    translation = Translation.objects.get(source__object_id=source.translation_key)
    SyncFailure.objects.create(translation=translation, reason="x")
    StringTranslation.objects.filter(locale=translation.target_locale).update(data=TYPED)
    before = words(in_language(source, "fi"))
    client.force_login(accounts[name])
    source_key = TranslationSource.objects.get_for_instance(source).pk
    with commit():
        client.post(reverse("translations:retry", args=[translation.pk]))
        client.post(reverse("wagtail_localize:update_translations", args=[source_key]))
    assert words(in_language(source, "fi")) == before


# What was saved and not published


def save_text(source, client, user: User, text: str) -> None:
    """Save a translation of the words of `source` in the translation editor, without publishing it."""
    client.force_login(user)
    segment = StringSegment.objects.get(source__object_id=source.translation_key, string__data="Old.")
    translation = Translation.objects.get(source__object_id=source.translation_key)
    address = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])
    answer = client.put(address, urlencode({"value": text}), content_type=FORM)
    assert answer.status_code == 200


def rename(source, user: User) -> None:
    """Publish another change of the source."""
    row = type(source).objects.get(pk=source.pk)
    setattr(row, "seo_title" if isinstance(row, NewsPage) else "name", "Renamed")
    with commit():
        row.save_revision(user=user).publish(user=user)


def test_the_list_of_translations_calls_a_translation_that_is_a_draft_only_that(source, accounts, client, admin_client):
    in_language(source, "fi").unpublish()
    save_text(source, client, accounts["writer"], TYPED)
    row = next(row for row in all_rows() if row.key == source.translation_key)
    finnish = next(cell for cell in row.cells if cell.locale.language_code == "fi")
    assert (finnish.state, finnish.has_unpublished, finnish.needs_attention) == ("draft", False, True)
    assert "Translations not published yet" not in admin_client.get(reverse("translations:overview")).text


def test_a_text_that_was_only_saved_stays_private_when_the_source_is_published(source, accounts, client, admin_client):
    save_text(source, client, accounts["writer"], TYPED)
    for _time in range(2):
        rename(source, accounts["editor"])
        finnish = in_language(source, "fi")
        assert (finnish.live, words(finnish), SyncFailure.objects.count()) == (True, "fi Old.", 0)
        source.refresh_from_db()
    row = next(row for row in all_rows() if row.key == source.translation_key)
    assert [cell.locale.language_code for cell in row.cells if cell.has_unpublished] == ["fi"]
    with commit():
        admin_client.post(edit_url(in_language(source, "fi")), {"action": "publish"})
    assert words(in_language(source, "fi")) == TYPED
    rename(source, accounts["editor"])
    assert words(in_language(source, "fi")) == TYPED


def test_a_public_translation_that_was_deleted_stays_public_until_the_page_is_published(source, accounts, client):
    segment = StringSegment.objects.get(source__object_id=source.translation_key, string__data="Old.")
    translation = Translation.objects.get(source__object_id=source.translation_key)
    client.force_login(accounts["writer"])
    address = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])
    assert client.delete(address).status_code == 200
    rename(source, accounts["editor"])
    assert words(in_language(source, "fi")) == "fi Old."
    client.force_login(accounts["finnish"])
    with commit():
        client.post(edit_url(in_language(source, "fi")), {"action": "publish"})
    assert words(in_language(source, "fi")) == "Old."


def test_the_public_translation_of_a_changed_text_is_kept_and_not_the_saved_one(source, accounts, client):
    save_text(source, client, accounts["writer"], TYPED)
    with commit():
        reword(source, accounts["editor"]).publish(user=accounts["editor"])
    assert words(in_language(source, "fi")) == "fi Old."
    # Whoever checks it sees what was written last.
    assert stale_text(source).old_translation == TYPED


def test_checking_a_changed_text_publishes_this_text_alone(article, accounts, client):
    with commit():
        reword(article, accounts["editor"]).publish(user=accounts["editor"])
    segment = StringSegment.objects.get(
        source__object_id=article.translation_key, string__data="Article", context__path="title"
    )
    translation = Translation.objects.get(source__object_id=article.translation_key)
    client.force_login(accounts["writer"])
    address = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])
    assert client.put(address, urlencode({"value": "Otsikko"}), content_type=FORM).status_code == 200
    client.force_login(accounts["finnish"])
    row = stale_text(article)
    with commit():
        client.post(reverse("translations:review", args=[row.translation_id]), {"text": row.pk, "translation": TYPED})
    finnish = in_language(article, "fi")
    assert (finnish.title, words(finnish)) == ("fi Article", TYPED)


def test_a_translation_that_waits_for_its_source_is_published_as_it_was_approved(source, accounts, client):
    with commit():
        source.unpublish()
    assert not in_language(source, "fi").live
    save_text(source, client, accounts["writer"], TYPED)
    rename(source, accounts["editor"])
    finnish = in_language(source, "fi")
    assert (finnish.live, words(finnish)) == (True, "fi Old.")
