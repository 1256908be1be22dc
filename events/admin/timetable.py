"""The editor's screen of a timetable: one grid for all rows, kept in the page's draft until it is published."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views import View
from wagtail.documents.widgets import AdminDocumentChooser

from events.dates import short_day
from events.enums import RowKind
from events.forms.editing import PasteForm, RowChoices, TimetableForm
from events.models import Event, EventPage, Speaker, TimetableRow
from events.timetable.checks import check
from events.timetable.paste import read
from events.timetable.span import in_order
from home.languages import language_choices


class TimetableViewMixin:
    """Finds the event's page and its draft. Somebody who may not edit the page is refused."""

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        self.event = get_object_or_404(Event, pk=kwargs["pk"])
        self.page = self.event.find_source_page()
        if self.page is None:
            raise Http404("the event has no page")
        self.event.page = self.page
        self.rights = self.page.permissions_for_user(request.user)

    def dispatch(self, request, *args, **kwargs):
        if not self.rights.can_edit():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def draft(self) -> EventPage:
        return self.page.get_latest_revision_as_object()


class TimetableView(TimetableViewMixin, View):
    """Shows the draft's rows, and stores them as a new draft or publishes the page with them."""

    def get(self, request, pk):
        draft = self.draft()
        rows = in_order(draft.timetable_rows.all())
        choices = RowChoices(draft.locale)
        choices.find_documents(row.slides_id for row in rows if row.slides_id)
        return self._screen([row_json(row) for row in rows], rows, {}, choices)

    def post(self, request, pk):
        draft = self.draft()
        form = TimetableForm(request.POST, page=draft)
        wants_to_publish = "publish" in request.POST
        if wants_to_publish and not self.rights.can_publish():
            raise PermissionDenied
        if self.rights.page_locked():
            messages.error(request, _("The page is locked: nothing was saved."))
            return redirect(request.path)
        if not form.is_valid():
            for error in form.errors.get("rows", []):
                messages.error(request, error)
            return self._screen(form.sent, [], form.row_errors, form.choices, status=422)
        draft.timetable_rows.set(form.cleaned_data["rows"])
        revision = draft.save_revision(user=request.user, log_action=not wants_to_publish)
        if wants_to_publish:
            revision.publish(user=request.user)
            messages.success(request, _("The timetable is published, in every language of the event."))
        else:
            messages.success(request, _("The timetable is saved as a draft. Visitors do not see it yet."))
        return redirect(request.path)

    def _screen(self, rows, checked, errors, choices: RowChoices, status: int = 200) -> HttpResponse:
        event = self.event
        data = {
            "rows": rows,
            "errors": errors,
            "warnings": warnings_json(event, checked),
            "days": [f"{date_format(day, 'D')} {short_day(day)}" for day in event.days],
            "kinds": [{"value": kind.value, "label": str(kind.label), "pause": kind.is_break} for kind in RowKind],
            "people": [person.name for person in choices.people],
            "organisations": [{"value": key, "label": item.name} for key, item in choices.organisations.items()],
            "documents": {key: item.title for key, item in choices.documents.items()},
            "languages": [{"value": code, "label": name} for code, name in language_choices()],
            "urls": {
                "check": reverse("events:timetable_check", args=[event.pk]),
                "paste": reverse("events:timetable_paste", args=[event.pk]),
                "documents": AdminDocumentChooser().get_chooser_modal_url(),
            },
            "words": editor_words(),
        }
        context = {
            "event": event,
            "event_page": self.page,
            "data": data,
            "media": AdminDocumentChooser().media,
            "can_publish": self.rights.can_publish(),
            "is_locked": self.rights.page_locked(),
            "header_title": _("Timetable: %(title)s") % {"title": self.page.get_admin_display_title()},
            "breadcrumbs_items": [
                {"url": reverse("wagtailadmin_home"), "label": _("Home")},
                {"url": reverse("events:index"), "label": _("Events")},
                {"url": reverse("events:edit", args=[event.pk]), "label": self.page.get_admin_display_title()},
                {"url": "", "label": _("Timetable: %(title)s") % {"title": self.page.get_admin_display_title()}},
            ],
        }
        return TemplateResponse(self.request, "events/admin/timetable.html", context, status=status)


class CheckView(TimetableViewMixin, View):
    """Answers with the doubts about rows that are not stored yet."""

    def post(self, request, pk):
        form = TimetableForm(request.POST, page=self.draft())
        if not form.is_valid():
            return JsonResponse({"errors": form.row_errors, "warnings": []})
        rows = form.cleaned_data["rows"]
        order = sorted(range(len(rows)), key=lambda place: (rows[place].day, rows[place].start, place))
        doubts = check(self.event, [rows[place] for place in order])
        warnings = [{"row": order[doubt.row], "text": doubt.text} for doubt in doubts]
        return JsonResponse({"errors": {}, "warnings": warnings})


class PasteView(TimetableViewMixin, View):
    """Answers with the rows that a pasted text was read as. Stores nothing."""

    def post(self, request, pk):
        form = PasteForm(request.POST)
        if not form.is_valid():
            return JsonResponse({"error": _("Paste the text of a timetable, at most 50,000 characters.")}, status=422)
        choices = RowChoices(self.page.locale)
        pasted = read(
            form.cleaned_data["text"],
            people=[(person.name, str(person.translation_key)) for person in choices.people],
            first_day=self.event.first_day,
            day=form.cleaned_data["day"] or 1,
        )
        rows = []
        for item in pasted.rows:
            row = TimetableRow(
                day=item.day,
                start=item.start,
                end=item.end,
                kind=item.kind,
                title=item.title[:200],
                abstract=item.abstract,
                room=item.room[:80],
                has_qa=item.has_qa,
            )
            row.people = item.people
            rows.append({**row_json(row), "key": "", "line": item.line})
        return JsonResponse({"rows": rows, "left_over": pasted.left_over})


def row_json(row: TimetableRow) -> dict[str, object]:
    """Return the row as the grid shows it."""
    return {
        "key": str(row.translation_key),
        "day": row.day,
        "start": row.start.strftime("%H:%M"),
        "end": row.end.strftime("%H:%M") if row.end else "",
        "kind": str(row.kind),
        "title": row.title,
        "abstract": row.abstract,
        "speakers": _names(row.speakers),
        "chairs": _names(row.chairs),
        "organisation": str(row.organisation_id or ""),
        "room": row.room,
        "track": row.track,
        "language": row.language,
        "has_qa": row.has_qa,
        "slides": str(row.slides_id or ""),
        "slides_url": row.slides_url,
        "recording_url": row.recording_url,
    }


def _names(people: list[Speaker]) -> str:
    return "; ".join(str(person) for person in people)


def warnings_json(event: Event, rows: list[TimetableRow]) -> list[dict[str, object]]:
    return [{"row": doubt.row, "text": doubt.text} for doubt in check(event, rows)]


def editor_words() -> dict[str, str]:
    """Return the words of the grid, which a script draws."""
    return {
        "day": _("Day"),
        "from": pgettext("time", "From"),
        "to": pgettext("time", "To"),
        "kind": _("Kind"),
        "title": _("Title"),
        "speakers": _("Speakers"),
        "chairs": _("Chairs"),
        "room": _("Room or place"),
        "track": _("Track"),
        "language": _("Language"),
        "qa": _("With time for questions"),
        "abstract": _("Text below the title"),
        "organisation": _("Organisation"),
        "slides": _("Slides"),
        "choose_slides": _("Choose a file"),
        "clear_slides": _("Take the file off"),
        "slides_url": _("Slides elsewhere (address)"),
        "recording_url": _("Recording (address)"),
        "more": _("More about this row"),
        "duplicate": _("Duplicate this row"),
        "remove": _("Delete this row"),
        "up": _("Move up"),
        "down": _("Move down"),
        "none": _("None"),
        "row": _("Row"),
        "pasted": _("Pasted: %s"),
        "read_rows": _("Rows read: %s. They are marked below and not saved yet: check them, then save."),
        "left_over": _("Not read as rows: %s"),
        "nothing_read": _("No row was found: each line has to begin with a time, such as 10.30."),
        "failed": _("That did not work. Please try again."),
        "problems": _("Rows that are not complete: %s"),
        "no_doubts": _("No overlaps, no gaps."),
        "removed": _("Row deleted."),
        "undo": _("Bring it back"),
    }
