"""Forms for the timetable of an event: a row, all rows, and pasted text."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Collection, Iterable, Mapping

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.documents import get_document_model
from wagtail.documents.models import AbstractDocument
from wagtail.models import Locale

from events.enums import RowKind, SpeakerRole
from events.models import CalendarEntry, EventPage, TimetableRow
from events.models.timetable import Speaker
from events.timetable.speakers import site_organisations, site_people
from home.languages import language_choices
from home.text_normalization import one_line
from home.view_permissions import readable_documents, request_of

MAX_ROWS = 500
# Fields of a row that the form has under the same name. The people of a row are two text fields in the form.
OWN_FIELDS = ("title", "abstract", *(name for name in TimetableRow.SYNCHRONISED if name != "speakers_data"))
# Line breaks and marks that change the text direction in these fields become spaces.
ONE_LINE = {"title", "speakers", "chairs", "room", "track"}
MAX_PASTE = 50_000
MAX_PASTE_HTML = 500_000


class RowForm(forms.Form):
    """One row as the timetable editor sends it."""

    key = forms.UUIDField(required=False)
    day = forms.IntegerField(min_value=1, max_value=60)
    start = forms.TimeField(input_formats=["%H:%M", "%H.%M", "%H:%M:%S"])
    end = forms.TimeField(input_formats=["%H:%M", "%H.%M", "%H:%M:%S"], required=False)
    kind = forms.ChoiceField(choices=RowKind)
    title = forms.CharField(max_length=200)
    abstract = forms.CharField(max_length=2000, required=False)
    speakers = forms.CharField(max_length=1000, required=False)
    chairs = forms.CharField(max_length=1000, required=False)
    organisation = forms.CharField(max_length=12, required=False)
    room = forms.CharField(max_length=80, required=False)
    track = forms.CharField(max_length=60, required=False)
    language = forms.ChoiceField(choices=lambda: [("", ""), *language_choices()], required=False)
    has_qa = forms.BooleanField(required=False)
    is_cancelled = forms.BooleanField(required=False)
    slides = forms.CharField(max_length=12, required=False)
    slides_url = forms.URLField(max_length=500, required=False, assume_scheme="https")
    recording_url = forms.URLField(max_length=500, required=False, assume_scheme="https")

    def __init__(self, data: Mapping[str, str], *, choices: RowChoices):
        super().__init__({name: one_line(value) if name in ONE_LINE else value for name, value in data.items()})
        self.choices = choices

    def clean_organisation(self):
        return self._chosen("organisation", self.choices.organisations)

    def clean_slides(self):
        return self._chosen("slides", self.choices.documents)

    def _chosen(self, name: str, known: dict[str, object]):
        # The choices are fetched once for all rows, not with queries for each row.
        key = self.cleaned_data[name]
        if key and key not in known:
            raise ValidationError(_("This option no longer exists. Choose another one."), code="choice")
        return known.get(key)

    def row(self, page: EventPage, known: dict[str, TimetableRow], order: int) -> TimetableRow:
        """Return the row of `known` with the key of this form, or a new row, with the entered values."""
        values = self.cleaned_data
        row = known.get(str(values["key"])) or TimetableRow(
            translation_key=values["key"] or uuid.uuid4(), locale=page.locale
        )
        for name in OWN_FIELDS:
            setattr(row, name, values[name])
        row.people = [
            *self.choices.speakers(values["speakers"], SpeakerRole.SPEAKER),
            *self.choices.speakers(values["chairs"], SpeakerRole.CHAIR),
        ]
        row.sort_order = order
        return row


class RowChoices:
    """The people, organisations and files that rows of a timetable may refer to, fetched once."""

    def __init__(self, locale: Locale):
        self.people = site_people(locale)
        self.organisations = {str(item.pk): item for item in site_organisations(locale)}
        self.documents: dict[str, AbstractDocument] = {}

    def find_documents(
        self, keys: Iterable[object], user: User | None = None, kept: Collection[int | None] = ()
    ) -> None:
        """Fetch only the files that the rows refer to, since a site may have thousands of files.

        With `user`, files that the user may not read are left out, unless they are in `kept`.
        """
        numbers = {int(key) for key in map(str, keys) if re.fullmatch(r"[0-9]{1,9}", key)}
        model = get_document_model()
        if user is not None and (new := numbers.difference(kept)):
            readable = readable_documents(model.objects.filter(pk__in=new), request_of(user))
            numbers = numbers.intersection(kept).union(readable.values_list("pk", flat=True))
        found = model.objects.in_bulk(numbers) if numbers else {}
        self.documents = {str(key): item for key, item in found.items()}

    def speakers(self, text: str, role: SpeakerRole) -> list[Speaker]:
        """Return the people in a text such as "Anna Example (Some University); Jaan Tamm"."""
        found = []
        for part in text.split(";"):
            # Spaces are reduced first: with several optional spaces, the pattern takes minutes for a text with
            # thousands of them.
            name, affiliation = " ".join(part.split()), ""
            if match := re.fullmatch(r"(.+)\(([^()]*)\)", name):
                name, affiliation = match[1].strip(), match[2].strip()
            if name:
                found.append(self._speaker(name, affiliation, role))
        return found

    def _speaker(self, name: str, affiliation: str, role: SpeakerRole) -> Speaker:
        same = [person for person in self.people if person.name.casefold() == name.casefold()]
        # If several people have that name, it is not known which one is meant.
        if len(same) != 1:
            return Speaker(name[:120], affiliation[:200], role)
        person = same[0]
        if not affiliation and person.organisation and person.organisation.live:
            affiliation = person.organisation.name
        return Speaker(person.name, affiliation, role, str(person.translation_key))


def rows_of_json(text: str) -> list[dict[str, str]]:
    """Return the rows of a JSON list, with all values as texts. Raises ValidationError if the JSON has another structure."""
    try:
        sent = json.loads(text)
        # Half a surrogate pair cannot be stored.
        json.dumps(sent, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ValidationError(_("The timetable could not be read. Save it again.")) from error
    if not isinstance(sent, list) or not all(isinstance(item, dict) for item in sent):
        raise ValidationError(_("The timetable could not be read. Save it again."))
    if any(isinstance(value, list | dict) for item in sent for value in item.values()):
        raise ValidationError(_("The timetable could not be read. Save it again."))
    return [{name: _as_sent(value) for name, value in item.items()} for item in sent]


def _as_sent(value: str | float | bool | None) -> str:  # noqa: FBT001  (a value of JSON)
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else str(value)


class TimetableForm(forms.Form):
    """The timetable in one field: a JSON list of rows in their order."""

    rows = forms.CharField(max_length=1_000_000)

    def __init__(self, *args, page: EventPage, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.page = page
        self.user = user
        self.choices = RowChoices(page.locale)
        self.row_errors: dict[int, dict[str, list[str]]] = {}
        self.sent: list[dict[str, str]] = []

    def clean_rows(self) -> list[TimetableRow]:
        sent = rows_of_json(self.cleaned_data["rows"])
        if len(sent) > MAX_ROWS:
            raise ValidationError(_("A timetable can have at most %(count)d rows.") % {"count": MAX_ROWS})
        self.sent = sent
        for item in sent:
            item["key"] = _usual_key(item.get("key", ""))
        known = {str(row.translation_key): row for row in self.page.timetable_rows.all()}
        kept = {row.slides_id for row in known.values()}
        self.choices.find_documents((item.get("slides") for item in sent), self.user, kept)
        rows, own = [], self._own_keys() | set(known)
        for number, item in enumerate(sent):
            if item["key"] not in own:
                item["key"] = ""
            form = RowForm(item, choices=self.choices)
            if form.is_valid():
                row = form.row(self.page, known, number)
                own.discard(str(row.translation_key))
                rows.append(row)
            else:
                self.row_errors[number] = {
                    name: [str(message) for message in messages] for name, messages in form.errors.items()
                }
        if self.row_errors:
            raise ValidationError(_("Some rows have errors. Correct the marked rows."))
        return rows

    def _own_keys(self) -> set[str]:
        """Return the keys of the public rows of this event, also of earlier ones.

        Rows that are sent with another key get a new one: it may be that of a draft of another event, which could then not
        be published.
        """
        now = TimetableRow.objects.filter(page__translation_key=self.page.translation_key)
        ever = CalendarEntry.objects.filter(event=self.page.event_id, is_row=True)
        return {
            str(key) for key in [*now.values_list("translation_key", flat=True), *ever.values_list("key", flat=True)]
        }


def _usual_key(text: str) -> str:
    """Return a key in the usual spelling of UUIDs, so that one key is not taken for two. Other texts stay as they are."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return text


class PasteForm(forms.Form):
    text = forms.CharField(max_length=MAX_PASTE)
    # The same content as HTML, if the clipboard has it. The script removes styles and pictures before it sends it.
    html = forms.CharField(max_length=MAX_PASTE_HTML, required=False)
    day = forms.IntegerField(min_value=1, max_value=60, required=False)
