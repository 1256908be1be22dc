"""Names of people are found by the letters that a keyboard has."""

import pytest

from home.names import fold_name, romanised, searchable

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("name", "search"),
    [
        ("Siobhán O’Neill", "o'neill"),
        ("Siobhán O'Neill", "O’Neill"),
        ("Siobhán OʼNeill", "oneill"),
        ("Łukasz Żuraw", "lukasz zuraw"),
        ("Østergård", "ostergard"),
        ("Þóra Æsa", "thora aesa"),
        ("Õnne Ülle Šmidt", "onne ulle smidt"),
        ("Strauß", "strauss"),
        ("Đorđe", "dorde"),
        ("Γιώργος Παπαδόπουλος", "giorgos papadopoulos"),
        ("Γιώργος Παπαδόπουλος", "ΓΙΩΡΓΟΣ"),
        ("Γιώργος Παπαδόπουλος", "παπαδοπουλος"),
        ("Ευαγγελία Χατζή", "evangelia chatzi"),
        ("Ευθύμιος", "efthymios"),
        ("Μπάμπης Καμπέρης", "bampis kamperis"),
        ("Ναυσικά Αυγέρη", "nafsika avgeri"),
        ("Ξένια Ψαρρού", "xenia psarrou"),
        ("Μάιος", "maios"),
        ("Αντώνης Άγγελος Γκίκας", "antonis angelos gkikas"),
    ],
)
def test_a_name_is_found(name, search):
    assert all(word in searchable(name) for word in fold_name(search).split())


@pytest.mark.parametrize(("name", "expected"), [("Ταΰγετος", "taygetos"), ("Νεράιδα", "neraida"), ("Anna Ö", "anna ö")])
def test_letters_that_stand_apart_and_other_alphabets(name, expected):
    assert romanised(name) == expected


def test_other_names_are_not_found():
    assert "onell" not in searchable("O’Neill")
    assert searchable("Anna Example") == "anna example"
