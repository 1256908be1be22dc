"""Uploaded documents: their content is what their name says, and nothing in them runs."""

import zipfile
from io import BytesIO

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form

from tests.factories.documents import make_docx, make_odt, make_pdf, pdf_bytes

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00 This program cannot be run in DOS mode."


def archive(**parts: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "."), content)
    return target.getvalue()


def pdf_with_script() -> bytes:
    pdf = make_pdf()
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    return pdf_bytes(pdf)


def form(name: str, content: bytes):
    model = get_document_model()
    return get_document_form(model)({"title": "File"}, {"file": SimpleUploadedFile(name, content)}, instance=model())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        # Neither language nor title nor tags are asked of a document.
        ("a.pdf", pdf_bytes(make_pdf(title="", language="", tagged=False))),
        ("a.PDF", pdf_bytes(make_pdf())),
        ("a.odt", make_odt()),
        ("a.docx", make_docx()),
        ("a.epub", archive(mimetype=b"application/epub+zip")),
        ("a.zip", archive(notes__txt=b"text", nested__zip=archive(a__txt=b"x"))),
        ("a.txt", "Ένα κείμενο, õäöü\n".encode()),
        ("a.txt", "Ένα".encode("cp1253")),
        ("a.csv", "name;ä\r\n".encode("utf-16")),
        ("a.csv", b"PKN;MZ\n"),
        ("a.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    ],
)
def test_a_document_is_accepted(name, content):
    found = form(name, content)
    assert found.is_valid(), found.errors
    with found.save().file.open("rb") as file:
        assert file.read() == content


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.pdf", PROGRAM, "The file is not a PDF."),
        ("a.pdf", pdf_with_script(), "The file contains active content."),
        ("a.pdf", b"%PDF-1.7\n" + b"\x00garbage" * 500, "The file is damaged."),
        ("a.docx", make_odt(), "The file name does not match the content."),
        ("a.docx", PROGRAM, "The file name does not match the content."),
        ("a.epub", make_odt(), "The file name does not match the content."),
        ("a.zip", PROGRAM, "The file name does not match the content."),
        ("a.zip", archive(setup__exe=PROGRAM), "The file contains active content."),
        ("a.txt", PROGRAM, "The file name does not match the content."),
        ("a.csv", make_odt(), "The file name does not match the content."),
        ("a.ics", b"no calendar", "The file name does not match the content."),
        ("a.exe", PROGRAM, "The name of the file must end in the format of its content"),
        ("a", b"text", "The name of the file must end in the format of its content"),
    ],
)
def test_a_document_with_another_content_is_refused(name, content, expected):
    found = form(name, content)
    assert list(found.errors) == ["file"]
    (error,) = found.errors["file"]
    assert error.startswith(expected)


def test_every_accepted_ending_is_checked(settings):
    for extension in settings.WAGTAILDOCS_EXTENSIONS:
        assert list(form(f"a.{extension}", PROGRAM).errors) == ["file"], extension


def test_several_documents_and_the_chooser_refuse_a_program(admin_client):
    several = admin_client.post(
        reverse("wagtaildocs:add_multiple"),
        {"title": "File", "files[]": ContentFile(PROGRAM, name="a.pdf")},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert several.json()["success"] is False
    assert "The file is not a PDF." in several.json()["error_message"]
    chooser = admin_client.post(
        reverse("wagtaildocs_chooser:create"),
        {"document-chooser-upload-title": "File", "document-chooser-upload-file": ContentFile(PROGRAM, name="a.pdf")},
    )
    assert "The file is not a PDF." in chooser.text
    assert not get_document_model().objects.exists()


def test_a_new_title_does_not_check_the_file_again(monkeypatch):
    document = get_document_model().objects.create(title="Old", file=ContentFile(PROGRAM, name="a.pdf"))
    found = get_document_form(type(document))({"title": "New"}, instance=document)
    assert found.is_valid(), found.errors
    assert found.save().title == "New"
