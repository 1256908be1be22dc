"""The rows of a timetable: inline children of an event's page. Times are facts, titles and abstracts are words."""

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
    """Somebody on the programme.

    Name and affiliation are kept as they were when the row was written, whoever changes house later. `person` is the
    translation key of a record in the site's people, or "".
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
    """A row of the timetable. Its `translation_key` is its identity: the same in every language, revision and calendar.

    A row stands on a day of the event (counted from 1) and its times are read on the clocks of the event's zone, so
    that an event that moves takes its timetable along. An end that is not after the start is on the next day; a row
    without an end runs to the next one.
    """

    page = ParentalKey("events.EventPage", on_delete=models.CASCADE, related_name="timetable_rows")
    day = models.PositiveSmallIntegerField(_("day"), default=1)
    start = models.TimeField(_("from"))
    end = models.TimeField(_("to"), null=True, blank=True)
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
    has_qa = models.BooleanField(_("with time for questions"), default=False)
    slides = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("slides"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    slides_url = models.URLField(_("slides elsewhere"), max_length=500, blank=True)
    recording_url = models.URLField(_("recording"), max_length=500, blank=True)

    # Facts are the same in every language and cannot differ.
    FACTS = [
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
        "slides",
        "slides_url",
        "recording_url",
    ]
    override_translatable_fields = [SynchronizedField(name, overridable=False) for name in FACTS]

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
    """Something to read or watch after the event: a file of this site or an address elsewhere."""

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
    url = models.URLField(_("address elsewhere"), max_length=500, blank=True)

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
