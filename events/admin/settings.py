"""Settings of an event's registration. The first form needs only the number of places."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from events.admin.base import RegistrationAdminView, error_message
from events.admin.settings_forms import SettingsForm, StartForm, contact_problem
from events.models import Event, RegistrationSettings, SeatPool
from events.registration import access
from events.registration.availability import RegistrationAvailability, availability
from events.registration.commands import preview_seats, set_seats
from events.registration.errors import RegistrationError
from events.registration.locking import locked
from events.registration.seats import SeatCount, all_seat_counts


class SettingsView(RegistrationAdminView):
    """Shows `StartForm` until the event has settings, then the form with all settings.

    Users who may set up the registration of an event that has none may open it too.
    """

    template_name = "events/admin/registrations/settings.html"
    page_title = gettext_lazy("Registration settings")
    header_icon = "cog"
    current = "settings"

    def may_open(self, event: Event) -> bool:
        return access.may_set_up(self.user, event)

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = self._form(self.settings) if self.settings else StartForm(event=self.event, user=self.user)
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if self.settings is None:
            return self._start()
        form = self._form(self.settings, request.POST)
        if not form.is_valid():
            messages.error(request, _("The settings were not saved. Correct the errors below."))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        consequences = self._consequences(form)
        if consequences and "confirmed" not in request.POST:
            return self.render_to_response(self.get_context_data(form=form, consequences=consequences))
        return self._save(form)

    @cached_property
    def _pools(self) -> dict[str, SeatPool]:
        return {pool.mode: pool for pool in SeatPool.objects.filter(event=self.event)}

    def _form(self, settings: RegistrationSettings, data: QueryDict | None = None) -> SettingsForm:
        settings.event = self.event
        return SettingsForm(data, instance=settings, pools=self._pools, user=self.user)

    def _start(self) -> HttpResponse:
        form = StartForm(self.request.POST, event=self.event, user=self.user)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        opens_at = timezone.now().replace(microsecond=0) if "open" in self.request.POST else None
        try:
            with locked(self.event.pk):
                # Someone else may have set it up since the form was opened, and has full access now.
                if not access.may_set_up(self.user, self.event):
                    return self._refuse_second()
                RegistrationSettings.objects.get_or_create(event=self.event, defaults={"opens_at": opens_at})
                set_seats(self.event.pk, form.seats, self.actor)
                access.grant_to_creator(self.event, self.user)
        except RegistrationError as error:
            messages.error(self.request, error_message(error))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if opens_at:
            messages.success(self.request, _("Registration is open. You can change more settings below."))
        else:
            messages.success(self.request, _("Saved. Registration is closed until you open it or set an opening time."))
        return redirect(self.url("registration_settings"))

    def _refuse_second(self) -> HttpResponse:
        text = _("Someone else has set up the registration of this event in the meantime. Ask them for access.")
        messages.error(self.request, text)
        return redirect("events:edit", self.event.pk)

    def _consequences(self, form: SettingsForm) -> dict[str, object]:
        """Return what saving would change for existing registrations; empty if nothing would change for them.

        The user must confirm these changes.
        """
        try:
            promoted = preview_seats(self.event.pk, form.seats) if self._seats_differ(form) else []
        except RegistrationError:
            promoted = []
        too_low = [count for count in self._counts if count.mode in form.seats and _is_too_low(count, form)]
        not_offered = [count for count in self._counts if count.mode not in form.seats and count.held + count.waiting]
        lowered = [
            {"label": count.mode.label, "held": count.held, "capacity": form.seats[count.mode][0]} for count in too_low
        ]
        closed = [{"label": count.mode.label, "held": count.held, "waiting": count.waiting} for count in not_offered]
        return {"promoted": promoted, "lowered": lowered, "closed": closed} if promoted or lowered or closed else {}

    @cached_property
    def _counts(self) -> list[SeatCount]:
        return all_seat_counts(self.event)

    def _seats_differ(self, form: SettingsForm) -> bool:
        before = {mode: (pool.capacity, pool.has_waiting_list) for mode, pool in self._pools.items()}
        return before != {mode.value: seats for mode, seats in form.seats.items()}

    def _save(self, form: SettingsForm) -> HttpResponse:
        try:
            with transaction.atomic():
                # The settings are saved first: `set_seats` reads from them until when places are offered to the waiting
                # list.
                form.save()
                promoted = set_seats(self.event.pk, form.seats, self.actor) if self._seats_differ(form) else []
        except RegistrationError as error:
            messages.error(self.request, error_message(error))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(self.request, _("Saved. The changes apply to the form in all languages."))
        if promoted:
            text = ngettext(
                "We offered a place to %(count)d participant on the waiting list. They get an email.",
                "We offered a place to %(count)d participants on the waiting list. They get an email.",
                len(promoted),
            )
            messages.info(self.request, text % {"count": len(promoted)})
        return redirect(self.url("registration_settings"))

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = super().get_context_data(**kwargs)
        now = timezone.now()
        status = availability(self.event, now) if self.settings else RegistrationAvailability.NONE
        is_open = status in (RegistrationAvailability.OPEN, RegistrationAvailability.FULL)
        return context | {
            "status": status.value,
            "closing": self.settings.registration_ends_at if self.settings else None,
            "counts": self._counts if self.settings else [],
            "is_elsewhere": bool(self.event.registration_url),
            "contact_problem": "" if is_open else contact_problem(self.event, self.user),
            "media": getattr(kwargs.get("form"), "media", ""),
        }


def _is_too_low(count: SeatCount, form: SettingsForm) -> bool:
    """Return whether the form lowers the capacity below the number of places taken."""
    capacity = form.seats[count.mode][0]
    if capacity is None or capacity >= count.held:
        return False
    # No confirmation is needed for a capacity that was too low before and is not lowered further.
    return count.capacity is None or capacity < count.capacity


class OpenCloseView(RegistrationAdminView):
    """Opens or closes the registration at once."""

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return redirect(self.url("registration_settings"))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        settings, now = self.settings, timezone.now().replace(microsecond=0)
        if settings is None:
            return redirect(self.url("registration_settings"))
        if "open" in request.POST and (problem := contact_problem(self.event, self.user)):
            messages.error(request, problem)
        elif "open" in request.POST:
            settings.opens_at = min(settings.opens_at or now, now)
            settings.closes_at = settings.closes_at if settings.closes_at and settings.closes_at > now else None
            settings.save(update_fields=["opens_at", "closes_at"])
            messages.success(request, _("Registration is open."))
        elif settings.opens_at and settings.opens_at < now:
            settings.closes_at = now
            settings.save(update_fields=["closes_at"])
            messages.success(request, _("Registration is closed. Existing registrations are unchanged."))
        else:
            settings.opens_at = None
            settings.save(update_fields=["opens_at"])
            messages.success(
                request, _("Registration does not open automatically. Enter an opening time or open it now.")
            )
        return redirect(self.url("registration_settings"))
