"""What the report about the project says of news: the articles of the period, and the activities."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from home.admin.period import Period
from home.admin.project_report import Activity, ReportPart
from home.languages import language_name
from home.links import public_page_url
from home.reports import Section, Table
from news.models import NewsPage

# What the report shows of an article. A body may be long.
FIELDS = ("title", "date", "summary", "lead", "translation_key", "url_path", "locale__language_code")


def news_in_report(period: Period) -> ReportPart:
    """Return the part of the public articles that are dated in the period. Two queries."""
    language = get_language()
    found = NewsPage.objects.live().filter(date__range=(period.start, period.end), alias_of=None)
    versions: dict[object, dict[str, int]] = {}
    for key, code, pk in found.values_list("translation_key", "locale__language_code", "pk"):
        versions.setdefault(key, {})[code] = pk
    # Each article in the language of the report, or else in the one in which it was written first.
    chosen = [pks.get(language, min(pks.values())) for pks in versions.values()]
    pages = NewsPage.objects.filter(pk__in=chosen).only(*FIELDS).select_related("locale").order_by("date", "pk")
    rows = [(page, sorted(versions[page.translation_key])) for page in pages]
    counts = Counter(code for _page, codes in rows for code in codes)
    section = Section(
        _("News"),
        [
            Table(
                _("Articles"),
                [_("Title"), _("Date"), _("Published in")],
                [[page.title, page.date, ", ".join(map(language_name, codes))] for page, codes in rows],
                empty=_("There are no articles in this period."),
            ),
            Table(
                _("Articles by language"),
                [_("Language"), _("Number")],
                [[language_name(code), number] for code, number in sorted(counts.items())],
                empty=_("There are no articles in this period."),
                charted=1,
            ),
        ],
    )
    return ReportPart([section], [_activity(page, codes) for page, codes in rows])


def _activity(page: NewsPage, codes: list[str]) -> Activity:
    return Activity(
        name=page.title,
        description=page.summary or page.lead,
        channel=_("Article on the website"),
        day=page.date,
        status=_("Completed"),
        languages=codes,
        url=public_page_url(page),
    )
