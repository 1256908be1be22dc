"""Names and order of the countries in each language of the site."""

import pytest
from django.conf import settings
from django.utils.translation import override

from home.collation import sort_key
from home.countries import EU_MEMBERS, countries, country_groups

pytestmark = pytest.mark.any_database

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def names_in(language: str) -> dict[str, str]:
    with override(language):
        return dict(countries)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", {"CZ": "Czechia", "MK": "North Macedonia", "SZ": "Eswatini", "NL": "Netherlands", "TR": "Türkiye"}),
        ("fi", {"CZ": "Tšekki", "MK": "Pohjois-Makedonia", "SZ": "Eswatini", "NL": "Alankomaat"}),
        ("et", {"CZ": "Tšehhi", "MK": "Põhja-Makedoonia", "SZ": "Eswatini", "NL": "Madalmaad"}),
        ("el", {"CZ": "Τσεχία", "MK": "Βόρεια Μακεδονία", "SZ": "Εσουατίνι", "NL": "Κάτω Χώρες"}),
    ],
)
def test_names_are_current(language, expected):
    names = names_in(language)
    assert {code: names[code] for code in expected} == expected
    with override(language):
        assert {code: countries.name(code) for code in expected} == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_country_names_are_unique(language):
    names = names_in(language)
    assert len(names) == len(set(names.values())) == 249
    assert len({names["GN"], names["GQ"], names["GW"], names["PG"]}) == 4
    assert "Holland" not in names.values()


@pytest.mark.parametrize(
    ("language", "ordered"),
    [
        ("en", ["Åland Islands", "Albania", "Azerbaijan", "Côte d’Ivoire", "Cuba", "Réunion", "Rwanda", "Zimbabwe"]),
        ("fi", ["Ahvenanmaa", "Tšad", "Tuvalu", "Zimbabwe", "Åbo", "Äänekoski", "Öljymaa"]),
        ("et", ["Saksamaa", "Šveits", "Zimbabwe", "Ženeva", "Taani", "Vietnam", "Õismäe", "Ääsmäe", "Öö", "Ühend"]),
        ("el", ["Αίγυπτος", "Άγιος", "Ελλάδα", "Έλος", "Ιταλία", "Ψαρά", "Ωκεανία"]),
    ],
)
def test_countries_are_sorted_by_the_rules_of_the_language(language, ordered):
    with override(language):
        if language == "el":
            # An accent does not separate a vowel from the same vowel without it.
            assert sorted(ordered, key=sort_key) == ["Άγιος", "Αίγυπτος", "Ελλάδα", "Έλος", "Ιταλία", "Ψαρά", "Ωκεανία"]
        else:
            assert sorted(ordered, key=sort_key) == ordered


@pytest.mark.parametrize("language", LANGUAGES)
def test_member_states_of_the_union_come_first_in_the_admin(language):
    codes = list(names_in(language))
    assert set(codes[: len(EU_MEMBERS)]) == set(EU_MEMBERS)


def test_form_lists_the_countries_of_the_project_then_the_union_then_all_others():
    with override("et"):
        groups = country_groups(["GR", "EE", "FI", "NO", "??"])
        codes = [code for _title, choices in groups for code, _name in choices]
    assert next([code for code, _name in choices] for _title, choices in groups) == ["EE", "GR", "NO", "FI"]
    assert codes[4:6] == ["AT", "BE"]
    assert len(codes) == len(set(codes)) == 249


def test_form_without_a_project_has_two_groups():
    assert [len(choices) for _title, choices in country_groups()] == [27, 222]
