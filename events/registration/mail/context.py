"""The context for emails and registration pages: details of the event, links, contact and funding texts."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Locale, Page, Site

from events.dates import format_when, when_of
from events.enums import Mode
from events.models import AddressChange, Event, EventPage, Registration
from events.registration.chosen_sessions import ChosenSession, seats_of
from events.registration.tokens import new_address_token, token_for
from home.http import page_cache
from home.links import public_page_url, public_url
from home.models import LanguageTexts, PrivacyPage
from home.site_context import SiteContext, public


@dataclass(frozen=True)
class DetailRow:
    """A label with one or more lines, such as "Where" with the parts of the venue."""

    label: str
    lines: list[str]


@dataclass(frozen=True)
class Contact:
    name: str
    email: str


def page_in(event: Event, language: str) -> EventPage:
    """Return the event's live page in a language.

    If there is none, return its source page, else an unsaved page whose title is the date.
    """
    pages = EventPage.objects.filter(event=event, alias_of=None, live=True, locale__language_code=language)
    page = pages.select_related("locale").first() or event.find_source_page()
    if page is None:
        page = EventPage(title=str(event.first_day), locale=Locale.objects.get(language_code=language))
    # All parts of an email must read the same instance of the event.
    page.event = event
    return page


class EventDetails:
    """The details of an event in one language: title, time and place, links, contact and funding texts.

    With a registration, they are the details for its participant: their attendance mode and their personal link. Texts
    are in the active language, so the caller has to activate `language`.
    """

    def __init__(
        self, event: Event, language: str, registration: Registration | None, now: datetime.datetime | None = None
    ) -> None:
        self.event = event
        self.language = language
        self.registration = registration
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
        """The language of the page for the attribute `lang`, if it is not `language`; otherwise empty."""
        code: str = self.page.locale.language_code
        return "" if code == self.language else code

    @property
    def event_url(self) -> str:
        return public_page_url(self.page)

    @property
    def when(self) -> list[str]:
        return format_when(when_of(self.page, self.language))

    @property
    def where(self) -> list[str]:
        """The venue, "online", or both. For a participant, only the one where they attend."""
        mode = self.registration.effective_mode if self.registration else ""
        if mode == Mode.ONLINE or not self.event.is_on_site:
            return [_("Online")]
        return self.event.venue_parts

    def rows(self) -> list[DetailRow]:
        """Return the table for an email: when, where and, for a participant, how they attend."""
        rows = [DetailRow(_("When"), self.when)]
        if self.where:
            rows.append(DetailRow(_("Where"), self.where))
        if self.registration:
            rows.append(DetailRow(_("How you attend"), [str(self.registration.effective_mode.label)]))
            if self.sessions:
                rows.append(DetailRow(_("Your sessions"), [chosen.label for chosen in self.sessions]))
        return rows

    @cached_property
    def sessions(self) -> list[ChosenSession]:
        """The sessions that the participant has chosen."""
        return seats_of(self.registration, self.language) if self.registration else []

    def session(self, key: str) -> ChosenSession | None:
        """Return the chosen session with this key, or None."""
        return next((chosen for chosen in self.sessions if str(chosen.session.key) == key), None)

    # The site

    @cached_property
    def site(self) -> Site | None:
        return self.page.get_site() or Site.objects.filter(is_default_site=True).first()

    @cached_property
    def site_context(self) -> SiteContext:
        return SiteContext.of(self.site)

    @property
    def project_name(self) -> str:
        settings = self.site_context.settings
        return (settings.acronym if settings else "") or (self.site.site_name if self.site else "")

    @property
    def texts(self) -> LanguageTexts | None:
        """The funding statement and the disclaimer that the grant agreement requires."""
        return self.site_context.texts.get(self.language)

    @property
    def contact(self) -> Contact | None:
        """The contact of the event, by default that of the project."""
        if self.event.contact_email:
            return Contact(self.event.contact_name, self.event.contact_email)
        settings = self.site_context.settings
        if settings and settings.contact_email:
            return Contact(settings.contact_name, settings.contact_email)
        return None

    # Links

    @cached_property
    def personal_url(self) -> str:
        """The personal link in the participant's language; empty without a registration or when it is anonymised."""
        if self.registration is None or self.registration.anonymised_at is not None:
            return ""
        return self._absolute("registration", token=token_for(self.registration))

    @cached_property
    def new_address_url(self) -> str:
        """The link that confirms the participant's new email address; empty if there is none to confirm."""
        change = AddressChange.objects.filter(registration=self.registration).first() if self.registration else None
        if change is None:
            return ""
        return self._absolute("registration_confirm_address", token=new_address_token(change))

    @property
    def survey_url(self) -> str:
        """The address of the survey for this participant; empty without a registration or when it is anonymised."""
        return f"{self.personal_url}survey/" if self.personal_url else ""

    @property
    def sessions_url(self) -> str:
        """The address where this participant chooses sessions; empty without a registration or when it is anonymised."""
        return f"{self.personal_url}sessions/" if self.personal_url else ""

    @property
    def completion_url(self) -> str:
        """The address of the form for an invited person; empty without a registration or when it is anonymised."""
        return f"{self.personal_url}complete/" if self.personal_url else ""

    @cached_property
    def privacy_url(self) -> str:
        return page_cache.cached(f"privacy-{self.event.pk}-{self.language}", self._find_privacy_url)

    def _find_privacy_url(self) -> str:
        page = self._privacy_page()
        return public_page_url(page) if page else ""

    def _privacy_page(self) -> Page | None:
        settings = getattr(self.event, "registration_settings", None)
        chosen = settings.privacy_page if settings else None
        if chosen is not None:
            pages = public(Page.objects.filter(translation_key=chosen.translation_key, live=True))
            return pages.filter(locale__language_code=self.language).first() or pages.filter(pk=chosen.pk).first()
        return public(PrivacyPage.objects.filter(live=True, locale__language_code=self.language)).first()

    def _absolute(self, name: str, **parts: object) -> str:
        with override(self.language):
            return public_url(reverse(name, kwargs=parts))

    @property
    def registrations_url(self) -> str:
        """The address of the list of registrations in the admin, whose host may differ from that of the site."""
        return settings.WAGTAILADMIN_BASE_URL + reverse("events:registrations", kwargs={"pk": self.event.pk})

    @property
    def change_notices_url(self) -> str:
        """The address of the screen that shows the emails about a change, in the admin."""
        return settings.WAGTAILADMIN_BASE_URL + reverse("events:change_notices", kwargs={"pk": self.event.pk})
