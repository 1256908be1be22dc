"""Catalogues are compiled without gettext."""

import gettext

import pytest
from django.core.management import CommandError, call_command

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
ENTRY = 'msgid "News"\nmsgstr "Uutiset"\n\n'


@pytest.fixture
def compiled(tmp_path, settings):
    """Compile a catalogue with the given entries, and return its translations."""
    settings.LOCALE_PATHS = [tmp_path]
    folder = tmp_path / "fi" / "LC_MESSAGES"
    folder.mkdir(parents=True)

    def compiled(entries):
        (folder / "django.po").write_text(HEADER + entries)
        call_command("compile_catalogues")
        with (folder / "django.mo").open("rb") as file:
            return gettext.GNUTranslations(file)

    return compiled


def test_translations_are_found(compiled):
    catalogue = compiled(ENTRY + 'msgctxt "month"\nmsgid "News"\nmsgstr "Toinen"\n')

    assert catalogue.gettext("News") == "Uutiset"
    assert catalogue.pgettext("month", "News") == "Toinen"


def test_a_text_with_two_entries_is_refused(compiled):
    with pytest.raises(CommandError, match="more than one entry for: News"):
        compiled(ENTRY + ENTRY)


def test_a_file_with_an_error_is_refused(compiled):
    with pytest.raises(CommandError, match="cannot be read"):
        compiled("News = Uutiset\n")
