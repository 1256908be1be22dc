"""The pictures of pages for social media: made at publication, in the page's language, and only for public pages."""

from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from PIL import Image
from wagtail.images.tests.utils import get_test_image_file_jpeg
from wagtail.signals import page_published

from home import share_pictures
from home.layout import PICTURE_SHAPES, Layout
from home.models import ContentPage
from home.models.images import SiteImage
from home.pdf import picture
from home.private_files import private_storage
from home.share_pictures import STORED_IN, make_share_pictures
from home.signals import draw_share_pictures
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_page, make_private
from tests.html import get_page

pytestmark = [pytest.mark.any_database, pytest.mark.slow]


@pytest.fixture(autouse=True)
def drawn() -> Iterator[None]:
    page_published.connect(draw_share_pictures, dispatch_uid="share-pictures")
    yield
    page_published.disconnect(dispatch_uid="share-pictures")


def picture_path(client, page) -> str:
    meta = get_page(client, page.url).select_one("meta[property='og:image']")
    return urlsplit(meta["content"]).path


def stored(page) -> list[str]:
    try:
        return sorted(private_storage().listdir(f"{STORED_IN}/{page.pk}")[1])
    except FileNotFoundError:
        return []


@pytest.mark.parametrize(
    "title", ["Short", "Ενδυναμώνοντας το μέλλον της φροντίδας του καρκίνου " * 4, "x" * 250, "\u202e🦀"]
)
def test_a_picture_has_its_shape_whatever_the_title_is(client, home_page, title):
    page = make_page(ContentPage, home_page, title, slug="page")
    path = picture_path(client, page)
    for shape, size in PICTURE_SHAPES.items():
        response = client.get(path.replace("wide", shape))
        assert response["Content-Type"] == "image/png"
        assert "immutable" in response["Cache-Control"]
        with Image.open(BytesIO(response.content)) as picture:
            assert picture.size == size


@pytest.mark.parametrize(("size", "is_shared"), [((600, 315), True), ((400, 9000), False), ((3000, 1), False)])
def test_an_image_that_is_too_small_to_be_shared_is_replaced_by_a_picture_with_the_title(
    client, home_page, size, is_shared, django_capture_on_commit_callbacks
):
    image = SiteImage.objects.create(title="Picture", file=get_test_image_file_jpeg(size=size))
    index = make_page(NewsIndexPage, home_page, "News")
    article = make_page(NewsPage, index, "Article", image=image, image_alt="A nurse reads")
    page = make_page(ContentPage, home_page, "Page", share_image=image)
    with django_capture_on_commit_callbacks(execute=True):
        article.save_revision().publish()
    for found in (article, page):
        assert picture_path(client, found).startswith("/media/") == is_shared
    assert is_shared or len(stored(article)) == 4
    alt = get_page(client, article.url).select_one("meta[property='og:image:alt']")
    assert alt["content"] == ("A nurse reads" if is_shared else "Article")


def test_pictures_are_made_when_a_page_is_published(home_page, django_capture_on_commit_callbacks, client):
    page = make_page(ContentPage, home_page, "Before")
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    first = stored(page)
    assert [name.partition("-")[2] for name in first] == ["16x9.png", "1x1.png", "4x3.png", "wide.png"]
    before = picture_path(client, page)
    page.title = "After"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    # The pictures of the old title are deleted, and their address is gone.
    assert len(stored(page)) == 4
    assert not set(first) & set(stored(page))
    assert client.get(before).status_code == 404


def test_a_made_picture_is_not_drawn_again(client, home_page, monkeypatch):
    page = make_page(ContentPage, home_page, "Page")
    make_share_pictures.call(page.pk)
    monkeypatch.setattr(share_pictures, "picture", None)
    assert client.get(picture_path(client, page)).status_code == 200


def test_the_title_is_part_of_the_address(rf, home_pages):
    pages = [make_page(ContentPage, home, "Same", slug="same") for home in home_pages.values()]
    other = make_page(ContentPage, home_pages["en"], "Other")
    digests = {Layout(rf.get("/"), page).picture_digest for page in (*pages, other)}
    assert len(digests) == len(pages) + 1


def test_the_picture_of_a_home_page_says_what_the_project_is(client, home_page, monkeypatch):
    drawn = []
    monkeypatch.setattr(share_pictures, "picture", lambda template, data, **options: drawn.append(data) or b"")
    home_page.headline = "Training for cancer care"
    home_page.save()
    path = picture_path(client, home_page)
    alt = get_page(client, home_page.url).select_one("meta[property='og:image:alt']")
    client.get(path)
    assert [(data["title"], data["kind"]) for data in drawn] == [("Training for cancer care", "")]
    assert alt["content"] == "Training for cancer care"
    home_page.headline = "Another headline"
    home_page.save()
    assert picture_path(client, home_page) != path


@pytest.mark.parametrize("title", ["Päätösfoorumi: Syövänhoidon tulevaisuutta vahvistamassa", "Kliininen henkilöstö"])
def test_a_title_whose_words_fit_is_not_divided(title):
    data = {"title": title, "acronym": "TEST", "kind": "", "width": 1200, "height": 630, "cover": None}
    # Greek is never divided.
    finnish, undivided = (
        picture(share_pictures.TEMPLATE, {**data, "language": language}, pixels_per_inch=72)
        for language in ("fi", "el")
    )
    assert finnish == undivided


def test_pictures_of_pages_that_are_not_public_are_not_served(client, home_page, django_capture_on_commit_callbacks):
    private, gone = make_page(ContentPage, home_page, "Private"), make_page(ContentPage, home_page, "Gone")
    paths = [picture_path(client, page) for page in (private, gone)]
    assert [client.get(path).status_code for path in paths] == [200, 200]
    with django_capture_on_commit_callbacks(execute=True):
        make_private(private)
        gone.unpublish()
    assert [client.get(path).status_code for path in paths] == [404, 404]
    make_share_pictures.call(private.pk)
    make_share_pictures.call(gone.pk)


def test_no_other_text_can_be_drawn(client, home_page):
    page = make_page(ContentPage, home_page, "Page")
    path = picture_path(client, page)
    digest = path.split("/")[-2]
    for other in (
        path.replace(digest, "0" * 20),
        path.replace("wide", "huge"),
        path.replace(f"/{page.pk}/", "/999999/"),
    ):
        assert client.get(other).status_code == 404
