"""Tables of uploaded files, read in a process of their own."""

import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from home.file_check.runner import read_table

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

NAMES = ["Nimi;Sähköposti", "Õie Tamm;oie@example.org"]


@pytest.fixture
def read(tmp_path):
    def read(content: bytes, extension="csv", max_rows=10, encoding=""):
        path = tmp_path / "upload"
        path.write_bytes(content)
        return read_table(path, extension, max_rows, encoding)

    return read


def workbook(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_usual_encoding_is_read(read, encoding):
    expected = [[1, ["Nimi", "Sähköposti"]], [2, ["Õie Tamm", "oie@example.org"]]]
    assert read("\r\n".join(NAMES).encode(encoding)) == {"rows": expected}


@pytest.mark.parametrize(("name", "encoding"), [("Jürgen Šmits Žukov", "cp1257"), ("Ελένη Παπαδοπούλου", "cp1253")])
def test_code_pages_of_the_other_languages_are_recognised(read, name, encoding):
    assert read(f"Nimi;x\n{name};1".encode(encoding))["rows"][1] == [2, [name, "1"]]


def test_an_encoding_can_be_chosen(read):
    content = "Name,x\nĀbele,1".encode("cp1257")
    assert read(content)["rows"][1][1] != ["Ābele", "1"]
    assert read(content, encoding="cp1257")["rows"][1][1] == ["Ābele", "1"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_separator_and_quoted_cells_are_read(read, separator):
    text = f'Name{separator}Email\n\n"Example{separator}""Anna"""{separator}a@example.org\n'
    # Line breaks and tabs inside a cell become spaces.
    shown = separator.replace("\t", " ")
    assert read(text.encode())["rows"] == [[1, ["Name", "Email"]], [3, [f'Example{shown}"Anna"', "a@example.org"]]]


def test_the_separator_that_a_program_names_is_used(read):
    assert read(b"sep=;\nName;Email, work\nAnna;a@example.org")["rows"][0] == [2, ["Name", "Email, work"]]


def test_a_workbook_is_read_without_its_formulas(read):
    content = workbook(["Name", "Number"], [None, None], ["Anna", 7.0], ["=HYPERLINK(1)", "=1+1"])
    # The program that wrote the formulas stored no values.
    assert read(content, "xlsx") == {"rows": [[1, ["Name", "Number"]], [3, ["Anna", "7"]]]}


def test_limits_hold(read):
    assert read(workbook(["Name"], *(["Anna"] for _row in range(11))), "xlsx")["issues"][0]["code"] == "too_many_rows"
    assert len(read(workbook(["Name"], *(["Anna"] for _row in range(10))), "xlsx")["rows"]) == 11
    assert read(b"Name;Email\n;;\n")["issues"] == [{"code": "no_rows"}]
    assert read(b"Name;Email\n" + b"x" * 3000 + b";1")["rows"][1][1][0] == "x" * 2500


def test_files_that_are_no_table_are_refused(read):
    assert read(b"\0\1\2\3" * 100)["issues"] == [{"code": "encoding"}]
    assert read(b"PK\x03\x04nonsense", "xlsx")["issues"] == [{"code": "damaged"}]
    assert read(b"Name;Email", "xlsx")["issues"][0]["code"] == "not_format"


def test_a_bomb_ends_at_the_limits_of_its_process(read):
    bomb = BytesIO(workbook(["Name"], ["Anna"]))
    with zipfile.ZipFile(bomb) as archive:
        parts = {item.filename: archive.read(item) for item in archive.infolist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"Anna", b"x" * 320_000_000)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert len(packed.getvalue()) < 4_000_000
    assert read(packed.getvalue(), "xlsx")["issues"][0]["code"] == "too_costly"
