"""How people register for an event: open in two clicks, everything else when there is time for it."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from events.admin.base import DeskView, SettingUpView, in_words
from events.admin.settings_forms import SettingsForm, StartForm
from events.models import RegistrationSettings, SeatPool
from events.registration import access
from events.registration.availability import RegistrationAvailability, availability
from events.registration.commands import preview_seats, set_seats
from events.registration.errors import RegistrationError
from events.registration.seats import SeatCount, all_seat_counts


class SettingsView(SettingUpView):
    """Without settings the screen asks for seats alone; with them it shows all there is to set."""

    template_name = "events/desk/settings.html"
    page_title = gettext_lazy("Registration")
    header_icon = "cog"
    current = "settings"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        form = self._form() if self.settings else StartForm(event=self.event)
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if self.settings is None:
            return self._start()
        form = self._form(request.POST)
        if not form.is_valid():
            messages.error(request, _("Nothing was saved yet. What is wrong stands beside the fields."))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        consequences = self._consequences(form)
        if consequences and "confirmed" not in request.POST:
            return self.render_to_response(self.get_context_data(form=form, consequences=consequences))
        return self._save(form)

    @cached_property
    def _pools(self) -> dict[str, SeatPool]:
        return {pool.mode: pool for pool in SeatPool.objects.filter(event=self.event)}

    def _form(self, data=None) -> SettingsForm:
        self.settings.event = self.event
        return SettingsForm(data, instance=self.settings, pools=self._pools)

    def _start(self) -> HttpResponse:
        form = StartForm(self.request.POST, event=self.event)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        opens_at = timezone.now().replace(microsecond=0) if "open" in self.request.POST else None
        try:
            with transaction.atomic():
                RegistrationSettings.objects.get_or_create(event=self.event, defaults={"opens_at": opens_at})
                set_seats(self.event.pk, form.seats, self.actor)
                access.grant_to_creator(self.event, self.request.user)
        except RegistrationError as error:
            messages.error(self.request, in_words(error))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if opens_at:
            messages.success(self.request, _("Registration is open. What else can be set stands below."))
        else:
            messages.success(self.request, _("The seats are set. Registration is shut until you say when it opens."))
        return redirect(self.address("registration"))

    def _consequences(self, form: SettingsForm) -> dict[str, object]:
        """Return what would happen to people, empty where nothing would."""
        try:
            promoted = preview_seats(self.event.pk, form.seats) if self._seats_differ(form) else []
        except RegistrationError:
            promoted = []
        short = [count for count in self._counts if count.mode in form.seats and _is_short(count, form)]
        closed = [count for count in self._counts if count.mode not in form.seats and count.held + count.waiting]
        lowered = [
            {"label": count.mode.label, "held": count.held, "capacity": form.seats[count.mode][0]} for count in short
        ]
        gone = [{"label": count.mode.label, "held": count.held, "waiting": count.waiting} for count in closed]
        return {"promoted": promoted, "lowered": lowered, "closed": gone} if promoted or lowered or gone else {}

    @cached_property
    def _counts(self) -> list[SeatCount]:
        return all_seat_counts(self.event)

    def _seats_differ(self, form: SettingsForm) -> bool:
        before = {mode: (pool.capacity, pool.has_waiting_list) for mode, pool in self._pools.items()}
        return before != {mode.value: seats for mode, seats in form.seats.items()}

    def _save(self, form: SettingsForm) -> HttpResponse:
        try:
            with transaction.atomic():
                # First the settings: until when people are moved up is one of them.
                form.save()
                promoted = set_seats(self.event.pk, form.seats, self.actor) if self._seats_differ(form) else []
        except RegistrationError as error:
            messages.error(self.request, in_words(error))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(self.request, _("Saved. It holds for the form in every language at once."))
        if promoted:
            text = ngettext(
                "%(count)d person of the waiting list was offered a place, and gets a mail.",
                "%(count)d people of the waiting list were offered a place, and get a mail.",
                len(promoted),
            )
            messages.info(self.request, text % {"count": len(promoted)})
        return redirect(self.address("registration"))

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = super().get_context_data(**kwargs)
        now = timezone.now()
        found = availability(self.event, now) if self.settings else RegistrationAvailability.NONE
        return context | {
            "status": found.value,
            "closing": self.settings.registration_ends_at if self.settings else None,
            "counts": self._counts if self.settings else [],
            "is_elsewhere": bool(self.event.registration_url),
            "media": getattr(kwargs.get("form"), "media", ""),
        }


def _is_short(count: SeatCount, form: SettingsForm) -> bool:
    """Tell whether the form lowers the seats below what is taken; what was too few before is no news."""
    wanted = form.seats[count.mode][0]
    if wanted is None or wanted >= count.held:
        return False
    return count.capacity is None or wanted < count.capacity


class WindowView(DeskView):
    """Opens the registration now, or shuts it now."""

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return redirect(self.address("registration"))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        settings, now = self.settings, timezone.now().replace(microsecond=0)
        if settings is None:
            return redirect(self.address("registration"))
        if "open" in request.POST:
            settings.opens_at = min(settings.opens_at or now, now)
            settings.closes_at = settings.closes_at if settings.closes_at and settings.closes_at > now else None
            settings.save(update_fields=["opens_at", "closes_at"])
            messages.success(request, _("Registration is open."))
        elif settings.opens_at and settings.opens_at < now:
            settings.closes_at = now
            settings.save(update_fields=["closes_at"])
            messages.success(request, _("Registration is closed. Whoever is registered stays so."))
        else:
            settings.opens_at = None
            settings.save(update_fields=["opens_at"])
            messages.success(request, _("Registration stays shut."))
        return redirect(self.address("registration"))
