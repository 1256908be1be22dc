"""The part of the project report about publications: downloads by language in the period, and the activities."""

from __future__ import annotations

import datetime
from collections import Counter

from django.db.models import Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from factsheets.models import DownloadCount, FactSheetPage, Publication
from home.admin.period import Period
from home.admin.project_report import Activity, ReportPart
from home.languages import language_name
from home.links import public_page_url
from home.reports import Section, Table


def publications_in_report(period: Period) -> ReportPart:
    """Return the part about publications that had a public page by the end of the period. Four queries."""
    publications = list(
        Publication.objects.filter(first_published_on__lte=period.end, pages__live=True)
        .distinct()
        .prefetch_related("target_groups")
    )
    pages = _pages(publications)
    downloads: Counter[tuple[int, str]] = Counter()
    counts = DownloadCount.objects.filter(publication__in=publications, day__range=(period.start, period.end))
    for pk, language, number in counts.order_by().values_list("publication", "language").annotate(number=Sum("count")):
        downloads[pk, language] = number
    codes = sorted({code for _pk, code in downloads})
    rows = [
        [
            pages[item.pk][0].title,
            item.first_published_on,
            ", ".join(language_name(page.locale.language_code) for page in pages[item.pk]),
            *(downloads[item.pk, code] for code in codes),
            sum(downloads[item.pk, code] for code in codes),
        ]
        for item in publications
    ]
    columns = [_("Publication"), _("First published"), _("Published in"), *map(language_name, codes), _("Downloads")]
    by_language = [[language_name(code), sum(downloads[item.pk, code] for item in publications)] for code in codes]
    section = Section(
        _("Publications"),
        [
            Table(_("Publications and their downloads"), columns, rows, empty=_("There are no publications.")),
            Table(
                _("Downloads by language"),
                [_("Language"), _("Downloads")],
                by_language,
                empty=_("Nothing was downloaded in this period."),
                charted=1,
            ),
        ],
    )
    activities = [
        _activity(item.first_published_on, item, pages[item.pk], sum(downloads[item.pk, code] for code in codes))
        for item in publications
        if item.first_published_on and item.first_published_on >= period.start
    ]
    return ReportPart([section], activities)


def _pages(publications: list[Publication]) -> dict[int, list[FactSheetPage]]:
    """Return the live pages of each publication by its primary key. The page in the active language is first."""
    found: dict[int, list[FactSheetPage]] = {item.pk: [] for item in publications}
    language = get_language()
    pages = FactSheetPage.objects.filter(publication__in=publications, live=True, alias_of=None)
    for page in sorted(
        pages.select_related("locale"), key=lambda page: (page.locale.language_code != language, page.pk)
    ):
        found[page.publication_id].append(page)
    return found


def _activity(day: datetime.date, item: Publication, pages: list[FactSheetPage], downloads: int) -> Activity:
    page = pages[0]
    return Activity(
        name=page.title,
        description=page.summary or page.lead,
        audience=", ".join(group.name for group in item.target_groups.all()),
        channel=_("Published on the website"),
        day=day,
        reached=downloads,
        outcome=_("%(number)s downloads") % {"number": downloads},
        status=_("Completed"),
        languages=sorted(page.locale.language_code for page in pages),
        url=public_page_url(page),
    )
