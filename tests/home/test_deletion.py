"""Deleting images, documents and snippets: what is in use is named, kept while visitors see it, and can be replaced."""

import pytest
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, ReferenceIndex

from factsheets.models import Publication, Topic
from home.models import ContentPage, Organisation, SiteImage
from home.usage import replace, uses_of
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.factories.translations import make_translations
from tests.factories.users import make_user
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]


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

    refused = admin_client.post(delete_url(row))

    assert "It is in use, and visitors see it." in refused.text
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


def test_replacing_reaches_organisations(image):
    organisation = indexed(Organisation.objects.create(name="College", logo=image))
    new = make_image("New")
    replace(image, new, uses_of(image), None)
    organisation.refresh_from_db()
    assert organisation.logo.pk == new.pk


def test_a_replacement_must_be_another_file(page, image, admin_client):
    response = admin_client.post(delete_url(image), {"replace": "yes", "replacement": image.pk})
    assert "Choose another one than the one that you delete." in response.text
    assert admin_client.post(delete_url(image), {"replace": "yes"}).status_code == 200
    assert SiteImage.objects.filter(pk=image.pk).exists()


def test_who_may_not_edit_the_page_may_not_replace_its_image(page, client):
    user = make_user("partner", group="Partner editors")
    image = page.share_image
    SiteImage.objects.filter(pk=image.pk).update(uploaded_by_user=user)
    client.force_login(user)
    shown = client.get(delete_url(image))
    assert "You may not edit all of these. Ask an editor to replace it." in shown.text
    assert "About us (English)" in shown.text
    new = make_image("New", uploaded_by_user=user)
    client.post(delete_url(image), {"replace": "yes", "replacement": new.pk})
    page.refresh_from_db()
    assert page.share_image.pk == image.pk


def test_snippets_in_use_are_named_and_kept(home_page, admin_client):
    news = make_page(NewsIndexPage, home_page, "News")
    college = Organisation.objects.create(name="College")
    article = indexed(make_page(NewsPage, news, "Kickoff", organisation=college))
    for address in (
        reverse(Organisation.snippet_viewset.get_url_name("delete"), args=[college.pk]),
        bulk_url(college),
    ):
        response = admin_client.post(address)
        assert "In use by: Kickoff (English)." in str(next(iter(get_messages(response.wsgi_request))))
    assert Organisation.objects.exists()
    article.delete()
    admin_client.post(bulk_url(college))
    assert not Organisation.objects.exists()


def test_a_topic_of_a_fact_sheet_is_kept(admin_client):
    topic = Topic.objects.create(name="Pain", key="pain")
    publication = Publication.objects.create(name="Guide")
    publication.topics.add(topic)
    admin_client.post(reverse(Topic.snippet_viewset.get_url_name("delete"), args=[topic.pk]))
    assert Topic.objects.exists()
