"""The media folder, which the web server serves, holds nothing but files that are made to be shown."""

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, CollectionViewRestriction
from wagtail.users.models import UserProfile

from home.checks import check_no_uploads_in_the_media_folder

pytestmark = pytest.mark.any_database


def picture() -> SimpleUploadedFile:
    target = BytesIO()
    Image.new("RGB", (80, 60), "red").save(target, "JPEG")
    return SimpleUploadedFile("picture.jpg", target.getvalue(), "image/jpeg")


def in_media_folder() -> set[str]:
    return {path.parent.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


@pytest.fixture
def document(db):
    return get_document_model().objects.create(title="Minutes", file=ContentFile(b"secret", name="minutes.txt"))


@pytest.fixture
def image(db):
    return get_image_model().objects.create(title="Picture", file=picture())


def test_documents_and_original_images_are_outside_the_media_folder(document, image):
    root = Path(settings.MEDIA_ROOT).resolve()

    assert not Path(document.file.path).resolve().is_relative_to(root)
    assert not Path(image.file.path).resolve().is_relative_to(root)
    assert in_media_folder() <= {"images", "avatar_images"}


def test_any_other_upload_is_private():
    name = default_storage.save("anything/file.txt", ContentFile(b"x"))

    assert not Path(default_storage.path(name)).is_relative_to(settings.MEDIA_ROOT)
    assert default_storage.exists(name)
    with pytest.raises(NotImplementedError):
        default_storage.url(name)


@pytest.mark.parametrize("name", ["images/../../secret.txt", "../images/x", "/etc/passwd"])
def test_names_do_not_leave_their_folder(name):
    from django.core.exceptions import SuspiciousFileOperation

    with pytest.raises(SuspiciousFileOperation):
        default_storage.open(name)


def test_name_that_goes_through_a_public_folder_is_private():
    assert not Path(default_storage.path("images/../documents/a")).is_relative_to(settings.MEDIA_ROOT)


def test_scaled_images_and_avatars_have_an_address(image, admin_user):
    rendition = image.get_rendition("width-40")
    profile = UserProfile.get_for_user(admin_user)
    profile.avatar = picture()
    profile.save()

    assert rendition.url.startswith("/media/images/")
    assert Path(rendition.file.path).is_relative_to(settings.MEDIA_ROOT)
    assert profile.avatar.url.startswith("/media/avatar_images/")


def test_document_is_served_by_its_view_alone(client, document):
    response = client.get(document.url)

    assert b"".join(response.streaming_content) == b"secret"
    assert document.url.startswith("/documents/")
    assert client.get(f"/media/{document.file.name}").status_code == 404


def test_document_of_a_private_collection_is_not_served(client, document):
    private = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=private, restriction_type=CollectionViewRestriction.LOGIN)
    document.collection = private
    document.save()

    assert client.get(document.url).status_code == 302


def test_editors_see_images_and_documents_in_the_admin(admin_client, document, image):
    for name, row in (("wagtailimages:edit", image), ("wagtaildocs:edit", document)):
        assert admin_client.get(reverse(name, args=[row.pk])).status_code == 200


def test_earlier_uploads_in_the_media_folder_are_reported(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    assert check_no_uploads_in_the_media_folder(None) == []
    (tmp_path / "documents").mkdir()

    assert [message.id for message in check_no_uploads_in_the_media_folder(None)] == ["home.W004"]
