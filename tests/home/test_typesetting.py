"""The PDFs of the site: accessible, with embedded fonts, the EU emblem and the official texts."""

import re
from io import BytesIO
from pathlib import Path

import pdfua
import pikepdf
import pypdfium2
import pytest
import typst

from factsheets.demo import MADE_AT, TEMPLATE, pdf_of, texts, translated
from home.demo.catalogues import Catalogue
from home.demo.project_settings import SETTINGS, TEXTS
from home.pdf import FOLDER, typeset, with_licence

pytestmark = pytest.mark.any_database

LANGUAGES = ["en", "fi", "et", "el"]
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


class Record:
    """Stands for a model instance that is not in the database."""

    def __init__(self, **values):
        self.__dict__.update(values)


@pytest.fixture(scope="module")
def sheets():
    """The demo's fact sheets by (key, language)."""
    locales = {code: Record(pk=code, language_code=code) for code in LANGUAGES}
    demo = Record(catalogues={code: Catalogue.read(code) for code in LANGUAGES[1:]})
    project = Record(**SETTINGS)
    publication = Record(licence_url=LICENCE, licence_name="CC BY 4.0")
    return {
        (key, code): pdf_of(
            translated(sheet, demo, locales[code]), publication, project, Record(locale=locales[code], **TEXTS[code])
        )
        for key, sheet in texts.SHEETS.items()
        for code in LANGUAGES
    }


each_sheet = pytest.mark.parametrize(("key", "language"), [(key, code) for key in texts.SHEETS for code in LANGUAGES])


def nodes(pdf):
    """Yield the nodes of the structure tree in reading order."""
    waiting = [pdf.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop(0)
        if not isinstance(node, pikepdf.Dictionary):
            continue
        yield node
        children = node.get("/K")
        if isinstance(children, pikepdf.Array):
            waiting[:0] = list(children)
        elif isinstance(children, pikepdf.Dictionary):
            waiting.insert(0, children)


def kinds(pdf) -> list[str]:
    return [str(node.S) for node in nodes(pdf) if "/S" in node]


@each_sheet
def test_independent_checker_finds_nothing(sheets, key, language, tmp_path):
    path = tmp_path / "sheet.pdf"
    path.write_bytes(sheets[key, language])
    report = pdfua.validate(path)

    assert list(report.findings) == []


@each_sheet
def test_title_language_and_structure(sheets, key, language):
    with pikepdf.open(BytesIO(sheets[key, language])) as pdf:
        found = kinds(pdf)
        assert str(pdf.Root.Lang) == language
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"]
            assert metadata["xmpRights:WebStatement"] == LICENCE
        assert found.count("/H1") == 1
        assert found.count("/H2") == len(texts.SHEETS[key]["sections"]) + 1
        assert {"/L", "/LI", "/P", "/Link", "/Table", "/THead", "/TBody"} <= set(found)
        tables = [
            item for section in texts.SHEETS[key]["sections"] for item in section["content"] if isinstance(item, dict)
        ]
        assert found.count("/TH") == sum(len(item["columns"]) for item in tables)
        assert found.count("/TR") == sum(len(item["rows"]) + 1 for item in tables)


@each_sheet
def test_emblem_and_official_texts(sheets, key, language):
    with pikepdf.open(BytesIO(sheets[key, language])) as pdf:
        alternatives = [str(node.Alt) for node in nodes(pdf) if str(node.get("/S")) == "/Figure"]
    assert alternatives == [TEXTS[language]["funding_statement"]]
    document = pypdfium2.PdfDocument(sheets[key, language])
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    letters = re.sub(r"[\W_]", "", text)
    for official in (TEXTS[language]["funding_statement"], TEXTS[language]["disclaimer"], SETTINGS["grant_number"]):
        assert re.sub(r"[\W_]", "", official) in letters


@each_sheet
def test_every_font_is_embedded(sheets, key, language):
    with pikepdf.open(BytesIO(sheets[key, language])) as pdf:
        fonts = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all({"/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)
        assert {re.sub(r"^\w+\+|[-_].*", "", str(font.FontName)[1:]) for font in fonts} <= {
            "Commissioner",
            "CommissionerRoman",
            "Ubuntu",
        }


def test_texts_differ_between_languages(sheets):
    def text(language):
        document = pypdfium2.PdfDocument(sheets["goals", language])
        found = " ".join(page.get_textpage().get_text_bounded() for page in document)
        document.close()
        return found

    assert "Koulutuksen" in text("fi")
    assert "Koolituse" in text("et")
    assert "εκπαίδευσης" in text("el")


def test_same_data_gives_the_same_file():
    data = {
        **dict.fromkeys(("title", "lead", "acronym", "author", "kind", "date", "grant", "disclaimer"), "x"),
        "language": "en",
        "messages": [],
        "figures": [],
        "sections": [],
        "statement": "s",
        "licence-url": LICENCE,
        "labels": {"messages": "m", "page": "{number}/{total}", "licence": "l"},
    }
    first, second = (with_licence(typeset(TEMPLATE, data, made_at=MADE_AT), LICENCE) for _time in range(2))

    assert first == second


def test_document_without_title_is_refused(tmp_path):
    template = tmp_path / "bare.typ"
    template.write_text("Nothing but words")
    with pytest.raises(typst.TypstError, match="title"):
        typeset(template, {})


def test_markup_in_data_is_not_evaluated(tmp_path):
    template = tmp_path / "echo.typ"
    template.write_text('#import "/paper.typ": *\n#show: paper.with(title: data.title)\n= #data.title')
    document = pypdfium2.PdfDocument(typeset(template, {"title": '#panic("x") *b* $1$ @x'}))
    text = document[0].get_textpage().get_text_bounded()
    document.close()

    assert '#panic("x") *b* $1$ @x' in text.replace("”", '"').replace("“", '"')


@pytest.mark.parametrize("outside", ["/../apps.py", "/etc/hostname"])
def test_template_cannot_read_other_files(tmp_path, outside):
    template = tmp_path / "outside.typ"
    template.write_text(f'#set document(title: "x")\n#read("{outside}")')
    with pytest.raises(typst.TypstError):
        typeset(template, {})


def test_fonts_have_licence_files():
    names = {path.name for path in (FOLDER / "fonts").iterdir()}
    assert {Path(name).suffix for name in names} <= {".ttf", ""}
    assert {"LICENSE-Commissioner", "LICENSE-Ubuntu"} <= names
