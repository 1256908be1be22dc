"""The timetable editor: one grid for all sessions, saved in the draft of the event's page."""

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

from events.dates import format_short_day
from events.enums import RowKind
from events.forms.timetable import PasteForm, RowChoices, TimetableForm
from events.models import Event, EventPage, Speaker, TimetableRow
from events.publishing import publish_timetable
from events.timetable.checks import check
from events.timetable.paste import read
from events.timetable.span import in_order
from home.languages import language_choices


class TimetableBaseView(View):
    """Finds the event's page and its draft. Raises Http404 if the user may not edit the page."""

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        self.event = get_object_or_404(Event, pk=kwargs["pk"])
        self.page = self.event.find_source_page()
        if self.page is None:
            raise Http404("the event has no page")
        self.event.page = self.page
        self.permissions = self.page.permissions_for_user(request.user)

    def dispatch(self, request, *args, **kwargs):
        if not self.permissions.can_edit():
            raise Http404("no such event for this user")
        return super().dispatch(request, *args, **kwargs)

    def draft(self) -> EventPage:
        return self.page.get_latest_revision_as_object()


class TimetableView(TimetableBaseView):
    """Shows the sessions of the draft.

    Saves them as a new draft, or publishes them without the other changes in the draft.
    """

    def get(self, request, pk):
        draft = self.draft()
        rows = in_order(draft.timetable_rows.all())
        choices = RowChoices(draft.locale)
        choices.find_documents(row.slides_id for row in rows if row.slides_id)
        return self._render([row_json(row) for row in rows], rows, {}, choices)

    def post(self, request, pk):
        draft = self.draft()
        form = TimetableForm(request.POST, page=draft, user=request.user)
        wants_to_publish = "publish" in request.POST
        if wants_to_publish and not self.permissions.can_publish():
            raise PermissionDenied
        if self.permissions.page_locked():
            messages.error(request, _("The page is locked. Nothing was saved."))
            return redirect(request.path)
        if not form.is_valid():
            for error in form.errors.get("rows", []):
                messages.error(request, error)
            return self._render(form.sent, [], form.row_errors, form.choices, status=422)
        rows = form.cleaned_data["rows"]
        if wants_to_publish and self.page.live:
            has_other_changes = self.page.has_unpublished_changes
            publish_timetable(self.page, rows, request.user)
            messages.success(request, _("Timetable published in all languages of the event."))
            if has_other_changes:
                messages.info(request, _("Other changes in the draft of the page were not published."))
            return redirect(request.path)
        draft.timetable_rows.set(rows)
        draft.save_revision(user=request.user, log_action=True)
        messages.success(request, _("Timetable saved as a draft. Publish the page to show it to visitors."))
        return redirect(request.path)

    def _render(self, rows, checked, errors, choices: RowChoices, status: int = 200) -> HttpResponse:
        event = self.event
        data = {
            "rows": rows,
            "errors": errors,
            "warnings": warnings_json(event, checked),
            "days": [f"{date_format(day, 'D')} {format_short_day(day)}" for day in event.days],
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
            "labels": editor_labels(),
        }
        context = {
            "event": event,
            "event_page": self.page,
            "data": data,
            "media": AdminDocumentChooser().media,
            "can_publish": self.permissions.can_publish() and self.page.live,
            "is_locked": self.permissions.page_locked(),
            "header_title": _("Timetable: %(title)s") % {"title": self.page.get_admin_display_title()},
            "breadcrumbs_items": [
                {"url": reverse("wagtailadmin_home"), "label": _("Home")},
                {"url": reverse("events:index"), "label": _("Events")},
                {"url": reverse("events:edit", args=[event.pk]), "label": self.page.get_admin_display_title()},
                {"url": "", "label": _("Timetable: %(title)s") % {"title": self.page.get_admin_display_title()}},
            ],
        }
        return TemplateResponse(self.request, "events/admin/timetable.html", context, status=status)


class TimetableCheckView(TimetableBaseView):
    """Returns warnings about unsaved rows as JSON."""

    def post(self, request, pk):
        form = TimetableForm(request.POST, page=self.draft(), user=request.user)
        if not form.is_valid():
            return JsonResponse({"errors": form.row_errors, "warnings": []})
        rows = form.cleaned_data["rows"]
        order = sorted(range(len(rows)), key=lambda place: (rows[place].day, rows[place].start, place))
        found = check(self.event, [rows[place] for place in order])
        warnings = [{"row": order[warning.row], "text": warning.text} for warning in found]
        return JsonResponse({"errors": {}, "warnings": warnings})


class TimetablePasteView(TimetableBaseView):
    """Returns the sessions that a pasted text contains as JSON. Saves nothing."""

    def post(self, request, pk):
        form = PasteForm(request.POST)
        if not form.is_valid():
            return JsonResponse({"error": _("Paste the text of a timetable, up to 50,000 characters.")}, status=422)
        choices = RowChoices(self.page.locale)
        pasted = read(
            form.cleaned_data["text"],
            html=form.cleaned_data["html"],
            people=[(person.name, str(person.translation_key)) for person in choices.people],
            first_day=self.event.first_day,
            last_day=self.event.last_day,
            day=form.cleaned_data["day"] or 1,
        )
        rows = []
        for item in pasted.rows:
            row = TimetableRow(
                day=item.day,
                start=item.start,
                end=item.end,
                kind=item.kind,
                title=item.title,
                abstract=item.abstract,
                room=item.room,
                track=item.track[:60],
                has_qa=item.has_qa,
            )
            row.people = item.people
            rows.append({**row_json(row), "key": "", "line": item.line, "warnings": item.warnings})
        return JsonResponse({"rows": rows, "left_over": pasted.left_over})


def row_json(row: TimetableRow) -> dict[str, object]:
    """Return the values of the row as the grid of the editor shows them."""
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
        "is_cancelled": row.is_cancelled,
        "slides": str(row.slides_id or ""),
        "slides_url": row.slides_url,
        "recording_url": row.recording_url,
    }


def _names(people: list[Speaker]) -> str:
    return "; ".join(str(person) for person in people)


def warnings_json(event: Event, rows: list[TimetableRow]) -> list[dict[str, object]]:
    return [{"row": warning.row, "text": warning.text} for warning in check(event, rows)]


def editor_labels() -> dict[str, str]:
    """Return the labels of the grid, which `timetable-editor.js` builds."""
    return {
        "day": _("Day"),
        "from": pgettext("time", "From"),
        "to": pgettext("time", "To"),
        "kind": _("Kind"),
        "title": _("Title"),
        "speakers": _("Speakers"),
        "chairs": _("Session chairs"),
        "room": _("Room or place"),
        "track": _("Track"),
        "language": _("Language"),
        "qa": _("Includes time for questions"),
        "cancelled": _("Cancelled: the page shows the session crossed out, and calendars show it as cancelled"),
        "abstract": _("Text below the title"),
        "organisation": _("Organisation"),
        "slides": _("Slides"),
        "choose_slides": _("Choose a file"),
        "clear_slides": _("Remove the file"),
        "slides_url": _("Link to slides on another site"),
        "recording_url": _("Link to recording"),
        "more": _("More fields"),
        "duplicate": _("Duplicate session"),
        "remove": _("Delete session"),
        "up": _("Move up"),
        "down": _("Move down"),
        "none": _("None"),
        "row": _("Session"),
        "pasted": _("Pasted: %s"),
        "read_rows": _("Sessions found: %s. They are marked below and not saved yet. Check them, then save."),
        "uncertain_rows": _("Sessions with something to check: %s. It is written below each of them."),
        "left_over": _("These lines are in no session. They stay in the box: %s"),
        "tables": _("The tables that you pasted will be read with their rows and columns, unless you change the text."),
        "nothing_read": _("No sessions found. Start each line with a time, such as 10.30."),
        "failed": _("The text could not be read. Try again."),
        "no_warnings": _("No overlaps or gaps."),
        "removed": _("Session deleted."),
        "undo": _("Undo"),
    }
