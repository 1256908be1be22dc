"""Import of a guest list: upload, preview with the meaning of each column, progress, and the result."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail.admin import messages

from events.admin.base import RegistrationAdminView
from events.enums import Mode
from events.guest_lists import importer, tasks
from events.guest_lists.answers import QuestionColumn, question_columns
from events.guest_lists.columns import used_fields
from events.guest_lists.preview import STATES, Preview, preview, result_of
from events.models import GuestList, GuestListRow, RegistrationSettings
from events.registration import access
from events.registration.seats import seat_counts
from home import spreadsheets
from home.accepted_dates import validate_year
from home.admin.date_fields import MomentInput
from home.file_check.errors import ERRORS
from home.file_check.runner import read_table
from home.languages import language_name

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

EXTENSIONS = ("csv", "txt", "xlsx")
PROBLEMS: dict[str, StrPromise] = {
    "encoding": gettext_lazy("The text of the file cannot be read. Choose its encoding, or save it as XLSX."),
    "too_many_rows": gettext_lazy("The list is too long. Split it into files of at most %(count)s people."),
    "no_rows": gettext_lazy("The file has no people. The first row needs headings, the others one person each."),
    "not_checked": gettext_lazy("The file could not be read. Try again."),
}
ROWS_PER_PAGE = 100
EXAMPLE_LENGTH = 60


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Guest list"),
        help_text=gettext_lazy(
            "CSV or XLSX, at most 2 MB and 1,000 people. The first row has headings, such as “Name” and “Email address”."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding of a text file"),
        required=False,
        choices=[
            ("", gettext_lazy("Recognise automatically")),
            ("utf-8-sig", "UTF-8"),
            ("utf-16", "UTF-16"),
            ("cp1252", gettext_lazy("Western European (Windows-1252)")),
            ("cp1257", gettext_lazy("Baltic (Windows-1257)")),
            ("cp1253", gettext_lazy("Greek (Windows-1253)")),
        ],
        help_text=gettext_lazy("Change it only if letters are wrong in the preview."),
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        if PurePath(upload.name or "").suffix.lower().lstrip(".") not in EXTENSIONS:
            raise ValidationError(_("Upload a file in the format CSV or XLSX."))
        if (upload.size or 0) > importer.MAX_BYTES:
            raise ValidationError(_("The file is larger than 2 MB. Remove what is not needed, or split it."))
        return upload

    def rows(self) -> list[tuple[int, list[str]]]:
        """Return the rows of the uploaded table as pairs of row number and cells.

        If the file has no readable table, add an error to the form and return an empty list.
        """
        upload = self.cleaned_data["file"]
        extension = PurePath(upload.name).suffix.lower().lstrip(".")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "upload")
            path.write_bytes(upload.read())
            found = read_table(path, extension, importer.MAX_ROWS, self.cleaned_data["encoding"])
        for issue in found.get("issues", []):
            self.add_error("file", _problem(issue))
        return [(number, cells) for number, cells in found.get("rows", [])]


def _problem(issue: Mapping[str, Any]) -> str:
    code = issue["code"]
    if code in PROBLEMS:
        return str(PROBLEMS[code]) % issue
    title, text = ERRORS[code]
    return f"{title}. {text}" % issue


def _example(cell: str) -> str:
    shown = Truncator(cell.strip()).chars(EXAMPLE_LENGTH)
    return _("For example: %(text)s") % {"text": shown} if shown else ""


class SettingsForm(forms.Form):
    """What each column means, and whether the people are registered or invited."""

    action = forms.ChoiceField(
        label=gettext_lazy("What to do"), choices=GuestList.Action.choices, widget=forms.RadioSelect
    )
    answer_until = forms.DateTimeField(
        label=gettext_lazy("Invited people answer by"),
        required=False,
        widget=MomentInput(),
        validators=[validate_year],
        help_text=gettext_lazy(
            "In the time zone of the event. The places of those who do not answer become free then."
        ),
    )
    mode = forms.ChoiceField(label=gettext_lazy("How they attend"), widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of emails"), help_text=gettext_lazy("Where the list does not name a language.")
    )
    force = forms.BooleanField(
        label=gettext_lazy("Also if no places are left"),
        required=False,
        help_text=gettext_lazy("They get places over the capacity, and ahead of the waiting list."),
    )

    def __init__(
        self,
        *args: Any,
        guest_list: GuestList,
        modes: list[Mode],
        registration_settings: RegistrationSettings,
        questions: Mapping[str, QuestionColumn],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.guest_list = guest_list
        fields: dict[str, Any] = {**used_fields(registration_settings, modes)}
        fields |= {name: column.question.label for name, column in questions.items()}
        choices = [("", pgettext("column", "Not used")), *fields.items()]
        example = guest_list.rows.first()
        cells = example.cells if example else []
        for number, heading in enumerate(guest_list.headings):
            chosen = guest_list.columns[number] if number < len(guest_list.columns) else ""
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=heading or _("Column %(number)d") % {"number": number + 1},
                choices=choices,
                required=False,
                initial=chosen if chosen in fields else "",
                help_text=_example(cells[number] if number < len(cells) else ""),
            )
        languages = [(code, language_name(code)) for code, _label in settings.LANGUAGES]
        for name, found in (("mode", [(mode.value, mode.label) for mode in modes]), ("language", languages)):
            self.fields[name].choices = found  # type: ignore[attr-defined]  # a field of choices
        for name in ("action", "answer_until", "mode", "language", "force"):
            self.fields[name].initial = getattr(guest_list, name)

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("column_")]

    @property
    def others(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith("column_")]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        chosen = [found.get(f"column_{number}", "") for number in range(len(self.guest_list.headings))]
        for number, key in enumerate(chosen):
            if key and key in chosen[:number]:
                self.add_error(f"column_{number}", _("Another column is already used for this."))
        if "email" not in chosen:
            self.add_error(None, _("Choose the column with the email addresses."))
        if not {"name", "given_name", "family_name"} & set(chosen):
            self.add_error(None, _("Choose the columns with the names."))
        until = found.get("answer_until")
        if found.get("action") == GuestList.Action.INVITE and "answer_until" not in self.errors:
            if until is None:
                self.add_error("answer_until", _("Enter the date and time by which they must answer."))
            elif until <= timezone.now():
                self.add_error("answer_until", _("Enter a time in the future."))
        found["columns"] = chosen
        return found

    def values(self) -> dict[str, Any]:
        names = ("columns", "action", "mode", "language", "force", "answer_until")
        return {name: self.cleaned_data[name] for name in names}


class GuestListsView(RegistrationAdminView):
    """The upload, and the lists of the last day."""

    template_name = "events/admin/registrations/guest_lists.html"
    page_title = gettext_lazy("Import a guest list")
    header_icon = "upload"
    current = "guest_lists"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if self.settings is None:
            return redirect(self.url("registration_settings"))
        return self.render_to_response(self.get_context_data(form=UploadForm()))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if self.settings is None:
            return redirect(self.url("registration_settings"))
        form = UploadForm(request.POST, request.FILES)
        rows = form.rows() if form.is_valid() else []
        if not rows:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        guest_list = importer.store(self.event, self.user, rows)
        return redirect(self.url("registration_guest_list", guest_list.pk))

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        lists = GuestList.objects.filter(event=self.event).select_related("user")
        return super().get_context_data(**kwargs) | {"guest_lists": lists}


class GuestListMixin(RegistrationAdminView):
    page_title = gettext_lazy("Import a guest list")
    header_icon = "upload"
    current = "guest_lists"

    @cached_property
    def guest_list(self) -> GuestList:
        found = GuestList.objects.filter(event=self.event, pk=self.kwargs["list_pk"]).first()
        if found is None or self.settings is None:
            raise Http404("no such guest list of this event")
        found.event = self.event
        return found


class GuestListView(GuestListMixin):
    """One list: the preview before it is imported, then the progress, then the result."""

    lists_people = True
    template_name = "events/admin/registrations/guest_list.html"

    def _form(self, data: Any = None) -> SettingsForm:
        if self.settings is None:
            raise Http404("registration is not set up")
        return SettingsForm(
            data,
            guest_list=self.guest_list,
            modes=list(seat_counts(self.event)),
            registration_settings=self.settings,
            questions=question_columns(self.event),
        )

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        here = self.url("registration_guest_list", self.guest_list.pk)
        if "delete" in request.POST and self.guest_list.status != GuestList.Status.RUNNING:
            self.guest_list.delete()
            messages.success(request, _("The guest list is deleted."))
            return redirect(self.url("registration_guest_lists"))
        if self.guest_list.status != GuestList.Status.UPLOADED:
            return redirect(here)
        if "import" in request.POST:
            return self._import(here)
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        importer.change(self.guest_list, **form.values())
        return redirect(f"{here}#preview")

    def _import(self, here: str) -> HttpResponse:
        """Import the list as the preview showed it.

        If the list or its settings have changed since the preview, show the preview again.
        """
        form = self._form(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if importer.change(self.guest_list, **form.values()):
            messages.warning(self.request, _("You have changed the settings. Check the preview, then confirm again."))
            return redirect(f"{here}#preview")
        version = self.request.POST.get("version", "")
        try:
            importer.start(self.guest_list, int(version) if version.isdecimal() and len(version) < 9 else -1, self.user)
        except importer.ListChangedError:
            messages.error(
                self.request, _("The list has changed in the meantime. Check the preview and confirm again.")
            )
        else:
            tasks.run(self.guest_list.pk)
        return redirect(here)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = super().get_context_data(**kwargs) | {"guest_list": self.guest_list}
        page = self.request.GET.get("p")
        if self.guest_list.status != GuestList.Status.UPLOADED:
            rows = self.guest_list.rows.select_related("registration")
            results = Paginator(rows, ROWS_PER_PAGE).get_page(page)
            seats, questions = seat_counts(self.event), question_columns(self.event)
            found = dict(self.guest_list.rows.order_by().values_list("outcome").annotate(Count("pk")))
            return context | {
                "done": sum(found.values()) - found.get("", 0),
                "total": sum(found.values()),
                "counts": [(label, found[key]) for key, label in GuestListRow.Outcome.choices if key in found],
                "results": results,
                "guests": [(row, result_of(self.guest_list, row, seats, questions)) for row in results],
            }
        form = kwargs.get("form") or self._form()
        shown = preview(self.guest_list)
        listed = _of_state(shown, self.request.GET.get("state", ""))
        return context | {
            "form": form,
            "counts": [(state, STATES[state], count) for state, count in shown.counts.items()],
            "state": self.request.GET.get("state", ""),
            "new": shown.counts.get("new", 0),
            "total": len(shown.rows),
            "rows": Paginator(listed.rows, ROWS_PER_PAGE).get_page(page),
            "has_answers": any(name.startswith("q_") for name in self.guest_list.columns),
            "asks_sensitive": any(question.is_sensitive for question in self.questions),
        }


def _of_state(found: Preview, state: str) -> Preview:
    return Preview([row for row in found.rows if row.state == state]) if state in STATES else found


class GuestListReportView(GuestListMixin):
    """The result of an import as a file with one row for each row of the list."""

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        seats, questions = seat_counts(self.event), question_columns(self.event)
        header = [_("Row"), pgettext("person", "Name"), _("Email address"), _("Result"), _("Problems")]
        rows = []
        for row in self.guest_list.rows.select_related("registration"):
            label = GuestListRow.Outcome(row.outcome).label if row.outcome else ""
            guest = result_of(self.guest_list, row, seats, questions)
            rows.append([row.number, guest.name, guest.email, label, " ".join(guest.problems)])
        detail = {"columns": ["name", "email", "guest_list"], "rows": len(rows), "sensitive": False}
        access.log(self.event, self.user, "export", detail)
        response = HttpResponse("".join(spreadsheets.csv_lines(header, rows)), content_type=spreadsheets.CSV_TYPE)
        name = f"guest-list-{timezone.localdate().isoformat()}.csv"
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        return response
