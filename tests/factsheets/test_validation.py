"""Validation of valid, incomplete and malicious files, in the real process with its limits."""

import socket
import subprocess
import time
import zipfile
import zlib
from io import BytesIO

import pikepdf
import pytest
from django.core.files.base import ContentFile

from factsheets.models import FileVersion
from factsheets.uploads import add_version
from factsheets.versions import validate_version
from home.file_check import runner
from tests.factories.documents import make_docx, make_odt, make_pdf, pdf_bytes
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
    assert [cover["width"] for cover in version.covers] == [224, 480, 800]
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


NAME, ARRAY, MAP, TEXT = pikepdf.Name, pikepdf.Array, pikepdf.Dictionary, pikepdf.String


def script() -> MAP:
    return MAP(S=NAME.JavaScript, JS=TEXT("app.alert(1)"))


def annotation(pdf: pikepdf.Pdf, **values) -> None:
    item = MAP(Type=NAME.Annot, Subtype=NAME.Link, Rect=ARRAY([0, 0, 9, 9]), **values)
    pdf.pages[0].Annots = ARRAY([pdf.make_indirect(item)])


def field(pdf: pikepdf.Pdf, **values) -> None:
    item = pdf.make_indirect(MAP(FT=NAME.Tx, T=TEXT("field"), **values))
    pdf.Root.AcroForm = MAP(Fields=ARRAY([item]))


def attach(pdf: pikepdf.Pdf, name: str, content: bytes) -> None:
    pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, content, filename=name)


def page_action(pdf):
    pdf.pages[0].AA = MAP(O=script())


def catalog_action(pdf):
    pdf.Root.AA = MAP(WC=script())


def field_action(pdf):
    field(pdf, AA=MAP(K=script()))


def link_with_a_script(pdf):
    annotation(pdf, A=script())


def link_with_a_following_script(pdf):
    annotation(pdf, A=MAP(S=NAME.GoTo, D=TEXT("x"), Next=ARRAY([pdf.make_indirect(script())])))


def script_in_the_names(pdf):
    pdf.Root.Names = pdf.make_indirect(MAP(JavaScript=MAP(Names=ARRAY([TEXT("a"), script()]))))


def launch(pdf):
    annotation(pdf, A=MAP(S=NAME.Launch, F=TEXT("calc.exe")))


def launch_by_a_referenced_name(pdf):
    annotation(pdf, A=MAP(S=pdf.make_indirect(NAME.Launch), Win=MAP(P=TEXT("x"))))


def submitted_form(pdf):
    field(pdf, A=MAP(S=NAME.SubmitForm, F=MAP(FS=NAME.URL, F=TEXT("https://example.org"))))


def imported_data(pdf):
    annotation(pdf, A=MAP(S=NAME.ImportData, F=TEXT("x.fdf")))


def file_on_another_computer(pdf):
    annotation(pdf, A=MAP(S=NAME.GoToR, F=TEXT("\\\\host\\share\\a.pdf"), D=ARRAY([0, NAME.Fit])))


def embedded_document(pdf):
    annotation(pdf, A=MAP(S=NAME.GoToE, T=MAP(R=NAME.C)))


def content_on_another_computer(pdf):
    stream = pdf.make_stream(b"")
    stream.F = TEXT("\\\\host\\share\\a")
    pdf.Root.Extra = stream


def link_to_a_script(pdf):
    annotation(pdf, A=MAP(S=NAME.URI, URI=TEXT("java\tscript:alert(1)")))


def link_to_a_file(pdf):
    annotation(pdf, A=MAP(S=NAME.URI, URI=TEXT("file:///etc/passwd")))


def xfa_form(pdf):
    pdf.Root.AcroForm = MAP(Fields=ARRAY([]), XFA=pdf.make_stream(b"<xdp/>"))


def rich_media(pdf):
    annotation(pdf, RichMediaContent=MAP())


def movie(pdf):
    pdf.pages[0].Annots = ARRAY([MAP(Type=NAME.Annot, Subtype=NAME.Movie, Rect=ARRAY([0, 0, 9, 9]))])


def rendition(pdf):
    annotation(pdf, A=MAP(S=NAME.Rendition, OP=0))


def script_that_nothing_refers_to(pdf):
    pdf.Root.Extra = ARRAY([ARRAY([MAP(Deep=ARRAY([script()]))])])


def attached_program(pdf):
    attach(pdf, "a.exe", b"MZ")


def attached_program_with_a_space(pdf):
    attach(pdf, "a.exe ", b"MZ")


def attached_program_named_text(pdf):
    attach(pdf, "a.txt", b"MZ\x90\x00")


def attached_page_named_xml(pdf):
    attach(pdf, "a.xml", b"<?xml version='1.0'?><html><script>alert(1)</script></html>")


ACTIVE_PDFS = [
    page_action,
    catalog_action,
    field_action,
    link_with_a_script,
    link_with_a_following_script,
    script_in_the_names,
    launch,
    launch_by_a_referenced_name,
    submitted_form,
    imported_data,
    file_on_another_computer,
    embedded_document,
    content_on_another_computer,
    link_to_a_script,
    link_to_a_file,
    xfa_form,
    rich_media,
    movie,
    rendition,
    script_that_nothing_refers_to,
    attached_program,
    attached_program_with_a_space,
    attached_program_named_text,
    attached_page_named_xml,
]


@pytest.mark.parametrize("add", ACTIVE_PDFS, ids=lambda add: add.__name__)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_active_pdf_is_rejected(check, add, packed):
    pdf = make_pdf()
    add(pdf)
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable

    assert codes(check(pdf_bytes(pdf, object_stream_mode=mode))) == ["active"]


def test_script_with_an_escaped_name_is_rejected(check):
    pdf = make_pdf()
    page_action(pdf)
    content = pdf_bytes(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    escaped = content.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/#4aS").replace(b"/AA", b"/#41A")
    assert escaped != content
    repaired = BytesIO()
    # The offsets of the objects have changed: write the file again, names as they are.
    with pikepdf.open(BytesIO(escaped)) as shifted:
        shifted.save(repaired)

    assert codes(check(repaired.getvalue())) == ["active"]


def test_usual_links_forms_and_attachments_are_accepted(check):
    pdf = make_pdf()
    links = ["https://example.org/?a=/JavaScript", "mailto:a@example.org", "tel:+358", "#page", "www.example.org"]
    pdf.pages[0].Annots = ARRAY(
        [
            MAP(Type=NAME.Annot, Subtype=NAME.Link, F=4, Rect=ARRAY([0, 0, 9, 9]), A=MAP(S=NAME.URI, URI=TEXT(link)))
            for link in links
        ]
    )
    field(pdf, V=TEXT("/JS /Launch /AA"))
    attach(pdf, "data.csv", b"a,b\n1,2\n")

    assert codes(check(pdf_bytes(pdf))) == []


def test_pdf_of_the_site_is_accepted(check):
    from tests.home.test_typesetting import TEMPLATE, typeset

    data = dict.fromkeys(("lead", "acronym", "author", "kind", "date", "grant", "disclaimer"), "x")
    more = {
        "title": "x",
        "language": "en",
        "messages": [],
        "figures": [],
        "sections": [],
        "statement": "Funded by the EU",
    }
    labels = {"messages": "m", "page": "{number}/{total}", "licence": "l"}
    content = typeset(TEMPLATE, {**data, **more, "licence-url": "https://example.org", "labels": labels})

    assert check(content).status == "accepted"


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


def compressed_zeros(size: int, count: int) -> bytes:
    """Return what zlib makes of `size` x `count` zero bytes, without compressing each of them.

    A full flush ends a block that depends on no other, so one block can be repeated (RFC 1950, RFC 1951).
    """
    packer = zlib.compressobj(9)
    header = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(size)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.flush()[:-4]
    checksum = (size * count % 65_521 << 16) | 1  # Adler-32 of zeros
    return header + block * count + end + checksum.to_bytes(4, "big")


def test_compressed_zeros_are_unpacked_by_zlib():
    assert zlib.decompress(compressed_zeros(40, 30)) == bytes(1_200)


def test_decompression_bomb_stays_within_the_limits(check):
    pdf = make_pdf()
    # A picture of 40,000 x 40,000 pixels: 1.6 GB compressed to a few megabytes.
    picture = pikepdf.Stream(pdf, b"")
    picture.write(compressed_zeros(40_000, 40_000), filter=pikepdf.Name.FlateDecode)
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
            "def check(request: dict[str, Any]) -> dict[str, Any]:\n",
            "def check(request: dict[str, Any]) -> dict[str, Any]:\n    bytearray(600_000_000)\n",
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


TEMPLATE_LINK = (
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    'Target="https://example.org/a.dotm" TargetMode="External"/>'
)
PICTURE_LINK = (
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
    'Target="\\\\host\\share\\a.png" TargetMode="External"/>'
)
WEB_LINK = (
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" '
    'Target="https://example.org/macro/vbaProject.bin" TargetMode="External"/>'
)
VBA = '<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>'


def test_office_file_without_macros_is_accepted(check):
    assert codes(check(make_docx(relations=WEB_LINK), "docx")) == []


@pytest.mark.parametrize(
    "content",
    [
        make_docx({"word/vbaProject.bin": b"x"}),
        make_docx({"word/VBAPROJECT.BIN": b"x"}),
        make_docx({"word/x.bin": b"x"}, more_types=VBA),
        make_docx({"word/x.bin": b"x"}, more_types=VBA.replace("vba", "vb&#97;")),
        make_docx(main_type="ms-word.document.macroEnabled.main+xml"),
        make_docx({"word/activeX/activeX1.xml": b"<x/>"}),
        make_docx({"word/embeddings/oleObject1.bin": b"x"}),
        make_docx({"word/embeddings/sheet.xlsm": b"x"}),
        make_docx({"word/payload.exe": b"MZ"}),
        make_docx(relations=TEMPLATE_LINK),
        make_docx(relations=PICTURE_LINK),
    ],
)
def test_office_file_with_macros_or_links_to_files_is_rejected(check, content):
    assert codes(check(content, "docx")) == ["active"]


@pytest.mark.parametrize(
    "part",
    [
        '<a xlink:href="vnd.sun.star.script:Standard.Module1.Main?language=Basic"/>',
        '<office:scripts> <office:script script:language="ooo:Basic"/></office:scripts>',
        '<script:event-listener script:event-name="dom:load"/>',
    ],
)
def test_opendocument_file_with_a_macro_call_is_rejected(check, part):
    assert codes(check(make_odt({"content.xml": part}), "odt")) == ["active"]
    assert codes(check(make_odt({"content.xml": part.encode("utf-16")}), "odt")) == ["active"]


def test_office_file_with_entities_is_rejected(check):
    types = '<!DOCTYPE x [<!ENTITY v "vba">]><Types/>'

    assert codes(check(make_docx({"word/_rels/settings.xml.rels": types}), "docx")) == ["damaged"]


ASKING = """def check(request: dict[str, Any]) -> dict[str, Any]:
    import os, socket
    found = [{"code": "no_text"}] if set(os.environ) - {"LC_CTYPE"} else []
    try:
        socket.create_connection(("127.0.0.1", %d), 2)
        found.append({"code": "no_alt", "count": 1})
    except OSError:
        pass
    return {"issues": found}
    _ = """


@pytest.fixture
def asking(monkeypatch, tmp_path):
    """Replace the validation by one that reports environment variables (no_text) and the network (no_alt)."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        source = runner.PROGRAM.read_text()
        begin = "def check(request: dict[str, Any]) -> dict[str, Any]:\n"
        port = server.getsockname()[1]
        program = tmp_path / "asking.py"
        program.write_text(source.replace(begin, f"{ASKING % port}1\n"))
        monkeypatch.setattr(runner, "PROGRAM", program)
        yield program


def test_validation_has_no_environment(check, asking, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")

    assert "no_text" not in codes(check(pdf_bytes(make_pdf())))


@pytest.mark.skipif(
    subprocess.run(["unshare", "-Urn", "true"], capture_output=True, check=False).returncode != 0,  # noqa: S607
    reason="the system allows no network of its own to a process",
)
def test_validation_has_no_network(check, asking):
    assert "no_alt" not in codes(check(pdf_bytes(make_pdf())))


def test_network_would_be_found(check, asking):
    """A control: without its own network, the validation reaches the server of the test."""
    asking.write_text(asking.read_text().replace("    isolate_from_network()\n", ""))

    assert "no_alt" in codes(check(pdf_bytes(make_pdf())))


def test_zip_bomb_is_not_unpacked(check):
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for number in range(6):
            archive.writestr(f"{number}.xml", bytes(100 * 1024 * 1024))

    assert codes(check(target.getvalue(), "odt")) == ["too_costly"]
