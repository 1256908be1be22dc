"""The event list and the event pages of each language."""

from __future__ import annotations

from functools import cached_property
from http import HTTPMethod

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from wagtail.admin.panels import HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index
from wagtail.url_routing import RouteResult
from wagtail_localize.fields import SynchronizedField
from wagtail_localize.models import Translation

from events.models.event import Event
from events.models.page_builders import page_builders
from home.blocks import BodyBlock
from home.http import page_cache
from home.models import BasePage, SectionIndexMixin
from home.site_context import public

# The last part of the path of the registration form, in every language.
REGISTRATION_SLUG = "register"
# The form for a group, below the registration form.
GROUP_SLUG = "group"
# Fields that lists of events do not show. An event without one of its logged fields keeps no copy of the others.
NOT_IN_LISTS = ("body", "aim", "target_groups", "practical", "directions", "access_notes", "event__online_link")
TEXT_FEATURES = ["bold", "italic", "link", "document-link", "ul", "ol"]


class EventIndexPage(SectionIndexMixin, BasePage):
    kind = _("Events")
    section_kind = "events"
    feed_view_name = "events_feed"
    text_fields = ()
    parent_page_types = ["home.HomePage"]
    subpage_types = ["events.EventPage"]
    max_count_per_parent = 1
    page_description = _(
        "The event list of a language: running, upcoming and past events, by list or month, with calendars."
    )

    class Meta:
        verbose_name = _("event list")

    def event_pages(self):
        """Return the live, public pages of events below this one, with their events."""
        pages = public(EventPage.objects.child_of(self).live())
        return pages.select_related("event__registration_settings", "share_image", "locale")

    def listed_pages(self):
        """Return `event_pages` without long texts and the joining link, which lists do not show."""
        return self.event_pages().defer(*NOT_IN_LISTS)

    def teasers(self, request, limit):
        return page_builders.home_page_teasers(self, request, limit)

    def get_context(self, request, *args, **kwargs):
        """Return the context of the list. Raises Http404 for a filter with an unknown value."""
        context = super().get_context(request, *args, **kwargs)
        return context | page_builders.index_context(self, request)

    @property
    def feed_path(self) -> str:
        with override(self.locale.language_code):
            return reverse(self.feed_view_name)

    @property
    def calendar_path(self) -> str:
        with override(self.locale.language_code):
            return reverse("events_calendar")


class EventPage(BasePage):
    """The texts of an event in one language. Data without a language is on its `event`."""

    api_fields = [*BasePage.api_fields, APIField("event_data"), APIField("timetable")]

    event = models.ForeignKey(
        Event, verbose_name=_("event"), on_delete=models.PROTECT, related_name="pages", editable=True
    )
    status_reason = models.TextField(
        _("reason for the change"),
        max_length=600,
        blank=True,
        help_text=_(
            "Why the event was moved, postponed or cancelled, and what happens next. Shown at the top of the page while "
            "the event does not take place as planned."
        ),
    )
    aim = RichTextField(_("aim"), features=TEXT_FEATURES, blank=True)
    target_groups = RichTextField(_("who it is for"), features=TEXT_FEATURES, blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("description"), blank=True)
    practical = RichTextField(_("practical information"), features=TEXT_FEATURES, blank=True)
    directions = RichTextField(_("how to get there"), features=TEXT_FEATURES, blank=True)
    access_notes = RichTextField(
        _("accessibility of the venue"),
        features=TEXT_FEATURES,
        blank=True,
        help_text=_("Step-free access and hearing loop are in the details of the event. Add anything else here."),
    )
    registration_label = models.CharField(
        _("label of the registration link"),
        max_length=80,
        blank=True,
        help_text=_("For registration on another website. If empty, the label is “Register”."),
    )
    registration_intro = RichTextField(
        _("text above the form"),
        features=TEXT_FEATURES,
        blank=True,
        help_text=_("What people should know before they register."),
    )
    confirmation_note = models.TextField(
        _("text in the confirmation email"),
        max_length=1500,
        blank=True,
        help_text=_("For example what to bring. Sent to participants with a place."),
    )
    data_recipients = models.CharField(
        _("recipients of the data"),
        max_length=300,
        blank=True,
        help_text=_(
            "Who receives the data besides the organisers, for example the caterer, the venue or the host of the online "
            "event."
        ),
    )
    photo_consent = models.CharField(
        _("text of the photo consent"),
        max_length=400,
        blank=True,
        help_text=_("If empty, the form uses the standard text."),
    )
    report = StreamField(
        BodyBlock(),
        verbose_name=_("report"),
        blank=True,
        help_text=_("The results of the event. Shown at the top of the page when the event is over."),
    )

    kind = _("Event")
    related_when_served = ("event__registration_settings",)
    text_fields = ("aim", "target_groups", "body", "practical", "directions", "report")
    override_translatable_fields = [SynchronizedField("event", overridable=False)]
    content_panels = [
        HelpPanel(template="events/admin/page_links.html"),
        *BasePage.content_panels,
        "status_reason",
        MultiFieldPanel(["aim", "target_groups"], heading=_("About the event")),
        "body",
        MultiFieldPanel(
            ["practical", "directions", "access_notes", "registration_label"], heading=_("For participants")
        ),
        MultiFieldPanel(
            [
                "registration_intro",
                InlinePanel("questions", label=_("question"), heading=_("Questions of the form")),
                "photo_consent",
                "data_recipients",
                "confirmation_note",
            ],
            heading=_("Registration"),
        ),
        MultiFieldPanel(
            [
                InlinePanel(
                    "survey_questions",
                    label=_("question"),
                    heading=_("Your own questions in the survey"),
                    help_text=_(
                        "Asked after the questions that every survey has. Change them only before the event is over."
                    ),
                    max_num=10,
                )
            ],
            heading=_("Survey"),
        ),
        MultiFieldPanel([InlinePanel("materials", label=_("material")), "report"], heading=_("After the event")),
    ]
    search_fields = [*BasePage.search_fields, index.FilterField("event_id")]
    parent_page_types = ["events.EventIndexPage"]
    subpage_types: list[str] = []
    page_description = _(
        "The texts of an event in one language. Its details and its timetable are edited under “Events”."
    )

    class Meta:
        verbose_name = _("event page")
        verbose_name_plural = _("event pages")

    def clean(self):
        super().clean()
        if self.event_id is None:
            raise ValidationError(
                _("Add the event under “Events” first. Its page is created with it."), code="no_event"
            )
        same = EventPage.objects.filter(event_id=self.event_id, locale_id=self.locale_id, alias_of=None)
        if self.event_id and not self.alias_of_id and same.exclude(pk=self.pk).exists():
            raise ValidationError(_("This event already has a page in this language."), code="second_page")

    # Source page

    @classmethod
    def attach_to(cls, events: list[Event]) -> None:
        """Set the `page` of each event to its source page, with two queries for all of them."""
        by_event: dict[int, list[EventPage]] = {}
        for page in cls.objects.filter(event__in=events, alias_of=None).select_related("locale").order_by("pk"):
            by_event.setdefault(page.event_id, []).append(page)
        keys = {page.translation_key for pages in by_event.values() for page in pages}
        targets = set(
            Translation.objects.filter(source__object_id__in=keys).values_list("source__object_id", "target_locale_id")
        )
        for event in events:
            pages = by_event.get(event.pk, [])
            sources = [page for page in pages if (page.translation_key, page.locale_id) not in targets]
            event.page = (sources or pages or [None])[0]

    @cached_property
    def source_page(self) -> EventPage:
        """The page whose timetable rows apply to this page.

        For a translation, it is the live source page. For any other page, it is the page itself.
        """
        language = page_cache.cached(
            f"source-locale-{self.translation_key}-{self.locale_id}",
            self._source_locale_id,
            may_cache=lambda locale_id: True,
        )
        if language is None:
            return self
        page = EventPage.objects.filter(translation_key=self.translation_key, locale_id=language, live=True).first()
        return page or self

    def _source_locale_id(self) -> int | None:
        translations = Translation.objects.filter(
            source__object_id=self.translation_key, target_locale_id=self.locale_id
        )
        found: int | None = translations.values_list("source__locale_id", flat=True).first()
        return found

    # What visitors see

    @cached_property
    def organisers(self):
        """The organisers in their order, translated into the language of the page where a translation exists."""
        return page_builders.organisers(self)

    @cached_property
    def sessions(self):
        """The sessions of the timetable in order, with times and rooms of the source page and texts of this page."""
        return page_builders.sessions(self)

    def body_text(self) -> str:
        rows = self.timetable_rows.all()
        people = [str(person) for row in rows for person in row.people]
        return " ".join([super().body_text(), *(f"{row.title} {row.abstract}" for row in rows), *people])

    def get_context(self, request, *args, **kwargs):
        """Return the context of the event. Raises Http404 for a filter with an unknown value."""
        context = super().get_context(request, *args, **kwargs)
        return context | page_builders.event_context(self, request)

    # The registration form, below the page's own address

    # The path of the request below `register/`; None for a request of the page itself. `route` sets it, and the hook
    # `serve_registration` (`events/wagtail_hooks.py`) answers such a request.
    registration_path: tuple[str, ...] | None = None

    def route(self, request, path_components):
        is_below_form = len(path_components) > 1
        # POST is allowed only for the forms, and not for the pages below them.
        is_form = path_components[1:] == [GROUP_SLUG] or not is_below_form
        is_allowed = request.method != HTTPMethod.POST or is_form
        if self.live and path_components[:1] == [REGISTRATION_SLUG] and is_allowed:
            self.registration_path = tuple(path_components[1:])
            return RouteResult(self)
        return super().route(request, path_components)

    def check_request_method(self, request, *args, **kwargs):
        # Event pages allow no POST. Their registration forms do.
        if self.registration_path is not None and request.method == HTTPMethod.POST:
            return None
        return super().check_request_method(request, *args, **kwargs)

    def register_path(self, request=None) -> str:
        """Return the path of the registration form in the language of the page."""
        return f"{self.get_url(request) or ''}{REGISTRATION_SLUG}/"

    @property
    def event_data(self) -> dict[str, object]:
        """The data of the event in the API."""
        event = self.event
        return {
            "key": self.translation_key,
            "status": event.status,
            "attendance": event.attendance,
            "first_day": event.first_day,
            "last_day": event.last_day,
            "starts_at": event.starts_at if event.has_hours else None,
            "ends_at": event.ends_at if event.has_hours else None,
            "venue": event.venue_name,
            "town": event.venue_town,
            "country": event.venue_country.code,
            "calendar": reverse("event_calendar", args=[self.translation_key]),
        }

    @property
    def timetable(self) -> list[dict[str, object]]:
        """The timetable in the API. Times are local times of the event."""
        return [
            {
                "key": row.translation_key,
                "day": self.event.day(row.day),
                "start": row.start,
                "end": row.end,
                "kind": row.kind,
                "title": row.title,
                "text": row.abstract,
                "room": row.room,
                "track": row.track,
                "is_cancelled": row.is_cancelled,
                "speakers": [speaker.name for speaker in row.people],
            }
            for row in self.timetable_rows.all()
        ]

    def json_ld(self, layout):
        return page_builders.event_json_ld(self, layout)

    def _reverse(self, name: str, key: object) -> str:
        with override(self.locale.language_code):
            return reverse(name, kwargs={"key": key})

    @property
    def calendar_path(self) -> str:
        """The path of the event's calendar file. It contains the key of the event, so it stays when slug or title change."""
        return self._reverse("event_calendar", self.event.key)

    @property
    def timetable_calendar_path(self) -> str:
        return self._reverse("timetable_calendar", self.event.key)

    def row_calendar_path(self, key) -> str:
        return self._reverse("row_calendar", key)

    @property
    def programme_path(self) -> str:
        return self._reverse("event_programme", self.event.key)
