"""Our catalogues come before Django's own: an entry such as "May" for "is allowed to" would also rename the month."""

import polib
from django.utils import dates, translation

from tests.catalogues import ROOT, SOURCE, catalogue


def test_no_entry_renames_a_month_or_a_weekday():
    ours = {entry.msgid for entry in polib.pofile(str(catalogue(ROOT, SOURCE))) if not entry.msgctxt}
    with translation.override("en"):
        names = {str(name) for words in (dates.MONTHS, dates.WEEKDAYS, dates.WEEKDAYS_ABBR) for name in words.values()}
    assert "May" in names
    assert ours & names == set()
