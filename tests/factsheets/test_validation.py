"""Validation of valid, incomplete and malicious files, in the real process with its limits."""

import time
import zipfile
import zlib
from io import BytesIO

import pikepdf
import pytest
from django.core.files.base import ContentFile

from factsheets.models import FileVersion
from factsheets.uploads import add_version
from factsheets.validation import runner
from factsheets.versions import validate_version
from tests.factories.documents import make_odt, make_pdf, pdf_bytes
from tests.factories.project import write_texts

pytestmark = [pytest.mark.slow, pytest.mark.any_database]


@pytest.fixture
def check(sheet):
    """Upload bytes, validate them and return the version."""
    write_texts("en", funding_statement="Funded by the European Union")
    write_texts("fi", funding_statement="Euroopan unionin rahoittama")

    def check(content: bytes, extension: str = "pdf", language: str = "en") -> FileVersion:
        kind = "pdf" if extension == "pdf" else "editable"
        version = add_version(
            sheet.publication, language=language, kind=kind, extension=extension, content=ContentFile(content)
        )
        validate_version(version.pk)
        version.refresh_from_db()
        return version

    return check


def codes(version: FileVersion) -> list[str]:
    return [issue["code"] for issue in version.issues]


def test_valid_pdf_is_accepted_with_pictures_of_its_first_page(check):
    version = check(pdf_bytes(make_pdf(pages=3)))

    assert (codes(version), version.status, version.number, version.pages) == ([], "accepted", 1, 3)
    assert [cover["width"] for cover in version.covers] == [240, 480, 800]
    with version.content.storage.open(version.covers[0]["name"]) as picture:
        assert picture.read()[8:12] == b"WEBP"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"title": ""}, ["no_title"]),
        ({"language": ""}, ["no_language"]),
        ({"language": "fi-FI"}, ["other_language"]),
        ({"tagged": False}, ["not_tagged"]),
        ({"text": "A fact sheet that does not say who paid for it."}, ["no_statement"]),
        ({"text": "A fact sheet. Euroopan unionin rahoittama."}, ["other_statement"]),
        ({"text": ""}, ["no_text"]),
    ],
)
def test_incomplete_pdf_is_accepted_with_a_warning(check, options, expected):
    version = check(pdf_bytes(make_pdf(**options)))

    assert (codes(version), version.status) == (expected, "accepted")


def test_statement_is_found_across_line_ends(check):
    assert codes(check(pdf_bytes(make_pdf("Funded by the Euro- pean  Union, a fact sheet")))) == []


def test_picture_without_alternative_text_is_a_warning(check):
    pdf = make_pdf()
    figure = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.Figure))
    pdf.Root.StructTreeRoot.K = pikepdf.Array([figure])

    assert check(pdf_bytes(pdf)).issues == [{"code": "no_alt", "count": 1}]


def test_html_named_pdf_is_rejected(check):
    version = check(b"<!doctype html><script>alert(1)</script>")

    assert (codes(version), version.status, version.number) == (["not_pdf"], "rejected", None)


@pytest.mark.parametrize("password", ["", "secret"])
def test_encrypted_pdf_is_rejected(check, password):
    content = pdf_bytes(make_pdf(), encryption=pikepdf.Encryption(owner="owner", user=password))

    assert codes(check(content)) == ["encrypted"]


def test_pdf_with_a_script_is_rejected(check):
    pdf = make_pdf()
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))

    assert codes(check(pdf_bytes(pdf))) == ["active"]


def test_corrupt_pdf_is_rejected(check):
    assert codes(check(b"%PDF-1.7\n" + b"\x00garbage" * 500)) == ["damaged"]


def test_pdf_over_the_size_limit_is_rejected_without_reading_it(check, settings):
    settings.FACT_SHEETS_MAX_UPLOAD_SIZE = 100

    assert codes(check(pdf_bytes(make_pdf()))) == ["too_large"]


def test_pdf_with_too_many_pages_is_rejected(check):
    assert check(pdf_bytes(make_pdf(pages=1001))).issues == [{"code": "too_many_pages", "pages": 1001, "limit": 1000}]


def test_false_number_of_pages_takes_no_extra_time(check):
    pdf = make_pdf()
    pdf.Root.Pages.Count = 2_000_000_000
    started = time.monotonic()
    version = check(pdf_bytes(pdf))

    assert (version.status, version.pages) in {("accepted", 1), ("rejected", None)}
    assert time.monotonic() - started < runner.SECONDS + 2


def test_open_action_that_shows_a_page_is_harmless(check):
    pdf = make_pdf()
    pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])

    assert codes(check(pdf_bytes(pdf))) == []


def test_decompression_bomb_stays_within_the_limits(check):
    pdf = make_pdf()
    # A picture of 40,000 x 40,000 pixels: 1.6 GB compressed to a few megabytes.
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(40_000)) for _row in range(40_000)) + packer.flush()
    picture = pikepdf.Stream(pdf, b"")
    picture.write(packed, filter=pikepdf.Name.FlateDecode)
    for name, value in {"Type": "/XObject", "Subtype": "/Image", "ColorSpace": "/DeviceGray"}.items():
        picture[f"/{name}"] = pikepdf.Name(value)
    picture.Width = picture.Height = 40_000
    picture.BitsPerComponent = 8
    page = pdf.pages[0]
    page.Resources.XObject = pikepdf.Dictionary(Im=pdf.make_indirect(picture))
    page.Contents = pdf.make_stream(b"q 500 0 0 500 0 0 cm /Im Do Q")
    started = time.monotonic()
    version = check(pdf_bytes(pdf, compress_streams=False))

    assert time.monotonic() - started < runner.SECONDS + 3
    # Depending on the limit that it reaches first, it is rejected or rendered without the picture.
    assert version.status in {"rejected", "accepted"}
    if version.status == "rejected":
        assert codes(version)[0] in {"too_costly", "damaged"}


def test_validation_that_hangs_is_stopped(check, monkeypatch, tmp_path):
    program = tmp_path / "sleeper.py"
    program.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(runner, "PROGRAM", program)
    monkeypatch.setattr(runner, "SECONDS", 1)

    assert codes(check(pdf_bytes(make_pdf()))) == ["too_costly"]


def test_validation_that_uses_too_much_memory_is_stopped(check, monkeypatch, tmp_path):
    source = runner.PROGRAM.read_text()
    program = tmp_path / "eater.py"
    program.write_text(
        source.replace(
            "def validate_pdf(request: dict[str, Any]) -> dict[str, Any]:\n",
            "def validate_pdf(request: dict[str, Any]) -> dict[str, Any]:\n    bytearray(600_000_000)\n",
        )
    )
    monkeypatch.setattr(runner, "PROGRAM", program)

    assert codes(check(pdf_bytes(make_pdf()))) == ["too_costly"]


def test_file_is_accepted_after_validation_itself_failed(check, monkeypatch, tmp_path):
    program = tmp_path / "broken.py"
    program.write_text("raise SystemExit('no library')\n")
    monkeypatch.setattr(runner, "PROGRAM", program)
    version = check(pdf_bytes(make_pdf()))

    assert (codes(version), version.status) == (["not_checked"], "rejected")
    monkeypatch.undo()
    validate_version(version.pk)
    version.refresh_from_db()
    assert (codes(version), version.status, version.number) == ([], "accepted", 1)


def test_valid_editable_file_is_accepted(check):
    assert (codes(version := check(make_odt(), "odt")), version.status, version.covers) == ([], "accepted", [])


@pytest.mark.parametrize(
    ("content", "extension", "expected"),
    [
        (make_odt(), "docx", "not_format"),
        (b"plain words", "odt", "not_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 with a password", "docx", "encrypted"),
        (make_odt({"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "odt", "encrypted"),
        (make_odt({"Basic/Standard/Module1.xml": "<script/>"}), "odt", "active"),
        (make_odt()[:-30], "odt", "damaged"),
    ],
)
def test_invalid_editable_file_is_rejected(check, content, extension, expected):
    assert codes(check(content, extension)) == [expected]


def test_zip_bomb_is_not_unpacked(check):
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for number in range(6):
            archive.writestr(f"{number}.xml", bytes(100 * 1024 * 1024))

    assert codes(check(target.getvalue(), "odt")) == ["too_costly"]
