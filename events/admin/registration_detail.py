"""One person's page: what she said, what happened, and what the organiser can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from events.admin.base import DeskView, in_words
from events.admin.forms import NoteForm, PersonForm, ReasonForm
from events.admin.registration_list import TONES
from events.enums import ConsentPurpose, Mode
from events.models import OutboxMail, Registration
from events.registration import access, commands
from events.registration.actions import ACTIONS
from events.registration.actor import Actor
from events.registration.consents import has_consent
from events.registration.detail import RegistrationDetail, staff_detail, stored_answers
from events.registration.errors import AddressTakenError, BusyError, FullError, NotPossibleError, RegistrationError
from events.registration.privacy import erasure
from events.registration.questions import FormQuestion
from events.states import ACTIVE, CLOSED, RegistrationStatus

_S = RegistrationStatus
STATES = dict(RegistrationStatus.choices)


@dataclass(frozen=True)
class RegistrationAction:
    """A button. `asks_reason` and `asks_first` lead to a page of its own before anything happens."""

    key: str
    label: str
    run: Callable[[Registration, Actor, str], object]
    fits: Callable[[Registration], bool]
    done: str
    asks_reason: bool = False
    asks_first: bool = False
    warning: str = ""
    is_main: bool = False


DEEDS = {
    deed.key: deed
    for deed in [
        RegistrationAction(
            "approve",
            gettext_lazy("Approve"),
            lambda person, actor, _reason: commands.approve(person.pk, actor),
            lambda person: person.status == _S.PENDING,
            gettext_lazy("%(name)s is confirmed, and gets a mail."),
            is_main=True,
        ),
        RegistrationAction(
            "offer",
            gettext_lazy("Offer a place"),
            lambda person, actor, _reason: commands.offer_place(person.pk, actor),
            lambda person: person.status == _S.WAITING,
            gettext_lazy("%(name)s is offered a place, and gets a mail."),
            is_main=True,
        ),
        RegistrationAction(
            "offer_over",
            gettext_lazy("Offer a place over the capacity"),
            lambda person, actor, _reason: commands.offer_place(person.pk, actor, force=True),
            lambda person: person.status == _S.WAITING,
            gettext_lazy("%(name)s is offered a place, and gets a mail."),
            asks_first=True,
            warning=gettext_lazy("The person gets a place even if no seat is left, past those who wait longer."),
        ),
        RegistrationAction(
            "reinstate",
            gettext_lazy("Take back in"),
            lambda person, actor, _reason: commands.reinstate(person.pk, actor),
            lambda person: person.status in CLOSED,
            gettext_lazy("%(name)s has a place again, and gets a mail."),
            asks_first=True,
            warning=gettext_lazy(
                "For people who come after all. Sensitive answers are gone: the person gives them anew."
            ),
        ),
        RegistrationAction(
            "reinstate_over",
            gettext_lazy("Take back in over the capacity"),
            lambda person, actor, _reason: commands.reinstate(person.pk, actor, force=True),
            lambda person: person.status in CLOSED,
            gettext_lazy("%(name)s has a place again, and gets a mail."),
            asks_first=True,
            warning=gettext_lazy("The person gets a place even if no seat is left, past those who wait longer."),
        ),
        RegistrationAction(
            "reject",
            gettext_lazy("Do not accept"),
            lambda person, actor, reason: commands.reject(person.pk, actor, reason),
            lambda person: person.status in {_S.PENDING, _S.WAITING, _S.OFFERED},
            gettext_lazy("%(name)s is not accepted, and gets a mail."),
            asks_reason=True,
            warning=gettext_lazy("A seat that is held goes to the next on the waiting list."),
        ),
        RegistrationAction(
            "withdraw",
            gettext_lazy("Withdraw for the person"),
            lambda person, actor, _reason: commands.withdraw(person.pk, actor),
            lambda person: person.status in {_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED},
            gettext_lazy("%(name)s is withdrawn, and gets a mail."),
            asks_first=True,
            warning=gettext_lazy(
                "For people who have told you that they do not come. The seat goes to the next on the waiting list."
            ),
        ),
        RegistrationAction(
            "cancel",
            gettext_lazy("Cancel the registration"),
            lambda person, actor, reason: commands.cancel(person.pk, actor, reason),
            lambda person: person.status in {_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED},
            gettext_lazy("The registration of %(name)s is cancelled; a mail says so."),
            asks_reason=True,
            warning=gettext_lazy("You take the place away. It goes to the next on the waiting list."),
        ),
        RegistrationAction(
            "renew_link",
            gettext_lazy("Make a new personal link"),
            lambda person, actor, _reason: commands.renew_link(person.pk, actor),
            lambda person: person.status in ACTIVE and bool(person.email),
            gettext_lazy("The links in earlier mails do not work any more; a new one is on its way."),
            asks_first=True,
            warning=gettext_lazy("For a link that fell into other hands. A new one is sent by mail."),
        ),
        RegistrationAction(
            "erase",
            gettext_lazy("Erase personal data"),
            lambda person, actor, _reason: erasure.erase(person.pk, actor),
            lambda person: True,
            gettext_lazy("Everything personal is erased. A last mail says so."),
            asks_first=True,
            warning=gettext_lazy(
                "For people who ask for it (GDPR Art. 17). Name, address, answers, notes and mails are deleted for "
                "good; the seat goes to the next on the waiting list."
            ),
        ),
    ]
}


class OnePersonView(DeskView):
    """A screen about one registration of the event. Ids of other events do not exist here."""

    current = "list"
    header_icon = "user"

    @cached_property
    def person(self) -> Registration:
        found = Registration.objects.filter(event=self.event, pk=self.kwargs["registration_pk"]).first()
        if found is None:
            raise Http404("no such registration in this event")
        found.event = self.event
        return found

    @property
    def own_address(self) -> str:
        return self.address("registration_person", self.person.pk)

    def get_page_title(self) -> str:
        return self.person.name or _("Anonymous")

    def get_breadcrumbs_items(self) -> list[dict[str, object]]:
        *items, last = super().get_breadcrumbs_items()
        return [*items, {"url": self.address("registrations"), "label": _("Registrations")}, last]


class PersonView(OnePersonView):
    template_name = "events/desk/person.html"

    @cached_property
    def data(self) -> RegistrationDetail:
        try:
            return staff_detail(self.event, self.kwargs["registration_pk"], with_sensitive=self.wants_sensitive)
        except Registration.DoesNotExist:
            raise Http404("no such registration in this event") from None

    @property
    def person(self) -> Registration:
        return self.data.registration

    @property
    def wants_sensitive(self) -> bool:
        """Sensitive answers are shown when somebody asks for them, so that each look is one that was meant."""
        return self.sees_sensitive and self.request.method == "POST" and "sensitive" in self.request.POST

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not self.wants_sensitive:
            raise Http404("sensitive answers are not for this user")
        access.log(self.event, request.user, "sensitive", {"registration": str(self.person.key)})
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        person, is_there = self.person, self.person.anonymised_at is None
        for entry in self.data.history:
            entry.words = ACTIONS.get(entry.action, entry.action)
            entry.before_words, entry.after_words = STATES.get(entry.before, ""), STATES.get(entry.after, "")
        modes = set(self.event.seat_pools.values_list("mode", flat=True)) - {person.mode}
        may_move = is_there and person.status in ACTIVE and person.status != _S.ATTENDED
        return super().get_context_data(**kwargs) | {
            "person": person,
            "tone": TONES.get(person.status, "quiet"),
            "personal": self.data,
            "deeds": [deed for deed in DEEDS.values() if is_there and deed.fits(person)],
            "other_modes": [mode for mode in Mode if mode in modes] if may_move else [],
            "note_form": NoteForm(initial={"note": person.note}),
            "may_edit": is_there and person.is_active,
            "source_language": self.event.page.locale.language_code if self.event.page else "",
        }


class DeedView(OnePersonView):
    """Does one thing with one person; asks before it where it cannot be taken back."""

    template_name = "events/desk/deed.html"

    @cached_property
    def deed(self) -> RegistrationAction:
        deed = DEEDS.get(self.kwargs["deed"])
        if deed is None:
            raise Http404("no such deed")
        return deed

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if self.person.anonymised_at or not self.deed.fits(self.person):
            messages.error(request, in_words(NotPossibleError()))
            return redirect(self.own_address)
        return self.render_to_response(self.get_context_data(form=ReasonForm()))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        name = self.person.name
        try:
            self.deed.run(self.person, self.actor, form.cleaned_data["reason"].strip())
        except BusyError as error:
            form.add_error(None, in_words(error))
            return self.render_to_response(self.get_context_data(form=form), status=429)
        except RegistrationError as error:
            messages.error(request, in_words(error))
        else:
            messages.success(request, str(self.deed.done) % {"name": name})
        return redirect(self.own_address)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {"person": self.person, "deed": self.deed}


class MoveView(OnePersonView):
    """Moves somebody to another way of taking part."""

    template_name = "events/desk/move.html"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return redirect(self.own_address)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        mode = request.POST.get("mode", "")
        if mode not in Mode.values:
            messages.error(request, _("Choose how the person takes part."))
            return redirect(self.own_address)
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
                return self.render_to_response(self.get_context_data(person=self.person, mode=Mode(mode)))
            messages.error(request, in_words(error))
        except RegistrationError as error:
            messages.error(request, in_words(error))
        else:
            messages.success(request, _("Moved. A mail says so."))
        return redirect(self.own_address)


class EditView(OnePersonView):
    template_name = "events/desk/edit.html"

    FIELDS = ("name", "email", "organisation", "profession", "country", "language")

    def _form(self, data=None) -> PersonForm:
        initial = {name: str(getattr(self.person, name)) for name in self.FIELDS}
        return PersonForm(
            data,
            languages=[code for code, _label in settings.LANGUAGES],
            questions=self.asked,
            stored=stored_answers(self.person, self.asked),
            initial=initial,
        )

    @cached_property
    def asked(self) -> list[FormQuestion]:
        """Return the questions of the form: sensitive ones only when somebody who may see them asks for them."""
        shows = self.request.GET.get("sensitive") == "1" and self.may_show_sensitive
        return [
            question
            for question in self.questions
            if question.applies_to(self.person.mode) and (shows or not question.is_sensitive)
        ]

    @cached_property
    def may_show_sensitive(self) -> bool:
        """Tell whether there is something to ask: without the person's consent no answer could be kept."""
        return (
            self.sees_sensitive
            and self.person.is_active
            and any(question.is_sensitive and question.applies_to(self.person.mode) for question in self.questions)
            and has_consent(self.person, ConsentPurpose.SENSITIVE)
        )

    @property
    def shows_sensitive(self) -> bool:
        return any(question.is_sensitive for question in self.asked)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        offers = self.may_show_sensitive and not self.shows_sensitive
        return super().get_context_data(**kwargs) | {"offers_sensitive": offers}

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if self.shows_sensitive:
            access.log(self.event, request.user, "sensitive", {"registration": str(self.person.key)})
        return self.render_to_response(self.get_context_data(form=self._form(), person=self.person))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            try:
                commands.change_answers(self.person.pk, form.answers(self.person.mode), form.of_person(), self.actor)
            except RegistrationError as error:
                form.add_error("email" if isinstance(error, AddressTakenError) else None, in_words(error))
            else:
                messages.success(request, _("Saved. A mail tells the person what changed."))
                return redirect(self.own_address)
        return self.render_to_response(self.get_context_data(form=form, person=self.person), status=422)


class NoteView(PersonView):
    """Saves the note of a person's page, or shows the page again with what was written."""

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return redirect(self.own_address)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = NoteForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("A note has at most 1,000 characters. It was not saved."))
            return self.render_to_response(self.get_context_data() | {"note_form": form}, status=422)
        try:
            commands.change_answers(self.person.pk, [], {"note": form.cleaned_data["note"]}, self.actor)
        except BusyError as error:
            messages.error(request, in_words(error))
            return self.render_to_response(self.get_context_data() | {"note_form": form}, status=429)
        except RegistrationError as error:
            messages.error(request, in_words(error))
        else:
            messages.success(request, _("The note is saved."))
        return redirect(self.own_address)


class ResendView(OnePersonView):
    """Sends a mail to the person again."""

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return redirect(self.own_address)

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        mail = OutboxMail.objects.filter(registration=self.person, pk=self.kwargs["mail_pk"]).first()
        if mail is None:
            raise Http404("no such mail of this person")
        self.send_again(mail)
        return redirect(self.own_address)
