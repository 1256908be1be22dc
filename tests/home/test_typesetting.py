"""The PDFs of the site: accessible, with embedded fonts, the EU emblem and the official texts."""

import datetime
import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pdfua
import pikepdf
import pypdfium2
import pytest
import typst
from django.utils import timezone

from factsheets.demo import MADE_AT, TEMPLATE, pdf_of, texts, translated
from home import reports
from home.demo.catalogues import Catalogue
from home.demo.project_settings import SETTINGS, TEXTS
from home.pdf import FOLDER, characters, typeset, with_licence
from home.pdf.characters import printable

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
        assert found.count("/TH") == sum(len(item["columns"]) + len(item["rows"]) for item in tables)
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


NAMES = {
    "Chinese": "王小明",
    "Japanese": "岡田 ジュンいち",
    "Korean": "김철수",
    "Arabic": "محمد العلي",
    "Hebrew": "שרה כהן",
    "Georgian": "გიორგი ბერიძე",
    "Armenian": "Հայկ Սարգսյան",
    "Cyrillic": "Їжакевич Юрій",
    "Devanagari": "अमित कुमार",
    "Thai": "สมชาย",
    "Ethiopic": "አበበ",
    "Vietnamese": "Nguyễn Thị Ánh",
    "emoji": "Ann 👩‍⚕️ 🇫🇮 ✨ 👍🏽",
    "combining": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "control": "Ann\x01\x07\x1b\x7f\x85 Lee",
    "direction": "Ann \u202eeeL\u202c \u2066x\u2069 \u200f",
    "invisible": "A\ufeff\u200b\u00ad\u2060\u2028\u2029\ufffe\uffff\ufff9 B",
    "private": "A \ue000 \U0010fffd",
    "unassigned": "A \u0378 \U000e0080",
    "surrogate": "A \ud800 B",
    "rare scripts": "𓀀 ᠮᠣᠩᠭᠣᠯ ꦲ 𐎀 ༀ",
    "rare Chinese": "𠮷田 㐀 \U00030000",
    "tags": "\U000e0041\U000e007f",
    "null": "A\x00B",
}


def echo(tmp_path, text: str) -> str:
    """Return the text of a PDF that shows `text`, with its title, in two fonts."""
    template = tmp_path / "echo.typ"
    template.write_text(
        '#import "/paper.typ": *\n#show: paper.with(title: data.title)\n= #data.title\n'
        '#text(weight: 700, font: "Ubuntu", data.rows.at(0).name)'
    )
    document = pypdfium2.PdfDocument(typeset(template, {"title": text, "rows": [{"name": text}]}))
    found = document[0].get_textpage().get_text_bounded()
    document.close()
    return found


@pytest.mark.parametrize("text", NAMES.values(), ids=NAMES.keys())
def test_every_script_and_character_can_be_printed(tmp_path, text):
    assert echo(tmp_path, text)


@pytest.mark.parametrize(
    "script", ["Chinese", "Korean", "Georgian", "Armenian", "Cyrillic", "Ethiopic", "Vietnamese", "Japanese"]
)
def test_letters_of_a_script_arrive_in_the_pdf(tmp_path, script):
    found = Counter(echo(tmp_path, NAMES[script]))

    assert {letter: found[letter] for letter in NAMES[script] if letter != " "} == {
        letter: 2 * NAMES[script].count(letter) for letter in NAMES[script] if letter != " "
    }


def test_character_without_a_font_is_visibly_replaced(tmp_path):
    assert echo(tmp_path, "Ann 𓀀 Lee").count("Ann □ Lee") == 2


def test_control_and_direction_characters_are_left_out(tmp_path):
    assert echo(tmp_path, "Ann\x07 \u202eLee\u202c").count("Ann Lee") == 2


def test_text_that_typst_refuses_is_set_in_latin_letters(tmp_path, monkeypatch):
    monkeypatch.setattr("home.pdf.printable", lambda text: text)

    assert echo(tmp_path, "Žaneta \x07 Μαρία").count("Zaneta Maria") == 2


def test_every_letter_of_ascii_is_in_a_font():
    """`printable` returns texts in ASCII as they are."""
    for letter in map(chr, range(0x20, 0x7F)):
        assert any(letter in font for font in characters._fonts())


def test_letter_keeps_only_the_marks_that_its_font_has():
    assert printable("e\u0301 a\u093f ต้น नि") == "é a ต้น नि"


TABLE_TEMPLATE = """#import "/paper.typ": *
#show: paper.with(title: data.title, language: data.language)
#table(columns: 2, table.header([a], [b]), [c], [d], [e], [f])
#for width in range(16, 50) { block(width: width * 1mm, par(data.text)) }
"""
# A letter alone before or after the break of a word. PDFium reads the hyphen there as a soft one.
SINGLE_LETTER = re.compile(r"(?<!\w)[^\W\d_]\s*\xad|\xad[\s\xad]*[^\W\d_](?!\w)")


@pytest.fixture
def table_template(tmp_path):
    path = tmp_path / "table.typ"
    path.write_text(TABLE_TEMPLATE)
    return path


def test_the_first_cell_of_each_row_is_its_header(table_template, tmp_path):
    made = typeset(table_template, {"title": "Title", "language": "en", "text": "Text"})
    with pikepdf.open(BytesIO(made)) as pdf:
        cells = [
            (str(node.S), str(node.A.Scope) if "/A" in node and isinstance(node.A, pikepdf.Dictionary) else "")
            for node in nodes(pdf)
            if str(node.get("/S")) in {"/TH", "/TD"}
        ]
    assert [kind for kind, _scope in cells] == ["/TH", "/TH", "/TH", "/TD", "/TH", "/TD"]
    assert (cells[2], cells[4]) == (("/TH", "/Row"), ("/TH", "/Row"))
    path = tmp_path / "table.pdf"
    path.write_bytes(made)
    assert list(pdfua.validate(path).findings) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "el",
            "Η εκπαίδευση επαγγελματιών υγείας για τις ψηφιακές δεξιότητες και τα μικροδιαπιστευτήρια στην ογκολογία",
        ),
        ("fi", "Terveydenhuollon ammattilaisten digitaalisten taitojen koulutusohjelman osaamiskokonaisuudet"),
        ("et", "Tervishoiutöötajate digioskuste koolitusprogrammi mikrokvalifikatsioonid onkoloogias"),
    ],
)
def test_no_letter_stands_alone_beside_a_hyphen(table_template, language, text):
    made = typeset(table_template, {"title": "Title", "language": language, "text": text})
    with pypdfium2.PdfDocument(made) as document:
        shown = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    assert text.split()[1][:3] in shown
    assert SINGLE_LETTER.findall(shown) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hohenlohe-Waldenburg-Schillingsfürst", 1),
        ("Παπαδημητρακόπουλος", 2),
        ("2026-11-30-12345-67890-1234567890", 2),
        ("", 1),
        ("a -b --", 1),
    ],
)
def test_long_words_are_broken_after_hyphens_or_in_the_middle(text, parts):
    found = characters.breakable(text).split(characters.ZERO_WIDTH_SPACE)
    assert "".join(found) == text
    assert len(found) == parts
    assert min(map(len, found)) * 2 >= len(text) / parts


def test_a_table_to_sign_has_a_wide_column_for_it_and_says_when_it_was_made():
    name = "Maximiliana von Hohenlohe-Waldenburg-Schillingsfürst"
    rows = [[1, name, "University Hospital of the North and Its Affiliated Institutes", "On site", "17:47", ""]]
    columns = ["No.", "Name", "Organisation", "How they attend", "Checked in", "Signature"]
    table = reports.Table("Annex", columns, rows, signed=True)
    report = reports.Report("Report", [], [reports.Section("Section", [table])], made_at=MADE_AT)
    (page,) = pypdfium2.PdfDocument(reports.pdf(report, Record(site_name="Site", texts=None)))
    text = page.get_textpage()
    lefts = {}
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        lefts[text.get_text_bounded(left, bottom, right, top).strip()] = left
    assert page.get_width() - 20 * 72 / 25.4 - lefts["Signature"] > 40 * 72 / 25.4
    shown = text.get_text_bounded()
    assert "Waldenburg" in shown
    # The moment in the time zone of the site.
    assert f"{timezone.localtime(MADE_AT):%H:%M}" in shown


def test_a_date_keeps_its_line_in_a_table_of_many_columns():
    """The parts of a date are joined by spaces at which no line ends."""
    day = datetime.date(2026, 2, 12)
    row = [1, "Final Forum of the project", "What was presented and discussed " * 4, "Health care professionals, " * 4]
    rows = [[*row, "Event", day, "On site and online", 0, "0 registered", "Completed", "English, " * 4, "https://" * 6]]
    table = reports.Table("Activities", [f"Column {number}" for number in range(12)], rows)
    report = reports.Report("Report", [], [reports.Section("Section", [table])], made_at=MADE_AT, is_wide=True)
    (page,) = pypdfium2.PdfDocument(reports.pdf(report, Record(site_name="Site", texts=None)))
    text = page.get_textpage()
    boxes = {}
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        boxes.setdefault(" ".join(text.get_text_bounded(left, bottom, right, top).split()), (left, right))
    place = next(box for words, box in boxes.items() if words.startswith("On site"))
    assert boxes[" ".join(reports.shown(day).split())][1] < place[0]


def test_no_text_of_a_report_runs_into_the_next_column_or_off_the_page():
    wide = "A long text that takes most of the page, as descriptions of sessions do " * 2
    table = reports.Table(
        "Table",
        ["Ημέρα", "Ώρα", "Συνεδρία", "Πρόεδροι και ομιλητές", "Αίθουσα και σημειώσεις", "Υπογραφή"],
        [["12/02/2026", "09:30–10:00", wide, wide, wide, ""]],
    )
    report = reports.Report("Report", [], [reports.Section("Section", [table])], made_at=MADE_AT)
    (page,) = pypdfium2.PdfDocument(reports.pdf(report, Record(site_name="Site", texts=None)))
    text = page.get_textpage()
    boxes = {}
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        boxes[text.get_text_bounded(left, bottom, right, top).strip()] = (left, right)
    assert boxes["12/02/2026"][1] < boxes["09:30–10:00"][0]
    assert boxes["Υπογραφή"][1] < page.get_width() - 20 * 72 / 25.4
