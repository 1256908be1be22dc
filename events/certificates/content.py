"""The content of a certificate besides the name, in each language in which it can be downloaded.

It is stored with the certificate, so that later changes of the event or the rule do not change issued certificates.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TypedDict

from django.db.models import QuerySet
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from events.certificates.eligibility import Candidate
from events.models import CertificateRule, CertificateSignatory
from events.models.certificates import COMMON_LANGUAGE
from events.registration.mail.context import EventDetails

MAX_OUTCOMES = 6


class Content(TypedDict):
    """The texts of one language, ready to be printed."""

    title: str
    title_language: str
    when: str
    where: str
    issued: str
    facts: list[list[str]]
    outcomes: list[str]
    # The name and the role of each signatory.
    signatories: list[list[str]]


class ContentMaker:
    """Makes the content of many certificates of one event. Texts that are the same for all participants are read once."""

    def __init__(self, rule: CertificateRule, issued_on: datetime.date) -> None:
        self.rule = rule
        self.issued_on = issued_on
        self._details: dict[str, EventDetails] = {}
        self._signatories = [[row.name, row.role] for row in signatories_of(rule)] if rule.pk else []

    def content_for(self, candidate: Candidate) -> dict[str, Content]:
        """Return the content in the participant's language and in `COMMON_LANGUAGE`."""
        languages = dict.fromkeys([candidate.registration.language, COMMON_LANGUAGE])
        return {language: self._in(language, candidate) for language in languages}

    def _in(self, language: str, candidate: Candidate) -> Content:
        with override(language):
            details = self._details.setdefault(language, EventDetails(self.rule.event, language, None))
            event, mode = self.rule.event, candidate.registration.effective_mode
            is_on_site = mode == mode.ON_SITE
            place = event.venue_and_place if is_on_site else ""
            return {
                "title": details.title,
                "title_language": details.foreign_language or language,
                "when": _days(event.first_day, event.last_day),
                "where": " · ".join(part for part in (place, str(mode.label)) if part),
                "issued": date_format(self.issued_on),
                "facts": [[label, value] for label, value in _facts(self.rule, candidate) if value],
                "outcomes": _outcomes(self.rule, language),
                "signatories": self._signatories,
            }


def sample(rule: CertificateRule, candidate: Candidate, language: str, today: datetime.date) -> Content:
    """Return the content of a sample certificate in `language`."""
    return ContentMaker(rule, today)._in(language, candidate)


def signatories_of(rule: CertificateRule) -> QuerySet[CertificateSignatory]:
    return CertificateSignatory.objects.filter(rule=rule)


def _days(first: datetime.date, last: datetime.date) -> str:
    if first == last:
        return date_format(first)
    return f"{date_format(first)} – {date_format(last)}"


def _facts(rule: CertificateRule, candidate: Candidate) -> list[tuple[str, str]]:
    days = ngettext("%(count)d day", "%(count)d days", candidate.days) % {"count": candidate.days}
    cme = ", ".join(part for part in (_number(rule.cme_points), rule.cme_body, rule.cme_reference) if part)
    return [
        (_("Attended"), days),
        (
            pgettext("timetable", "Sessions"),
            str(candidate.sessions) if rule.min_sessions and candidate.sessions else "",
        ),
        (_("Hours"), _number(candidate.hours)),
        (capfirst(_("ECTS credits")), _number(rule.ects)),
        (_("EQF level"), str(rule.eqf_level or "")),
        (capfirst(_("CME points")), cme if rule.cme_points else ""),
    ]


def _number(value: Decimal | None) -> str:
    """Return a number in the format of the active language, without zeros at its end."""
    return number_format(value.normalize() if value % 1 else value.to_integral_value()) if value else ""


def _outcomes(rule: CertificateRule, language: str) -> list[str]:
    texts: dict[str, str] = rule.outcomes or {}
    text = texts.get(language) or texts.get(COMMON_LANGUAGE) or next(iter(texts.values()), "")
    return [line.strip() for line in text.splitlines() if line.strip()][:MAX_OUTCOMES]
