"""Deleting images, documents and snippets: what is in use is named, kept while visitors see it, and can be replaced."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.log_actions import registry as log_registry
from wagtail.models import Locale, Page, ReferenceIndex
from wagtail_localize.models import Translation

from events.models import EventOrganiser
from factsheets.models import Contributor, Topic
from home.models import ContentPage, Organisation, Person, SiteImage
from home.usage import REPLACED, replace, uses_of
from news.models import NewsIndexPage, NewsPage
from tests.factories.events import make_event
from tests.factories.factsheets import make_fact_sheet, make_fact_sheet_list
from tests.factories.pages import make_page
from tests.factories.project import make_organisation
from tests.factories.translations import make_translations
from tests.factories.users import make_user
from tests.html import soup
from tests.project.test_routes import has_inline_scripts

pytestmark = [pytest.mark.any_database, pytest.mark.django_db, pytest.mark.slow]


def indexed(row):
    with transaction.atomic():
        ReferenceIndex.create_or_update_for_object(row)
    return row


def make_image(title: str = "Logo", **fields) -> SiteImage:
    return SiteImage.objects.create(title=title, file=get_test_image_file(), **fields)


def make_document(title: str = "Minutes"):
    return get_document_model().objects.create(title=title, file=ContentFile(b"text", name="minutes.txt"))


def figure(image) -> tuple[str, dict]:
    return "image", {
        "image": {"image": image.pk, "alt_text": "A logo", "decorative": False},
        "caption": "",
        "credit": "",
    }


def raw(page) -> list:
    return page.body.stream_block.get_prep_value(page.body)


@pytest.fixture
def image():
    return make_image()


@pytest.fixture
def document():
    return make_document()


@pytest.fixture
def page(home_page, image, document):
    """A public page that shows the image in its body and links the document."""
    page = make_page(ContentPage, home_page, "About us", share_image=image)
    page.body = page.body.stream_block.to_python(
        [
            {"type": figure(image)[0], "value": figure(image)[1], "id": "11111111-1111-4111-8111-111111111111"},
            {
                "type": "text",
                "value": f'<p><a linktype="document" id="{document.pk}">Minutes</a></p>',
                "id": "22222222-2222-4222-8222-222222222222",
            },
        ]
    )
    page.save()
    return indexed(page)


def delete_url(row) -> str:
    if isinstance(row, SiteImage):
        return reverse("wagtailimages:delete", args=[row.pk])
    return reverse("wagtaildocs:delete", args=[row.pk])


def bulk_url(row) -> str:
    return reverse("wagtail_bulk_action", args=[row._meta.app_label, row._meta.model_name, "delete"]) + f"?id={row.pk}"


@pytest.mark.parametrize("name", ["image", "document"])
def test_a_file_that_visitors_see_is_not_deleted(name, request, page, admin_client):
    row = request.getfixturevalue(name)
    shown = admin_client.get(delete_url(row))
    assert soup(shown).select_one("main li a").get_text() == "About us (English)"
    assert "Yes, delete" not in shown.text
    # The chooser of what replaces it works.
    assert soup(shown).select_one("main [data-form-widget$=Chooser]")
    assert not has_inline_scripts(shown)

    refused = admin_client.post(delete_url(row))

    assert "It is in use, and visitors see it." in refused.text
    assert admin_client.delete(delete_url(row)).status_code == 405
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", ["image", "document"])
def test_several_files_are_not_deleted_while_visitors_see_one(name, request, page, admin_client):
    row = request.getfixturevalue(name)
    other = make_image("Other") if name == "image" else make_document("Other")
    address = f"{bulk_url(row)}&id={other.pk}"
    shown = admin_client.get(address)
    assert "About us (English)" in shown.text
    assert delete_url(row) in shown.text
    assert "Yes, delete" not in shown.text

    refused = admin_client.post(address)

    assert [str(text).strip() for text in get_messages(refused.wsgi_request)] == [
        f"Nothing was deleted. These are in use: {row}."
    ]
    assert type(row).objects.filter(pk__in=[row.pk, other.pk]).count() == 2


@pytest.mark.parametrize("name", ["image", "document"])
def test_a_file_that_is_used_nowhere_is_deleted(name, request, admin_client):
    row, other = request.getfixturevalue(name), make_image("Other") if name == "image" else make_document("Other")
    assert "It is used nowhere." in admin_client.get(delete_url(row)).text
    admin_client.post(delete_url(row))
    admin_client.post(bulk_url(other))
    assert not type(row).objects.exists()


def test_the_screen_of_new_uploads_keeps_a_file_in_use(page, image, document, admin_client):
    for address, row in (
        (reverse("wagtailimages:delete_multiple", args=[image.pk]), image),
        (reverse("wagtaildocs:delete_multiple", args=[document.pk]), document),
    ):
        response = admin_client.post(address)
        assert (response.status_code, response.json()["success"]) == (409, False)
        row.refresh_from_db()


def test_a_draft_that_uses_an_image_is_named_and_does_not_keep_it(home_page, image, admin_client):
    page = make_page(ContentPage, home_page, "About us")
    page.share_image = image
    page.save_revision()
    assert [(use.title, use.is_public) for use in uses_of(image)] == [("About us (English)", False)]

    shown = admin_client.get(delete_url(image))

    assert "About us (English)" in shown.text
    assert "It disappears from the drafts in the list." in shown.text
    admin_client.post(delete_url(image))
    assert not SiteImage.objects.exists()
    # The draft can still be edited and published.
    assert admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    Page.objects.get(pk=page.pk).specific.get_latest_revision().publish()


@pytest.mark.parametrize("name", ["image", "document"])
def test_a_file_is_replaced_everywhere_and_deleted(
    name, request, page, image, document, admin_client, django_capture_on_commit_callbacks
):
    row = request.getfixturevalue(name)
    new = make_image("New") if name == "image" else make_document("New")
    with django_capture_on_commit_callbacks(execute=True):
        response = admin_client.post(delete_url(row), {"replace": "yes", "replacement": new.pk})
    assert response.status_code == 302
    page.refresh_from_db()
    body = raw(page)
    expected_image, expected_document = (new, document) if name == "image" else (image, new)
    assert page.share_image == SiteImage.objects.get(pk=expected_image.pk)
    assert body[0]["value"]["image"] == {"image": expected_image.pk, "alt_text": "A logo", "decorative": False}
    assert body[1]["value"] == f'<p><a linktype="document" id="{expected_document.pk}">Minutes</a></p>'
    assert not type(row).objects.filter(pk=row.pk).exists()
    assert (page.live, page.has_unpublished_changes) == (True, False)


def test_replacing_keeps_the_draft_of_a_published_page(page, image):
    page.title = "Draft title"
    page.save_revision()
    new = make_image("New")
    replace(image, new, uses_of(image), None)
    page.refresh_from_db()
    assert (page.title, page.share_image.pk, page.has_unpublished_changes) == ("About us", new.pk, True)
    draft = page.get_latest_revision_as_object()
    assert (draft.title, draft.share_image.pk, raw(draft)[0]["value"]["image"]["image"]) == (
        "Draft title",
        new.pk,
        new.pk,
    )


def test_replacing_reaches_translations(page, image):
    with transaction.atomic():
        make_translations(page, ["fi"])
    finnish = ContentPage.objects.get(translation_key=page.translation_key, locale__language_code="fi")
    for row in (page, finnish):
        indexed(row)
    new = make_image("New")
    replace(image, new, uses_of(image), None)
    finnish.refresh_from_db()
    assert (finnish.share_image.pk, raw(finnish)[0]["value"]["image"]["image"]) == (new.pk, new.pk)
    assert finnish.live


def test_pages_and_their_translations_can_be_edited_after_their_image_is_gone(page, image, admin_client):
    """Its row can be lost, for example by a command. The texts of the translation are saved before the source is mended."""
    with transaction.atomic():
        make_translations(page, ["fi"])
    finnish = ContentPage.objects.get(translation_key=page.translation_key, locale__language_code="fi")
    image.delete()
    for row in (page, finnish):
        response = admin_client.get(reverse("wagtailadmin_pages:edit", args=[row.pk]))
        assert response.status_code == 200
        assert "Minutes" in response.text
    with transaction.atomic():
        Translation.objects.get(source__object_id=page.translation_key).save_target(publish=True)
    assert admin_client.get(page.url).status_code == 200
    assert admin_client.get(finnish.url).status_code == 200


def test_replacing_reaches_organisations(image):
    organisation = indexed(Organisation.objects.create(name="College", logo=image))
    new = make_image("New")
    replace(image, new, uses_of(image), None)
    organisation.refresh_from_db()
    assert organisation.logo.pk == new.pk


def test_a_replacement_must_be_another_file(page, image, admin_client):
    response = admin_client.post(delete_url(image), {"replace": "yes", "replacement": image.pk})
    assert "Choose one that you are not deleting." in response.text
    assert admin_client.post(delete_url(image), {"replace": "yes"}).status_code == 200
    assert SiteImage.objects.filter(pk=image.pk).exists()


def test_who_may_not_edit_the_page_may_not_replace_its_image(page, client):
    user = make_user("partner", group="Partner editors")
    image = page.share_image
    SiteImage.objects.filter(pk=image.pk).update(uploaded_by_user=user)
    client.force_login(user)
    shown = client.get(delete_url(image))
    assert "You do not have permission to edit all of these. Ask an editor to replace it." in shown.text
    assert "About us (English)" in shown.text
    new = make_image("New", uploaded_by_user=user)
    client.post(delete_url(image), {"replace": "yes", "replacement": new.pk})
    page.refresh_from_db()
    assert page.share_image.pk == image.pk


# Snippets


def snippet_url(row) -> str:
    return reverse(type(row).snippet_viewset.get_url_name("delete"), args=[row.pk])


@pytest.fixture
def colleges(home_page):
    """An organisation that everything names, with its Finnish entry; and the one that replaces it, with its own."""
    old = indexed(make_organisation("College"))
    new = indexed(make_organisation("University"))
    with transaction.atomic():
        make_translations(old, ["fi"])
        make_translations(new, ["fi"])
    return old, new


def organisations_block(*rows) -> dict:
    return {
        "type": "organisations",
        "value": {
            "heading": "",
            "organisations": [{"type": "item", "value": row.pk, "id": f"{row.pk}"} for row in rows],
        },
        "id": "33333333-3333-4333-8333-333333333333",
    }


def replace_snippet(client, callbacks, old, new):
    with callbacks(execute=True):
        return client.post(snippet_url(old), {"replace": "yes", "replacement": new.pk})


def test_a_snippet_that_visitors_see_is_not_deleted(home_page, admin_client):
    news = make_page(NewsIndexPage, home_page, "News")
    college = make_organisation("College")
    article = indexed(make_page(NewsPage, news, "Kickoff", organisation=college))
    shown = admin_client.get(snippet_url(college))
    assert soup(shown).select_one("main li a").get_text() == "Kickoff (English)"
    assert "Its accounts do not belong to the new organisation" in shown.text
    assert soup(shown).select_one("main [data-form-widget$=Chooser]")
    assert not has_inline_scripts(shown)

    assert "It is in use, and visitors see it." in admin_client.post(snippet_url(college)).text
    assert admin_client.delete(snippet_url(college)).status_code == 405
    several = admin_client.get(bulk_url(college))
    assert snippet_url(college) in several.text
    assert "Yes, delete" not in several.text
    refused = admin_client.post(bulk_url(college))

    assert [str(text).strip() for text in get_messages(refused.wsgi_request)] == [
        "Nothing was deleted. These are in use: College."
    ]
    assert Organisation.objects.exists()
    article.delete()
    admin_client.post(bulk_url(college))
    assert not Organisation.objects.exists()


def test_an_organisation_is_replaced_everywhere_and_deleted(
    home_page, colleges, admin_client, django_capture_on_commit_callbacks
):
    old, new = colleges
    news = make_page(NewsIndexPage, home_page, "News")
    article = make_page(NewsPage, news, "Kickoff", organisation=old)
    article.body = article.body.stream_block.to_python([organisations_block(old, new)])
    article.save()
    with transaction.atomic():
        make_translations(article, ["fi"])
    finnish = article.get_translation(Locale.objects.get(language_code="fi"))
    person = Person.objects.create(name="Person", organisation=old)
    publication = make_fact_sheet(make_fact_sheet_list(home_page)).publication
    contributor = Contributor.objects.create(publication=publication, organisation=old)
    event = make_event()
    EventOrganiser.objects.bulk_create([EventOrganiser(event=event, organisation=row) for row in (old, new)])
    for row in (article, finnish, person, publication, event):
        indexed(row)

    response = replace_snippet(admin_client, django_capture_on_commit_callbacks, old, new)

    assert response.status_code == 302
    assert {row.name for row in Organisation.objects.all()} == {"University", "fi University"}
    for row in (article, finnish, person, contributor):
        row.refresh_from_db()
    finnish_new = new.get_translation(finnish.locale)
    assert (article.organisation, finnish.organisation, person.organisation) == (new, finnish_new, new)
    assert contributor.organisation == new
    shown = [[item["value"] for item in raw(page)[0]["value"]["organisations"]] for page in (article, finnish)]
    assert shown == [[new.pk], [finnish_new.pk]]
    assert [row.organisation for row in event.organisers.all()] == [new]
    assert (finnish.live, finnish.has_unpublished_changes) == (True, False)
    histories = [log_registry.get_logs_for_instance(row).filter(action=REPLACED) for row in (article, person, event)]
    assert [entries.get().message for entries in histories] == ["“College” was replaced by “University”"] * 3


def test_what_has_no_translation_is_used_itself(home_page, colleges, admin_client, django_capture_on_commit_callbacks):
    old, _ = colleges
    new = make_organisation("Hospital")
    news = make_page(NewsIndexPage, home_page, "News")
    article = make_page(NewsPage, news, "Kickoff", organisation=old)
    with transaction.atomic():
        make_translations(article, ["fi"])
    finnish = article.get_translation(Locale.objects.get(language_code="fi"))
    for row in (article, finnish):
        indexed(row)
    replace_snippet(admin_client, django_capture_on_commit_callbacks, old, new)
    finnish.refresh_from_db()
    assert finnish.organisation == new


@pytest.mark.parametrize("names", [["pain"], ["pain", "sleep"]], ids=["one", "both"])
def test_a_topic_is_replaced(names, home_page, admin_client, django_capture_on_commit_callbacks):
    topics = {name: Topic.objects.create(name=name, key=name) for name in ("pain", "sleep")}
    publication = indexed(make_fact_sheet(make_fact_sheet_list(home_page)).publication)
    publication.topics.set([topics[name] for name in names])
    kept = admin_client.post(snippet_url(topics["pain"]))
    assert "It is in use, and visitors see it." in kept.text
    replace_snippet(admin_client, django_capture_on_commit_callbacks, topics["pain"], topics["sleep"])
    assert list(publication.topics.all()) == [topics["sleep"]]
    assert list(Topic.objects.all()) == [topics["sleep"]]


def test_a_replacement_is_in_the_same_language(colleges, home_page, admin_client):
    old, new = colleges
    indexed(Person.objects.create(name="Person", organisation=old))
    other = new.get_translation(Locale.objects.get(language_code="fi"))
    for row in (old, other):
        response = admin_client.post(snippet_url(old), {"replace": "yes", "replacement": row.pk})
        assert soup(response).select_one(".error-message") is not None
    assert Organisation.objects.filter(pk=old.pk).exists()


def test_who_may_not_change_everything_may_not_replace_a_snippet(colleges, home_page, client):
    old, new = colleges
    publication = make_fact_sheet(make_fact_sheet_list(home_page)).publication
    Contributor.objects.create(publication=publication, organisation=old)
    person = indexed(Person.objects.create(name="Person", organisation=old))
    user = make_user("translator", group="Translators: Finnish")
    user.user_permissions.add(*Permission.objects.filter(codename__in=["delete_organisation", "change_person"]))
    client.force_login(user)
    finnish = old.get_translation(Locale.objects.get(language_code="fi"))
    assert client.get(snippet_url(old)).status_code == 302
    assert client.get(snippet_url(finnish)).status_code == 200
    client.post(snippet_url(old), {"replace": "yes", "replacement": new.pk})
    person.refresh_from_db()
    assert person.organisation == old
