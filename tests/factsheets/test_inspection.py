"""What the check says of files, good, careless and hostile: through the real process with its limits."""

import time
import zipfile
import zlib
from io import BytesIO

import pikepdf
import pytest
from django.core.files.base import ContentFile

from factsheets.models import FileVersion
from factsheets.validation import runner
from factsheets.versions import add_version
from tests.factories.documents import make_odt, make_pdf, written
from tests.factories.project import write_texts

pytestmark = [pytest.mark.slow, pytest.mark.any_database]


@pytest.fixture
def check(sheet):
    """Upload bytes, have them checked, and return the settled version."""
    write_texts("en", funding_statement="Funded by the European Union")
    write_texts("fi", funding_statement="Euroopan unionin rahoittama")

    def check(content: bytes, extension: str = "pdf", language: str = "en") -> FileVersion:
        kind = "pdf" if extension == "pdf" else "editable"
        version = add_version(
            sheet.publication, language=language, kind=kind, extension=extension, content=ContentFile(content)
        )
        runner.check(version.pk)
        version.refresh_from_db()
        return version

    return check


def codes(version: FileVersion) -> list[str]:
    return [finding["code"] for finding in version.findings]


def test_good_pdf_passes_and_shows_its_first_page(check):
    version = check(written(make_pdf(pages=3)))

    assert (codes(version), version.state, version.number, version.pages) == ([], "passed", 1, 3)
    assert [cover["width"] for cover in version.covers] == [240, 480, 800]
    with version.content.storage.open(version.covers[0]["name"]) as picture:
        assert picture.read()[8:12] == b"WEBP"


@pytest.mark.parametrize(
    ("careless", "expected"),
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
def test_careless_pdf_passes_with_a_warning(check, careless, expected):
    version = check(written(make_pdf(**careless)))

    assert (codes(version), version.state) == (expected, "passed")


def test_statement_is_found_over_line_ends(check):
    assert codes(check(written(make_pdf("Funded by the Euro- pean  Union, a fact sheet")))) == []


def test_picture_without_words_is_a_warning(check):
    pdf = make_pdf()
    figure = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.Figure))
    pdf.Root.StructTreeRoot.K = pikepdf.Array([figure])

    assert check(written(pdf)).findings == [{"code": "no_alt", "count": 1}]


def test_impostor_is_refused(check):
    version = check(b"<!doctype html><script>alert(1)</script>")

    assert (codes(version), version.state, version.number) == (["not_pdf"], "refused", None)


@pytest.mark.parametrize("password", ["", "secret"])
def test_encrypted_pdf_is_refused(check, password):
    content = written(make_pdf(), encryption=pikepdf.Encryption(owner="owner", user=password))

    assert codes(check(content)) == ["encrypted"]


def test_pdf_with_a_script_is_refused(check):
    pdf = make_pdf()
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))

    assert codes(check(written(pdf))) == ["active"]


def test_corrupt_pdf_is_refused(check):
    assert codes(check(b"%PDF-1.7\n" + b"\x00garbage" * 500)) == ["damaged"]


def test_pdf_over_the_limit_is_refused_unread(check, settings):
    settings.FACT_SHEETS_MAX_UPLOAD_SIZE = 100

    assert codes(check(written(make_pdf()))) == ["too_large"]


def test_pdf_with_many_pages_is_refused(check):
    assert check(written(make_pdf(pages=1001))).findings == [{"code": "too_many_pages", "pages": 1001, "limit": 1000}]


def test_false_number_of_pages_costs_nothing(check):
    pdf = make_pdf()
    pdf.Root.Pages.Count = 2_000_000_000
    started = time.monotonic()
    version = check(written(pdf))

    assert (version.state, version.pages) in {("passed", 1), ("refused", None)}
    assert time.monotonic() - started < runner.SECONDS + 2


def test_first_view_that_names_a_page_is_no_program(check):
    pdf = make_pdf()
    pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])

    assert codes(check(written(pdf))) == []


def test_bomb_costs_no_more_than_the_limits(check):
    pdf = make_pdf()
    # A picture of 40,000 x 40,000 points that packs 1.6 GB into a few megabytes.
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
    version = check(written(pdf, compress_streams=False))

    assert time.monotonic() - started < runner.SECONDS + 3
    # Whichever limit it meets first: it is refused, or drawn without what was too large.
    assert version.state in {"refused", "passed"}
    if version.state == "refused":
        assert codes(version)[0] in {"too_costly", "damaged"}


def test_inspection_that_hangs_is_stopped(check, monkeypatch, tmp_path):
    program = tmp_path / "sleeper.py"
    program.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(runner, "PROGRAM", program)
    monkeypatch.setattr(runner, "SECONDS", 1)

    assert codes(check(written(make_pdf()))) == ["too_costly"]


def test_inspection_that_eats_memory_is_stopped(check, monkeypatch, tmp_path):
    source = runner.PROGRAM.read_text()
    program = tmp_path / "eater.py"
    program.write_text(
        source.replace(
            "def inspect_pdf(request: dict[str, Any]) -> dict[str, Any]:\n",
            "def inspect_pdf(request: dict[str, Any]) -> dict[str, Any]:\n    bytearray(600_000_000)\n",
        )
    )
    monkeypatch.setattr(runner, "PROGRAM", program)

    assert codes(check(written(make_pdf()))) == ["too_costly"]


def test_broken_inspection_is_no_fault_of_the_file(check, monkeypatch, tmp_path):
    program = tmp_path / "broken.py"
    program.write_text("raise SystemExit('no library')\n")
    monkeypatch.setattr(runner, "PROGRAM", program)
    version = check(written(make_pdf()))

    assert (codes(version), version.state) == (["not_checked"], "refused")
    monkeypatch.undo()
    runner.check(version.pk)
    version.refresh_from_db()
    assert (codes(version), version.state, version.number) == ([], "passed", 1)


def test_good_editable_file_passes(check):
    assert (codes(version := check(make_odt(), "odt")), version.state, version.covers) == ([], "passed", [])


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
def test_bad_editable_file_is_refused(check, content, extension, expected):
    assert codes(check(content, extension)) == [expected]


def test_zip_bomb_is_not_unpacked(check):
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for number in range(6):
            archive.writestr(f"{number}.xml", bytes(100 * 1024 * 1024))

    assert codes(check(target.getvalue(), "odt")) == ["too_costly"]
