"""The base of all registration screens: access, header, breadcrumbs, navigation and error messages."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, cast

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts import records
from accounts.models import Action
from events import timezones
from events.models import Event, OutboxMail, RegistrationSettings
from events.registration import access, change_notices, errors
from events.registration.actor import Actor, staff
from events.registration.commands import resend
from events.registration.questions import FormQuestion, questions_for
from events.registration.scheduler_health import scheduler_problem
from events.registration.seats import settings_of

ERROR_MESSAGES = {
    errors.NotSetUpError.code: gettext_lazy("Set up registration and the number of places first."),
    errors.EventOffError.code: gettext_lazy("The event is cancelled, postponed or over."),
    errors.ModeNotOfferedError.code: gettext_lazy("This event does not offer this way to attend."),
    errors.FullError.code: gettext_lazy("No places are left."),
    errors.TooLateError.code: gettext_lazy("The deadline has passed."),
    errors.OfferExpiredError.code: gettext_lazy("The offered place has expired."),
    errors.NotPossibleError.code: gettext_lazy(
        "This is not possible with the current status of the registration. Reload the page to see the latest status."
    ),
    errors.BusyError.code: gettext_lazy("Others are changing registrations of this event. Try again."),
    errors.AlreadyRegisteredError.code: gettext_lazy("This email address is already registered for the event."),
    errors.AddressTakenError.code: gettext_lazy("Another registration of the event uses this email address."),
    errors.AudienceChangedError.code: gettext_lazy(
        "The list of participants has changed in the meantime. Check the number and confirm again."
    ),
    errors.LastAccessError.code: gettext_lazy(
        "At least one person needs access to the registrations. Give access to a colleague first."
    ),
    errors.GrantNotAllowedError.code: gettext_lazy(
        "You cannot see sensitive answers yourself, so you cannot give others access to them or take it away."
    ),
}

# Longer digit strings overflow the integer columns of the databases.
MAX_PK_DIGITS = 15


def error_message(error: errors.RegistrationError) -> str:
    """Return the text for organisers that explains why a command was refused."""
    return str(ERROR_MESSAGES.get(error.code, _("This was not possible.")))


def parse_pk(text: str) -> int:
    """Return a form value as primary key. For any other text, return 0, which no row has."""
    return int(text) if text.isdecimal() and len(text) <= MAX_PK_DIGITS else 0


@method_decorator(never_cache, name="dispatch")
class RegistrationAdminMixin(WagtailAdminTemplateMixin, View):
    """A screen about the registrations of one event. Answers 404 to users without access to the event."""

    header_icon = "group"
    # Whether the screen names participants, so that each view is recorded, whatever the method of the request.
    lists_people: ClassVar[bool] = False
    # The name of the screen in the record of access, if it is not `current`.
    recorded_as: ClassVar[str] = ""
    # The item of the navigation that is marked as the current one.
    current: ClassVar[str] = ""
    event: Event

    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        super().setup(request, *args, **kwargs)
        event = Event.objects.filter(pk=kwargs["pk"]).first()
        # The response is the same for an event that does not exist and for one without access: nobody can tell them
        # apart.
        if event is None or not self.may_open(event):
            raise Http404("no such event for this user")
        self.event = event
        self.event.page = event.find_source_page()

    def may_open(self, event: Event) -> bool:
        return access.may_see(self.user, event)

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        # Times are entered and shown in the event's time zone, so the template is rendered inside the override.
        with timezone.override(timezones.zone_info(self.event.zone)):
            response = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                if self.names_people():
                    self._record_view()
                response.render()
        response["Referrer-Policy"] = "same-origin"
        return response

    def names_people(self) -> bool:
        """Return whether the response to this request names participants."""
        return self.lists_people

    def _record_view(self) -> None:
        is_search = any(form.get("q") for form in (self.request.GET, self.request.POST))
        detail = {"screen": self.recorded_as or self.current, "search": is_search}
        records.add(Action.LIST_VIEWED, request=self.request, subject=self.event, detail=detail)

    @property
    def user(self) -> User:
        # Wagtail redirects anonymous users to its login page before a view is called.
        return cast("User", self.request.user)

    @cached_property
    def sees_sensitive(self) -> bool:
        return access.may_see_sensitive(self.user, self.event)

    @cached_property
    def sees_list(self) -> bool:
        return access.may_see(self.user, self.event)

    @cached_property
    def settings(self) -> RegistrationSettings | None:
        return settings_of(self.event)

    @property
    def actor(self) -> Actor:
        return staff(self.user)

    @property
    def language(self) -> str:
        return get_language() or "en"

    @cached_property
    def questions(self) -> list[FormQuestion]:
        """The event's own questions, in the source language of its page."""
        return questions_for(self.event.page) if self.event.page else []

    def url(self, name: str, *args: object) -> str:
        return reverse(f"events:{name}", args=[self.event.pk, *args])

    def resend_mail(self, mail: OutboxMail) -> None:
        """Queue an email again and show the result as a message."""
        try:
            resend(mail.pk, self.actor)
        except errors.RegistrationError as error:
            messages.error(self.request, error_message(error))
        else:
            messages.success(self.request, _("The email will be sent again."))

    def get_header_title(self) -> str:
        return f"{self.get_page_title()}: {self.event}"

    def get_breadcrumbs_items(self) -> list[dict[str, object]]:
        items: list[dict[str, object]] = [*self.breadcrumbs_items]
        if self.user.has_perm("events.change_event"):
            items += [
                {"url": reverse("events:index"), "label": _("Events")},
                {"url": reverse("events:edit", args=[self.event.pk]), "label": str(self.event)},
            ]
        else:
            items.append({"url": self.url("registrations") if self.sees_list else "", "label": str(self.event)})
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
            "waiting_notices": change_notices.waiting_count(self.event) if self.current != "change_notices" else 0,
            "scheduler_problem": (
                scheduler_problem(self.event, timezone.now()) if self.settings and self.sees_list else None
            ),
        }


class RegistrationAdminView(RegistrationAdminMixin, TemplateView):
    """A registration screen that renders its template on GET."""
