"""The page of one registration: data, answers, emails, history, and the actions that organisers can take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages

from events.admin.base import RegistrationAdminView, error_message
from events.admin.forms import NoteForm, PersonForm, ReasonForm
from events.admin.registration_actions import REGISTRATION_ACTIONS, RegistrationAction
from events.admin.registration_list import STATUS_CLASSES
from events.enums import ConsentPurpose, Mode, QuestionKind
from events.forms.fields import initial_name
from events.models import AddressChange, HistoryEntry, OutboxMail, Registration
from events.registration import commands
from events.registration.actions import ACTIONS
from events.registration.consents import has_consent
from events.registration.detail import AnswerDetail, RegistrationDetail, staff_detail, stored_answers
from events.registration.errors import AddressTakenError, BusyError, FullError, NotPossibleError, RegistrationError
from events.registration.labels import answer_text
from events.registration.name_badges import gets_badge
from events.registration.queries import question_summaries
from events.registration.questions import FormQuestion
from events.registration.switching import effects_of
from events.states import ACTIVE, RegistrationStatus

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

STATUS_LABELS: dict[str, StrPromise] = {status.value: status.label for status in RegistrationStatus}


class SingleRegistrationView(RegistrationAdminView):
    """A screen about one registration of the event. Answers 404 for a registration of another event."""

    current = "list"
    lists_people = True
    recorded_as = "registration"
    header_icon = "user"

    @cached_property
    def person(self) -> Registration:
        found = Registration.objects.filter(event=self.event, pk=self.kwargs["registration_pk"]).first()
        if found is None:
            raise Http404("no such registration in this event")
        found.event = self.event
        return found

    @property
    def detail_url(self) -> str:
        return self.url("registration_detail", self.person.pk)

    def get_page_title(self) -> str:
        return self.person.name or _("Anonymised")

    def get_breadcrumbs_items(self) -> list[dict[str, object]]:
        *items, last = super().get_breadcrumbs_items()
        return [*items, {"url": self.url("registrations"), "label": _("Registrations")}, last]


class RegistrationDetailView(SingleRegistrationView):
    template_name = "events/admin/registrations/detail.html"

    @cached_property
    def data(self) -> RegistrationDetail:
        try:
            return staff_detail(
                self.event, self.kwargs["registration_pk"], sensitive_for=self.user if self.wants_sensitive else None
            )
        except Registration.DoesNotExist:
            raise Http404("no such registration in this event") from None

    @property
    def person(self) -> Registration:
        return self.data.registration

    @property
    def wants_sensitive(self) -> bool:
        """Whether the user asked for the sensitive answers. Each reading is recorded, so they are shown on request only."""
        return self.sees_sensitive and self.request.method == "POST" and "sensitive" in self.request.POST

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not self.wants_sensitive:
            raise Http404("no access to sensitive answers")
        return self.render_to_response(self.get_context_data())

    def _in_own_language(self, answers: list[AnswerDetail]) -> list[dict[str, object]]:
        """Return the answers as dictionaries: `answer`, and question and choice in the organiser's language.

        `own_label` and `own_text` are empty if they do not differ from the label and text of the answer.
        """
        known = {}
        if any(answer.language != self.language for answer in answers):
            known = {question.key: question for question in question_summaries(self.event, self.language)}
        rows: list[dict[str, object]] = []
        for answer in answers:
            question = (
                known.get(answer.question_key) if answer.question_key and answer.language != self.language else None
            )
            label = question.label if question and question.label != answer.label else ""
            text = answer_text(answer.kind, answer.value, question.labels) if question and question.labels else ""
            rows.append({"answer": answer, "own_label": label, "own_text": text if text != answer.text else ""})
        return rows

    def _new_address(self) -> str:
        """Return an email address that the participant has entered and not confirmed yet."""
        change = AddressChange.objects.filter(registration=self.person, expires_at__gt=timezone.now()).first()
        return change.email if change else ""

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        person, has_data = self.person, self.person.anonymised_at is None
        modes = set(self.event.seat_pools.values_list("mode", flat=True)) - {person.mode}
        may_switch = has_data and person.status in ACTIVE and person.status != RegistrationStatus.ATTENDED
        return super().get_context_data(**kwargs) | {
            "person": person,
            "new_address": self._new_address(),
            "answers": self._in_own_language(self.data.answers),
            "sensitive_answers": (
                None if self.data.sensitive_answers is None else self._in_own_language(self.data.sensitive_answers)
            ),
            "status_class": STATUS_CLASSES.get(RegistrationStatus(person.status), "neutral"),
            "personal": self.data,
            "history": [_history_row(entry) for entry in self.data.history],
            "actions": [action for action in REGISTRATION_ACTIONS.values() if has_data and action.is_allowed(person)],
            "other_modes": [mode for mode in Mode if mode in modes] if may_switch else [],
            "note_form": NoteForm(initial={"note": person.note}),
            "shows_badge": gets_badge(person),
            "may_edit": has_data and person.is_active,
            "may_choose_sessions": person.is_active and self.event.sessions.filter(is_chosen=True).exists(),
            "source_language": self.event.page.locale.language_code if self.event.page else "",
        }


def _history_row(entry: HistoryEntry) -> dict[str, object]:
    return {
        "entry": entry,
        "label": ACTIONS.get(entry.action, entry.action),
        "before": STATUS_LABELS.get(entry.before, ""),
        "after": STATUS_LABELS.get(entry.after, "") if entry.after != entry.before else "",
    }


class ActionView(SingleRegistrationView):
    """Runs one action. A confirmation page comes first if the action requires it."""

    template_name = "events/admin/registrations/action.html"

    @cached_property
    def action(self) -> RegistrationAction:
        action = REGISTRATION_ACTIONS.get(self.kwargs["action"])
        if action is None:
            raise Http404("no such action")
        return action

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if self.person.anonymised_at or not self.action.is_allowed(self.person):
            messages.error(request, error_message(NotPossibleError()))
            return redirect(self.detail_url)
        return self.render_to_response(self.get_context_data(form=ReasonForm()))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        name = self.person.name
        try:
            self.action.run(self.person, self.actor, form.cleaned_data["reason"].strip())
        except BusyError as error:
            form.add_error(None, error_message(error))
            return self.render_to_response(self.get_context_data(form=form), status=429)
        except RegistrationError as error:
            messages.error(request, error_message(error))
        else:
            messages.success(request, str(self.action.success_message) % {"name": name})
        return redirect(self.detail_url)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {"person": self.person, "action": self.action}


class SwitchModeView(SingleRegistrationView):
    """Switches a participant between on site and online, after a page that shows the consequences."""

    template_name = "events/admin/registrations/switch_mode.html"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        mode = request.GET.get("mode", "")
        if mode not in Mode.values or mode == self.person.mode:
            return redirect(self.detail_url)
        return self.render_to_response(self._context(Mode(mode)))

    def _context(self, mode: Mode) -> dict[str, object]:
        effects = effects_of(self.person, mode, self.questions, timezone.now())
        return self.get_context_data(person=self.person, mode=mode, effects=effects)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        mode = request.POST.get("mode", "")
        if mode not in Mode.values:
            messages.error(request, _("Choose how the participant attends."))
            return redirect(self.detail_url)
        try:
            commands.switch_mode(
                self.person.pk,
                Mode(mode),
                self.actor,
                accept_waiting=request.POST.get("full") == "wait",
                force=request.POST.get("full") == "force",
            )
        except FullError as error:
            if "full" not in request.POST:
                return self.render_to_response(self._context(Mode(mode)))
            messages.error(request, error_message(error))
        except RegistrationError as error:
            messages.error(request, error_message(error))
        else:
            messages.success(request, _("Attendance changed. We send the participant an email."))
        return redirect(self.detail_url)


class EditView(SingleRegistrationView):
    template_name = "events/admin/registrations/edit.html"

    FIELDS = ("email", "organisation", "profession", "country", "language")

    def _form(self, data=None) -> PersonForm:
        initial = initial_name(self.person) | {name: str(getattr(self.person, name)) for name in self.FIELDS}
        return PersonForm(
            data,
            languages=[code for code, _label in settings.LANGUAGES],
            questions=self.form_questions,
            stored=stored_answers(self.person, self.form_questions, self.user),
            initial=initial,
        )

    @cached_property
    def form_questions(self) -> list[FormQuestion]:
        """The questions of the form. Sensitive questions are included only if a user with access has requested them.

        Agreements are not included, because only participants themselves can agree.
        """
        shows = self.request.GET.get("sensitive") == "1" and self.may_show_sensitive
        return [
            question
            for question in self.questions
            if question.applies_to(self.person.mode)
            and (shows or not question.is_sensitive)
            and question.kind != QuestionKind.AGREEMENT
        ]

    @cached_property
    def may_show_sensitive(self) -> bool:
        """Return whether the form can include sensitive questions. Their answers need the participant's consent."""
        return (
            self.sees_sensitive
            and self.person.is_active
            and any(question.is_sensitive and question.applies_to(self.person.mode) for question in self.questions)
            and has_consent(self.person, ConsentPurpose.SENSITIVE)
        )

    @property
    def shows_sensitive(self) -> bool:
        return any(question.is_sensitive for question in self.form_questions)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        offers = self.may_show_sensitive and not self.shows_sensitive
        return super().get_context_data(**kwargs) | {"offers_sensitive": offers}

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=self._form(), person=self.person))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            try:
                commands.change_answers(
                    self.person.pk, form.answers(self.person.mode), form.participant_data(), self.actor
                )
            except RegistrationError as error:
                form.add_error("email" if isinstance(error, AddressTakenError) else None, error_message(error))
            else:
                messages.success(request, _("Saved. We send the participant an email with the changes."))
                return redirect(self.detail_url)
        return self.render_to_response(self.get_context_data(form=form, person=self.person), status=422)


class NoteView(RegistrationDetailView):
    """Saves the note on the page of a registration."""

    wants_sensitive = False

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return redirect(self.detail_url)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = NoteForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("The note was not saved. Shorten it to 1,000 characters or fewer."))
            return self.render_to_response(self.get_context_data() | {"note_form": form}, status=422)
        try:
            commands.change_answers(self.person.pk, [], {"note": form.cleaned_data["note"]}, self.actor)
        except BusyError as error:
            messages.error(request, error_message(error))
            return self.render_to_response(self.get_context_data() | {"note_form": form}, status=429)
        except RegistrationError as error:
            messages.error(request, error_message(error))
        else:
            messages.success(request, _("Note saved."))
        return redirect(self.detail_url)


class ResendView(SingleRegistrationView):
    """Sends an email of the registration again."""

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return redirect(self.detail_url)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        mail = OutboxMail.objects.filter(registration=self.person, pk=self.kwargs["mail_pk"]).first()
        if mail is None:
            raise Http404("no such mail of this registration")
        self.resend_mail(mail)
        return redirect(self.detail_url)
