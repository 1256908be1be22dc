"""Codes that people type, and QR codes of them."""

import pytest

from home import qr
from home.codes import ALPHABET, grouped, is_like_code, new_code, read_code

pytestmark = pytest.mark.any_database


@pytest.fixture
def code() -> str:
    return new_code(17)


def test_a_code_has_85_bits_and_only_characters_of_the_alphabet(code):
    assert len(code) == 18
    assert set(code) <= set(ALPHABET)
    assert new_code(17) != code


def test_a_code_is_read_as_people_write_it():
    for _number in range(30):
        code = new_code(17)
        misread = code.replace("0", "o").replace("1", "l").lower()
        for text in (code, grouped(code), grouped(code).lower(), misread, f"  {' '.join(code)}  ", f"{code}\r\n"):
            assert read_code(text, 17) == code


def test_one_wrong_character_and_two_swapped_ones_are_found(code):
    for position, letter in enumerate(code):
        for other in ALPHABET:
            if other != letter:
                assert read_code(code[:position] + other + code[position + 1 :], 17) == ""
    for position in range(17):
        first, second = code[position : position + 2]
        swapped = code[:position] + second + first + code[position + 2 :]
        assert read_code(swapped, 17) == (code if first == second else "")


@pytest.mark.parametrize("text", ["", "-", "anna", "A" * 10_000, "０" * 18, "\0" * 18, "🎫" * 18, "U" * 18, "<b>" * 6])
def test_other_texts_are_no_codes(text):
    assert read_code(text, 17) == ""


@pytest.mark.parametrize(
    ("text", "is_code"),
    [("Anna Virtanen", False), ("Konstantinopoulos V", False), ("K7M2QX-9RT4WB-3HZ0PD", True), ("K7M2QX", False)],
)
def test_a_wrong_code_is_told_from_a_name(text, is_code):
    assert is_like_code(text, 17) is is_code


def test_qr_codes_of_tickets_are_the_smallest(code):
    # Version 1 has 21 modules, and 4 on each side.
    assert 'viewBox="0 0 29 29"' in qr.svg(code)
    assert qr.png(code).startswith(b"\x89PNG")
    assert 'xmlns="http://www.w3.org/2000/svg"' in qr.svg_file(code)
