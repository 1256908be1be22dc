"""What all screens of the desk share: who may open them, what stands above them, and how refusals are said."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from events import timezones
from events.models import Event, OutboxMail, RegistrationSettings
from events.registration import access, errors
from events.registration.actor import Actor, staff
from events.registration.commands import resend
from events.registration.questions import FormQuestion, questions_for
from events.registration.scheduler_health import scheduler_delay

REASONS = {
    errors.NotSetUpError.code: gettext_lazy("Set up the registration and its seats first."),
    errors.EventOffError.code: gettext_lazy("The event is cancelled, postponed or over."),
    errors.ModeNotOfferedError.code: gettext_lazy("Nobody can take part in this way."),
    errors.FullError.code: gettext_lazy("No seat is left."),
    errors.TooLateError.code: gettext_lazy("The last moment for it is over."),
    errors.OfferExpiredError.code: gettext_lazy("The offered place ran out."),
    errors.NotPossibleError.code: gettext_lazy("The state of the registration does not allow it (any more)."),
    errors.BusyError.code: gettext_lazy("Others are changing seats of this event at the moment. Please try again."),
    errors.AlreadyRegisteredError.code: gettext_lazy("This address is registered for the event already."),
    errors.AddressTakenError.code: gettext_lazy("Another registration of the event has this address."),
    errors.AudienceChangedError.code: gettext_lazy("Somebody has come or gone meanwhile: look at the numbers again."),
    errors.LastAccessError.code: gettext_lazy(
        "Somebody has to see the registrations: give access to a colleague first."
    ),
    errors.GrantNotAllowedError.code: gettext_lazy(
        "You do not see sensitive answers yourself, so you cannot let others see them."
    ),
}

# Digits: no database counts further.
LONGEST_KEY = 16


def in_words(error: errors.RegistrationError) -> str:
    """Return why something was refused."""
    return str(REASONS.get(error.code, _("That was not possible.")))


@method_decorator(never_cache, name="dispatch")
class DeskView(WagtailAdminTemplateMixin, TemplateView):
    """A screen of one event. To everybody without access there is no such address."""

    header_icon = "group"
    # Which of the desk's links is marked.
    current: ClassVar[str] = ""
    event: Event

    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        super().setup(request, *args, **kwargs)
        event = Event.objects.filter(pk=kwargs["pk"]).first()
        # The same answer for an event that is not there and one that is not hers.
        if event is None or not self.may_open(event):
            raise Http404("no such event for this user")
        self.event = event
        self.event.page = event.find_source_page()

    def may_open(self, event: Event) -> bool:
        return access.may_see(self.request.user, event)

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        # Times are written and read on the clocks of the event; a template that renders later is still inside.
        with timezone.override(timezones.zone_info(self.event.zone)):
            response = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        response["Referrer-Policy"] = "same-origin"
        return response

    @cached_property
    def sees_sensitive(self) -> bool:
        return access.may_see_sensitive(self.request.user, self.event)

    @cached_property
    def sees_list(self) -> bool:
        return access.may_see(self.request.user, self.event)

    @cached_property
    def settings(self) -> RegistrationSettings | None:
        return RegistrationSettings.objects.filter(event=self.event).first()

    @property
    def actor(self) -> Actor:
        return staff(self.request.user)

    @property
    def language(self) -> str:
        return get_language() or "en"

    @cached_property
    def questions(self) -> list[FormQuestion]:
        """Return the event's own questions, in the words of its source language."""
        return questions_for(self.event.page) if self.event.page else []

    def address(self, name: str, *args: object) -> str:
        return reverse(f"events:{name}", args=[self.event.pk, *args])

    def send_again(self, mail: OutboxMail) -> None:
        """Send a mail again, and say so, or why not."""
        try:
            resend(mail.pk, self.actor)
        except errors.RegistrationError as error:
            messages.error(self.request, in_words(error))
        else:
            messages.success(self.request, _("The mail is on its way again."))

    def get_header_title(self) -> str:
        return f"{self.get_page_title()}: {self.event}"

    def get_breadcrumbs_items(self) -> list[dict[str, object]]:
        items = [*self.breadcrumbs_items]
        if self.request.user.has_perm("events.change_event"):
            items += [
                {"url": reverse("events:index"), "label": _("Events")},
                {"url": reverse("events:edit", args=[self.event.pk]), "label": str(self.event)},
            ]
        else:
            items.append({"url": self.address("registrations") if self.sees_list else "", "label": str(self.event)})
        return [*items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | {
            "event": self.event,
            "event_page": self.event.page,
            "current": "registrations" if self.current else "",
            "current_screen": self.current,
            "sees_list": self.sees_list,
            "sees_sensitive": self.sees_sensitive,
            "registration_settings": self.settings,
            "scheduler_delay": scheduler_delay(self.event, timezone.now())
            if self.settings and self.sees_list
            else None,
        }


class SettingUpView(DeskView):
    """A screen that is also open to whoever may begin."""

    def may_open(self, event: Event) -> bool:
        return access.may_set_up(self.request.user, event)


class DoorView(DeskView):
    """A screen that is also open to those who only check people in."""

    def may_open(self, event: Event) -> bool:
        return access.may_check_in(self.request.user, event)


def key_in(text: str) -> int | None:
    """Return the primary key that a form names, None for what is none: a form may hold anything."""
    return int(text) if text.isdecimal() and len(text) < LONGEST_KEY else None
