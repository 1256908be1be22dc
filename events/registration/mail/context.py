"""What every mail says beside its message: the event in the words of a language, links, contact and funding."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Locale, Page, Site

from events.dates import format_when, when_of
from events.enums import Mode
from events.models import Event, EventPage, Registration
from events.registration.tokens import token_for
from home.models import LanguageTexts, PrivacyPage
from home.site_context import SiteContext


@dataclass(frozen=True)
class Fact:
    label: str
    lines: list[str]


@dataclass(frozen=True)
class Contact:
    name: str
    email: str


def page_in(event: Event, language: str) -> EventPage:
    """Return the event's live page in a language, else the one it is written in; an empty one where it has none."""
    pages = EventPage.objects.filter(event=event, alias_of=None, live=True, locale__language_code=language)
    page = pages.select_related("locale").first() or event.find_source_page()
    if page is None:
        page = EventPage(title=str(event.first_day), locale=Locale.objects.get(language_code=language))
    # All of a mail reads the same row.
    page.event = event
    return page


class Facts:
    """The facts of one mail. Texts are in the active language, which is that of the mail."""

    def __init__(
        self, event: Event, language: str, registration: Registration | None, now: datetime.datetime | None = None
    ) -> None:
        self.event = event
        self.language = language
        self.registration = registration
        # When the mail is written.
        self.now = now or timezone.now()

    # The event

    @cached_property
    def page(self) -> EventPage:
        return page_in(self.event, self.language)

    @property
    def title(self) -> str:
        return str(self.page.title)

    @property
    def foreign_language(self) -> str:
        """The language of the event's words where it is not the mail's, for `lang`."""
        code: str = self.page.locale.language_code
        return "" if code == self.language else code

    @property
    def event_url(self) -> str:
        return self.page.full_url or ""

    @property
    def when(self) -> list[str]:
        return format_when(when_of(self.page, self.language))

    @property
    def where(self) -> list[str]:
        """Return the place, or that it is online; for somebody registered only what concerns her."""
        way = self.registration.effective_mode if self.registration else ""
        if way == Mode.ONLINE or not self.event.is_on_site:
            return [_("Online")]
        return self.event.venue_parts

    def event_facts(self) -> list[Fact]:
        facts = [Fact(_("When"), self.when)]
        if self.where:
            facts.append(Fact(_("Where"), self.where))
        if self.registration:
            facts.append(Fact(_("How you take part"), [str(self.registration.effective_mode.label)]))
        return facts

    # The site

    @cached_property
    def site(self) -> Site | None:
        return self.page.get_site() or Site.objects.filter(is_default_site=True).first()

    @cached_property
    def site_facts(self) -> SiteContext:
        return SiteContext.of(self.site)

    @property
    def root_url(self) -> str:
        return self.site.root_url if self.site else ""

    @property
    def project_name(self) -> str:
        settings = self.site_facts.settings
        return (settings.acronym if settings else "") or (self.site.site_name if self.site else "")

    @property
    def texts(self) -> LanguageTexts | None:
        """The funding statement and the disclaimer, as the grant agreement wants them."""
        return self.site_facts.texts.get(self.language)

    @property
    def contact(self) -> Contact | None:
        """Whom to ask: the event's contact, or the project's."""
        if self.event.contact_email:
            return Contact(self.event.contact_name, self.event.contact_email)
        settings = self.site_facts.settings
        if settings and settings.contact_email:
            return Contact(settings.contact_name, settings.contact_email)
        return None

    # Links

    @cached_property
    def personal_url(self) -> str:
        """The address of the person's own page, in her language; empty for somebody who has none."""
        if self.registration is None or self.registration.anonymised_at is not None:
            return ""
        return self._absolute("registration", token=token_for(self.registration))

    @cached_property
    def privacy_url(self) -> str:
        page = self._privacy_page()
        return (page.full_url or "") if page else ""

    def _privacy_page(self) -> Page | None:
        settings = getattr(self.event, "registration_settings", None)
        chosen = settings.privacy_page if settings else None
        if chosen is not None:
            pages = Page.objects.filter(translation_key=chosen.translation_key, live=True)
            return pages.filter(locale__language_code=self.language).first() or (chosen if chosen.live else None)
        return PrivacyPage.objects.filter(live=True, locale__language_code=self.language).first()

    def _absolute(self, name: str, **parts: object) -> str:
        with override(self.language):
            return self.root_url + reverse(name, kwargs=parts)

    @property
    def desk_url(self) -> str:
        """Where the organiser finds the registrations."""
        return self._absolute("events:registrations", pk=self.event.pk)
