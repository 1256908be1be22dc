"""The press pack of the contact page: its files, the citation of the project, and who gets them."""

import io
import uuid
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from home import press_pack
from home.models import ContactPage, PressPicture
from tests.factories.pages import make_page, make_private
from tests.factories.project import describe_project, write_texts
from tests.html import soup, text_of

pytestmark = pytest.mark.any_database


@pytest.fixture
def page(home_pages, monkeypatch) -> ContactPage:
    describe_project()
    for language in ("en", "fi"):
        write_texts(language, footer_text=f"Two sentences ({language}).")
    page = make_page(ContactPage, home_pages["en"], "Contact", slug="contact", boilerplate="About it.\nIn short.")
    make_page(ContactPage, home_pages["fi"], "Yhteystiedot", slug="yhteystiedot", translation_of=page)
    # Drawing the logos takes a second; one test draws them.
    monkeypatch.setattr(press_pack, "picture", lambda template, data, **options: b"drawn")
    return page


def add_picture(page: ContactPage, **values) -> PressPicture:
    image = get_image_model().objects.create(title="t", file=get_test_image_file())
    given = {"caption": "People in a lecture hall", "credit": "Ada, CC BY 4.0"} | values
    return PressPicture.objects.create(page=page, locale_id=page.locale_id, image=image, **given)


def files_of(page: ContactPage) -> dict[str, bytes]:
    response = Client().get(reverse("press_pack", args=[page.translation_key]))
    assert response.headers["Content-Type"] == "application/zip"
    assert dict(response.cookies) == {}
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    return {name: archive.read(name) for name in archive.namelist()}


def test_files_of_the_pack(page):
    found = files_of(page)
    assert set(found) == {
        *(f"logo/logo-on-{ground}.{kind}" for ground in ("light", "dark") for kind in ("svg", "png")),
        "eu-funding/emblem.svg",
        "eu-funding/statement-en.txt",
        "eu-funding/statement-fi.txt",
        "about/about-en.txt",
        "about/about-fi.txt",
        *(f"citation/citation.{kind}" for kind in ("txt", "bib", "ris")),
    }
    assert found["about/about-en.txt"].decode().endswith("\n\nAbout it.\nIn short.\n")
    # Without a text of its own: that of the footer.
    assert found["about/about-fi.txt"].decode().endswith("\n\nTwo sentences (fi).\n")


def test_pictures_have_their_credits(page):
    add_picture(page)
    found = files_of(page)
    assert found["pictures/01-people-in-a-lecture-hall.jpg"].startswith(b"\xff\xd8")
    assert found["pictures/credits.txt"].decode() == (
        "01-people-in-a-lecture-hall.jpg: People in a lecture hall (Ada, CC BY 4.0)\n"
    )
    shown = soup(Client().get(page.url)).select_one("#press")
    assert "1 picture" in text_of(shown)
    assert text_of(shown.figcaption) == "People in a lecture hall (Ada, CC BY 4.0)"


def test_a_lost_image_is_left_out(page):
    picture = add_picture(page)
    picture.image.file.delete(save=False)
    assert not any(name.startswith("pictures/") for name in files_of(page))


def test_the_pack_is_made_once_and_again_after_a_change(
    page, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.PAGE_CACHE_SECONDS = 60
    made = []
    monkeypatch.setattr(press_pack, "_archive", lambda *given: made.append(1) or b"zip")
    url = reverse("press_pack", args=[page.translation_key])
    Client().get(url)
    Client().get(url)
    assert len(made) == 1
    with django_capture_on_commit_callbacks(execute=True):
        page.boilerplate = "New"
        page.save_revision().publish()
    Client().get(url)
    assert len(made) == 2


def test_logos_are_shapes_and_transparent(db):
    logos = dict(press_pack._logos("DigiCanTrain"))
    assert b"<text" not in logos["logo/logo-on-light.svg"]
    assert logos["logo/logo-on-light.svg"] != logos["logo/logo-on-dark.svg"]
    assert logos["logo/logo-on-dark.png"].startswith(b"\x89PNG")


@pytest.mark.parametrize(("language", "consortium"), [("en", "consortium"), ("fi", "-konsortio")])
def test_the_citation_is_in_the_language_of_the_page(page, language, consortium):
    with override(language):
        address = reverse("project_citation", args=[page.translation_key, "bib"])
    shown = page.get_translations(inclusive=True).get(locale__language_code=language)
    response = Client().get(shown.url)
    assert consortium in text_of(soup(response).select_one("#citation"))
    assert address in [link["href"] for link in soup(response).select(".actions a")]
    written = Client().get(address)
    assert written.headers["Content-Disposition"] == 'attachment; filename="citation.bib"'
    assert written.text.startswith("@misc{")
    assert consortium in written.text


def test_ris(page):
    text = Client().get(reverse("project_citation", args=[page.translation_key, "ris"])).text
    assert text.startswith("TY  - GEN\r\n")
    assert "N1  - " in text


def test_a_preview_shows_unsaved_pictures(page):
    add_picture(page)
    draft = page.save_revision().as_object()
    draft.press_pictures = [
        PressPicture(image=row.image, caption="Unsaved", credit="Ada") for row in page.press_pictures.all()
    ]
    response = draft.make_preview_request(preview_mode=draft.default_preview_mode)
    assert "Unsaved (Ada)" in response.text


def test_without_the_title_of_the_project_there_is_no_citation(home_pages):
    page = make_page(ContactPage, home_pages["en"], "Contact", slug="contact")
    assert soup(Client().get(page.url)).select("#press, #citation") == []
    assert Client().get(reverse("project_citation", args=[page.translation_key, "bib"])).status_code == 404


def test_what_is_not_public_is_not_found(page):
    pack, other = (reverse("press_pack", args=[key]) for key in (page.translation_key, uuid.uuid4()))
    wrong = reverse("project_citation", args=[page.translation_key, "pdf"])
    assert [Client().get(url).status_code for url in (pack, other, wrong)] == [200, 404, 404]
    for each in page.get_translations(inclusive=True):
        make_private(each)
    assert Client().get(pack).status_code == 404
