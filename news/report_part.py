"""The part of the project report about news: the articles of the period, and the activities."""

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


def news_in_report(period: Period) -> ReportPart:
    """Return the part about the public articles whose date is in the period. One query."""
    language = get_language()
    found = NewsPage.objects.live().filter(date__range=(period.start, period.end), alias_of=None)
    articles: dict[object, list[NewsPage]] = {}
    for page in sorted(
        found.select_related("locale"), key=lambda page: (page.locale.language_code != language, page.pk)
    ):
        articles.setdefault(page.translation_key, []).append(page)
    rows = sorted(articles.values(), key=lambda pages: (pages[0].date, pages[0].pk))
    counts = Counter(page.locale.language_code for pages in rows for page in pages)
    section = Section(
        _("News"),
        [
            Table(
                _("Articles"),
                [_("Title"), _("Date"), _("Published in")],
                [[pages[0].title, pages[0].date, ", ".join(map(language_name, _codes(pages)))] for pages in rows],
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
    return ReportPart([section], [_activity(pages) for pages in rows])


def _codes(pages: list[NewsPage]) -> list[str]:
    return sorted(page.locale.language_code for page in pages)


def _activity(pages: list[NewsPage]) -> Activity:
    page = pages[0]
    return Activity(
        name=page.title,
        description=page.summary or page.lead,
        channel=_("Article on the website"),
        day=page.date,
        status=_("Completed"),
        languages=_codes(pages),
        url=public_page_url(page),
    )
