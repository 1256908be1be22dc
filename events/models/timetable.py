"""The rows of a timetable and the materials of an event: inline children of the event's page."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.documents import get_document_model_string
from wagtail.models import Orderable, TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from events.enums import MaterialKind, RowKind, SpeakerRole


@dataclass(frozen=True)
class Speaker:
    """A speaker or chair of a session.

    Name and affiliation stay as they were entered, even if the person's record changes later. `person` is the
    translation key of that record, or empty.
    """

    name: str
    affiliation: str = ""
    role: str = SpeakerRole.SPEAKER
    person: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.name} ({self.affiliation})" if self.affiliation else self.name


class TimetableRow(TranslatableMixin, Orderable):
    """A row of the timetable. Its `translation_key` is the same in every language, revision and calendar.

    `day` counts the days of the event from 1, and times are local times in the event's time zone, so the timetable moves
    with the event. An end that is not after the start is on the next day. A row without an end lasts until the next one.
    """

    page = ParentalKey("events.EventPage", on_delete=models.CASCADE, related_name="timetable_rows")
    day = models.PositiveSmallIntegerField(_("day"), default=1)
    start = models.TimeField(_("start"))
    end = models.TimeField(_("end"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=RowKind, default=RowKind.TALK)
    title = models.CharField(_("title"), max_length=200)
    abstract = models.TextField(_("text"), max_length=2000, blank=True)
    speakers_data = models.JSONField(_("speakers and chairs"), default=list, blank=True)
    organisation = models.ForeignKey(
        "home.Organisation",
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    room = models.CharField(_("room or place"), max_length=80, blank=True)
    track = models.CharField(_("track"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    has_qa = models.BooleanField(_("includes questions"), default=False)
    # Pages show the row struck through, and calendars get it as cancelled. A deleted row is not shown at all.
    is_cancelled = models.BooleanField(_("is cancelled"), default=False)
    slides = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("slides"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    slides_url = models.URLField(_("link to slides"), max_length=500, blank=True)
    recording_url = models.URLField(_("link to the recording"), max_length=500, blank=True)

    # Fields that are the same in every language.
    SYNCHRONISED = [
        "day",
        "start",
        "end",
        "kind",
        "speakers_data",
        "organisation",
        "room",
        "track",
        "language",
        "has_qa",
        "is_cancelled",
        "slides",
        "slides_url",
        "recording_url",
    ]
    override_translatable_fields = [SynchronizedField(name, overridable=False) for name in SYNCHRONISED]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("timetable row")
        verbose_name_plural = _("timetable rows")
        ordering = ["day", "start", "sort_order", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(day__gte=1), name="timetable_days_count_from_one"),
        ]

    def __str__(self):
        return f"{self.start:%H:%M} {self.title}" if self.start else self.title

    @property
    def people(self) -> list[Speaker]:
        return [Speaker(**item) for item in self.speakers_data]

    @people.setter
    def people(self, speakers: list[Speaker]) -> None:
        self.speakers_data = [speaker.as_json() for speaker in speakers]

    @property
    def speakers(self) -> list[Speaker]:
        return [person for person in self.people if person.role == SpeakerRole.SPEAKER]

    @property
    def chairs(self) -> list[Speaker]:
        return [person for person in self.people if person.role == SpeakerRole.CHAIR]

    @property
    def row_kind(self) -> RowKind:
        return RowKind(self.kind)


class EventMaterial(TranslatableMixin, Orderable):
    """A material of the event: a file of this site or a link."""

    page = ParentalKey("events.EventPage", on_delete=models.CASCADE, related_name="materials")
    kind = models.CharField(_("kind"), max_length=10, choices=MaterialKind, default=MaterialKind.OTHER)
    title = models.CharField(_("title"), max_length=160)
    document = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("file"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    url = models.URLField(_("link"), max_length=500, blank=True)

    panels = ["kind", "title", "document", "url"]
    override_translatable_fields = [
        SynchronizedField("kind", overridable=False),
        SynchronizedField("document"),
        SynchronizedField("url"),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("material")
        verbose_name_plural = _("materials")

    def __str__(self):
        return self.title

    @property
    def href(self) -> str:
        return self.document.url if self.document else self.url
