"""Images that cannot be shown any more: a placeholder stands for them, on every page and screen."""

import errno
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.urls import reverse
from PIL import Image as Pillow
from wagtail.images.tests.utils import get_test_image_file, get_test_image_file_jpeg

from home.models import SiteImage
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.home.test_images import KINDS, photograph, picture, saved
from tests.html import soup

pytestmark = [pytest.mark.any_database, pytest.mark.django_db, pytest.mark.slow]
PLACEHOLDER = "/static/img/placeholder.svg"


@pytest.fixture
def image() -> SiteImage:
    return SiteImage.objects.create(title="Picture", file=get_test_image_file_jpeg(size=(800, 600)))


@pytest.fixture
def article(home_page, image):
    index = make_page(NewsIndexPage, home_page, "News")
    return make_page(NewsPage, index, "Article", image=image, image_alt="A picture")


def lose(image, monkeypatch, settings, tmp_path):
    Path(image.file.path).unlink()


def damage(image, monkeypatch, settings, tmp_path):
    path = Path(image.file.path)
    path.write_bytes(path.read_bytes()[:700])


def fail_to_decode(image, monkeypatch, settings, tmp_path):
    def fail(*args, **kwargs):
        raise SyntaxError("broken chunk")

    monkeypatch.setattr(Pillow.Image, "resize", fail)
    monkeypatch.setattr(Pillow.Image, "crop", fail)


def make_read_only(image, monkeypatch, settings, tmp_path):
    # A folder that cannot be made, also not by root.
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file" / "media"


FAILURES = [lose, damage, fail_to_decode, make_read_only]


@pytest.fixture(params=FAILURES, ids=lambda function: function.__name__)
def failing(request, image, monkeypatch, settings, tmp_path):
    request.param(image, monkeypatch, settings, tmp_path)


def test_pages_lists_feeds_and_share_pictures_have_a_placeholder(client, home_page, article, failing, caplog):
    for page in (home_page, article.get_parent(), article):
        address = page.specific.get_url()
        for _repeated in range(2):
            response = client.get(address, {"x": "1"})
            assert response.status_code == 200
    pictures = [found["src"] for found in soup(response).select("main picture img")]
    assert pictures == [PLACEHOLDER]
    assert soup(response).select("main picture source") == []
    assert soup(response).select_one("meta[property='og:image']")["content"].endswith("/wide.png")
    assert client.get("/en/feeds/news/").status_code == 200
    failures = [record.getMessage() for record in caplog.records if record.name == "home.models.images"]
    # Each rendition failed once, however often it was requested.
    assert failures
    assert len(failures) == len(set(failures))


def test_the_admin_has_a_placeholder(admin_client, article, image, failing):
    for address in (
        reverse("wagtailimages:index"),
        reverse("wagtailimages:edit", args=[image.pk]),
        reverse("wagtailimages_chooser:choose"),
        reverse("wagtailimages_chooser:chosen", args=[image.pk]),
        reverse("wagtailadmin_pages:edit", args=[article.pk]),
    ):
        response = admin_client.get(address)
        assert response.status_code == 200, address
    assert PLACEHOLDER in admin_client.get(reverse("wagtailimages:index")).text


def test_a_placeholder_has_the_size_of_the_image_and_is_not_stored(image, monkeypatch):
    lose(image, None, None, None)
    found = image.get_rendition("fill-300x100|format-webp")
    assert (found.width, found.height, found.url, found.pk) == (300, 100, PLACEHOLDER, None)
    assert image.renditions.count() == 0


def test_a_rendition_that_failed_is_tried_again_later(image, monkeypatch):
    with monkeypatch.context() as patched:
        fail_to_decode(image, patched, None, None)
        assert image.get_rendition("width-100").url == PLACEHOLDER
    assert image.get_rendition("width-100").url == PLACEHOLDER
    SiteImage.get_rendition_model().cache_backend.clear()
    assert image.get_rendition("width-100").url != PLACEHOLDER


@pytest.mark.parametrize("name", ["images/picture.png", "documents/file.pdf"])
def test_a_full_folder_keeps_no_part_of_a_file(name):
    class Interrupted(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"a part"
            raise OSError(errno.ENOSPC, "No space left on device")

    folder = Path(default_storage.path(name)).parent
    folder.mkdir(parents=True, exist_ok=True)

    def files():
        return {path for root in (folder, Path(default_storage.location)) for path in root.rglob("*") if path.is_file()}

    before = files()
    with pytest.raises(OSError, match="No space left"):
        default_storage.save(name, Interrupted(b""))
    assert files() == before


def test_a_stored_file_is_whole_and_readable_by_the_web_server():
    name = default_storage.save("images/picture.png", get_test_image_file())
    path = Path(default_storage.path(name))
    assert path.stat().st_mode & 0o777 == 0o644
    assert path.is_relative_to(site_settings.MEDIA_ROOT)
    other = default_storage.save("images/picture.png", ContentFile(b"x"))
    assert other != name
    default_storage.delete(name)
    default_storage.delete(other)


def test_the_health_check_names_a_folder_that_takes_no_files(client, settings, tmp_path):
    make_read_only(None, None, settings, tmp_path)
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (
        200,
        "degraded\nwarning: files cannot be stored; a folder is full or read-only\n",
    )


@pytest.mark.parametrize("kind", ["photograph", "CMYK", "HEIC"])
def test_several_images_are_uploaded_at_once(admin_client, kind):
    name, make = KINDS[kind]
    response = admin_client.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "Picture", "files[]": ContentFile(make(), name=name)},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert response.json()["success"] is True
    with SiteImage.objects.get().file.open("rb") as file:
        assert b"Zeisig" not in file.read()


def test_images_of_before_are_normalised(capsys, django_capture_on_commit_callbacks):
    old = SiteImage.objects.create(
        title="Old",
        file=ContentFile(photograph(), name="old.jpg"),
        focal_point_x=10,
        focal_point_y=10,
        focal_point_width=5,
        focal_point_height=5,
    )
    large = SiteImage.objects.create(
        title="Large",
        file=ContentFile(saved(picture(size=(8000, 100)), "PNG"), name="large.png"),
        focal_point_x=4000,
        focal_point_y=50,
        focal_point_width=20,
        focal_point_height=20,
    )
    normal = SiteImage.objects.create(title="Normal", file=get_test_image_file())
    lost = SiteImage.objects.create(title="Lost", file=get_test_image_file())
    lose(lost, None, None, None)
    old.get_rendition("width-20")
    original = old.file.path

    with django_capture_on_commit_callbacks(execute=True):
        call_command("normalise_images")

    output = capsys.readouterr()
    assert output.out == "Images normalised: 2; that cannot be read: 1.\n"
    assert output.err.startswith(f"{lost.pk} Lost:")
    for image in (old, large):
        image.refresh_from_db()
    assert (old.width, old.height, old.focal_point_x, old.renditions.count()) == (48, 64, None, 0)
    assert (large.width, large.focal_point_x, large.focal_point_y) == (4000, 2000, 25)
    assert not Path(original).exists()
    with old.file.open("rb") as file:
        assert b"Zeisig" not in file.read()
    name = normal.file.name
    call_command("normalise_images")
    normal.refresh_from_db()
    assert normal.file.name == name
    assert capsys.readouterr().out == "Images normalised: 0; that cannot be read: 1.\n"


def test_the_files_of_a_deleted_image_are_deleted(image, django_capture_on_commit_callbacks):
    files = [Path(image.file.path), Path(image.get_rendition("width-100").file.path)]
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    assert [file.exists() for file in files] == [False, False]


@pytest.mark.parametrize("fail", FAILURES[:3])
def test_the_screen_that_makes_addresses_shows_it(fail, image, admin_client, monkeypatch, settings, tmp_path):
    address = reverse("wagtailimages:preview", args=[image.pk, "width-300"])
    assert admin_client.get(address)["Content-Type"] == "image/jpeg"
    fail(image, monkeypatch, settings, tmp_path)
    shown = admin_client.get(address)
    assert (shown.status_code, shown["Location"]) == (302, PLACEHOLDER)
    assert admin_client.get(reverse("wagtailimages:preview", args=[image.pk, "nonsense"])).status_code == 400
