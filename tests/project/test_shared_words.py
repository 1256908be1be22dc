"""Texts that the site's catalogues share with those of Wagtail, Django and other packages.

The site's catalogues take precedence, so a translation without a context is used on Wagtail's screens too: "To" of an
email was also shown for redirects. Such a text needs a context, the same translation as the package, or a reason below.
The texts in `home/admin/wagtail_words.py`, `home/admin/wagtail_screen_words.py` and
`home/translations/editor_words.py` replace those of the packages.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import django
import polib
import pytest
from django.apps import apps

from home.admin import wagtail_screen_words, wagtail_words
from home.translations import editor_words
from tests.catalogues import LANGUAGES, ROOT, SOURCE, catalogue

pytestmark = pytest.mark.any_database

# The site's translation is used on the screens of both, for the reason given.
OVERRIDDEN = {
    "%(num)d month": "Finnish: theirs ends with a space",
    "All": "Greek: the gender of what our filters filter; nothing of the package's is shown",
    "Apply filters": "Finnish: the plain word",
    "Approve": "Estonian: theirs is our Confirm",
    "Browser": "Estonian: the usual word",
    "Choose": "Estonian: the polite form, as everywhere in ours",
    "Date": "Finnish: in full",
    "Edit": "Greek: theirs is to correct",
    "Email": "Greek: the usual word; theirs is our Email address, spelled out",
    "Email address": "Greek: the usual word",
    "English": "Estonian: a noun",
    "Estonian": "Estonian: a noun",
    "Finnish": "Estonian: a noun",
    "Filter": "Finnish: an order on a button, not a noun",
    "First published": "Finnish: theirs is word for word",
    "Greek": "Estonian: a noun",
    "Home": "Finnish and Estonian: a home page, not where one lives",
    "Manual": "Finnish: a handbook; theirs is a kind of translation, which no screen names",
    "Move down": "Estonian and Greek: what one does to a row",
    "Move up": "Estonian and Greek: what one does to a row",
    "New": "Greek: the plain word",
    "Pagination": "Estonian: theirs is a search of pages",
    "Note": "Finnish and Estonian: a note that someone writes, not a notice",
    "Password required": "Estonian and Greek: said of this page, in full",
    "Recovery codes": "Estonian: theirs are spare codes",
    "Reject": "Estonian: theirs is to refuse",
    "Save": "Greek: theirs lacks its accent",
    "Save draft": "Greek: theirs has three words for a draft; ours has one",
    "Settings": "Estonian and Greek: the word of the menu, where theirs has two",
    "Skip to main content": "Estonian: an order, as on other links",
    "Text": "Finnish: theirs names a kind of database field",
    "Time": "Finnish: theirs names a kind of database field",
    "This password is too short. It must contain at least %d character.": "Estonian and Greek: one word for a password",
    "Timeline": "Estonian: theirs is a time scale",
    "Undo": "Greek: theirs is to cancel",
    "View live": "theirs is a broadcast, or not translated",
    "Your password must contain at least %(min_length)d character.": "Estonian and Greek: one word for a password",
    "file": "Estonian: the case of a label",
    "page": "Estonian: the case of a label",
    "Warning:": "Greek: theirs lacks its accent",
    "email address": "Greek: the form used everywhere here",
    "pages": "Estonian: the case of a label",
}


def package_entries(language: str) -> Iterator[tuple[str, polib.MOEntry]]:
    """Yield each entry of the packages' catalogues with the name of its package."""
    folders = {"django": Path(django.__file__).parent / "conf"}
    folders |= {app.name: Path(app.path) for app in apps.get_app_configs()}
    for name, folder in folders.items():
        path = folder / "locale" / language / "LC_MESSAGES" / "django.mo"
        if path.exists():
            yield from ((name, entry) for entry in polib.mofile(str(path)))


def source_texts() -> set[str]:
    """Return the English texts of Wagtail and wagtail-localize, also those of their scripts."""
    folders = [Path(app.path) for app in apps.get_app_configs() if app.name.startswith("wagtail")]
    catalogues = [path for folder in folders for path in folder.glob("locale/en/LC_MESSAGES/*.po")]
    return {entry.msgid for path in catalogues for entry in polib.pofile(str(path))}


def replaced() -> set[str]:
    lists = (wagtail_words.APPROVAL, wagtail_words.MISLEADING, wagtail_words.MISSING, wagtail_screen_words.SCREENS)
    return {*chain.from_iterable(lists), *editor_words.EDITOR}


def different_translations(entries: list[polib.POEntry], language: str) -> dict[str, list[str]]:
    """Return the translations of packages that differ from those of `entries` without a context."""
    found: dict[str, list[str]] = {}
    own_entries = {(entry.msgid, entry.msgid_plural): entry for entry in entries if not entry.msgctxt}
    for package, entry in package_entries(language):
        own = own_entries.get((entry.msgid, entry.msgid_plural))
        # A package's entry that repeats the English text is not translated.
        if own is None or entry.msgctxt or entry.msgstr == entry.msgid:
            continue
        if (own.msgstr, own.msgstr_plural) != (entry.msgstr, entry.msgstr_plural):
            found.setdefault(entry.msgid, []).append(f"{entry.msgstr!r} ({package})")
    return found


def test_shared_texts_have_the_translations_of_the_packages_or_a_reason():
    found = {
        language: different_translations(polib.pofile(str(catalogue(ROOT, language))), language)
        for language in LANGUAGES
        if language != SOURCE
    }
    problems = [
        f"{language}: {text!r} needs a context: packages have {' and '.join(translations)}"
        for language, texts in found.items()
        for text, translations in texts.items()
        if text not in OVERRIDDEN | dict.fromkeys({*replaced(), *wagtail_screen_words.PASSWORDS})
    ]
    assert problems == []
    assert OVERRIDDEN.keys() - {text for texts in found.values() for text in texts} == set()


def test_texts_that_are_replaced_exist():
    """A new version of a package may have reworded one."""
    assert replaced() - source_texts() == set()


def test_text_shared_with_wagtail_is_found():
    until = polib.POEntry(msgid="To", msgstr="Asti")
    assert different_translations([until], "fi") == {"To": ["'Kohde' (wagtail.contrib.redirects)"]}
    until.msgctxt = "time"
    assert different_translations([until], "fi") == {}
