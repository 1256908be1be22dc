"""Citations as text, BibTeX and RIS."""

import pytest

from home.citations import Author, Citation

pytestmark = pytest.mark.any_database

CITATION = Citation(
    authors=[Author.person("Anna-Liisa Mäki"), Author("College of Care & Cure")],
    year=2026,
    title="Digital skills: 100% {yours}_now",
    publisher="Beacon",
    url="https://example.org/en/fact-sheets/a/",
    language="en",
    version=2,
    doi="10.1234/abc",
    licence="CC-BY-4.0",
    abstract="Two\nlines.",
    kind="Fact sheet",
)


def test_text():
    assert CITATION.text == (
        "Mäki, Anna-Liisa; College of Care & Cure (2026). Digital skills: 100% {yours}_now. Beacon. "
        "https://doi.org/10.1234/abc"
    )


def test_bibtex():
    assert CITATION.bibtex() == (
        "@techreport{maki2026digital,\n"
        "  title = {{Digital skills: 100\\% \\{yours\\}\\_now}},\n"
        "  author = {Mäki, Anna-Liisa and {College of Care \\& Cure}},\n"
        "  year = {2026},\n"
        "  institution = {{Beacon}},\n"
        "  type = {Fact sheet},\n"
        "  version = {2},\n"
        "  doi = {10.1234/abc},\n"
        "  url = {https://example.org/en/fact-sheets/a/},\n"
        "  language = {en},\n"
        "  copyright = {CC-BY-4.0},\n"
        "}\n"
    )


def test_ris_has_one_line_for_each_tag():
    assert CITATION.ris().split("\r\n") == [
        "TY  - RPRT",
        "AU  - Mäki, Anna-Liisa",
        "AU  - College of Care & Cure",
        "TI  - Digital skills: 100% {yours}_now",
        "PY  - 2026",
        "PB  - Beacon",
        "ET  - 2",
        "AB  - Two lines.",
        "DO  - 10.1234/abc",
        "UR  - https://example.org/en/fact-sheets/a/",
        "LA  - en",
        "ER  - ",
        "",
    ]


def test_unknown_values_are_left_out():
    bare = Citation([], None, "Ψηφιακά", "Beacon", "https://example.org/", "el")

    assert bare.text == "Beacon (no date). Ψηφιακά. Beacon. https://example.org/"
    assert "year" not in bare.bibtex()
    assert "AU" not in bare.ris()
    assert bare.key.isascii()
