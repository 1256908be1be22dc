"""Who has access to the registrations of an event."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from accounts.mail import send_account_mail
from events.admin.base import RegistrationAdminView, error_message, parse_pk
from events.admin.forms import AccessForm
from events.attendance import doors
from events.models import DataAccess, EventAccess
from events.registration import access
from events.registration.errors import RegistrationError

LOG_SIZE = 20


class AccessView(RegistrationAdminView):
    template_name = "events/admin/registrations/access.html"
    page_title = gettext_lazy("Access")
    header_icon = "key"
    current = "access"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=AccessForm()))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if "remove" in request.POST:
            return self._remove(request.POST["remove"])
        form = AccessForm(request.POST)
        if form.is_valid() and self._give(form):
            return redirect(self.url("registration_access"))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _give(self, form: AccessForm) -> bool:
        # Users are found by username only, because they can change their email address themselves.
        user = User.objects.filter(is_active=True, username=form.cleaned_data["account"]).first()
        if user is None:
            form.add_error("account", _("No account has this username."))
            return False
        role = form.cleaned_data["role"]
        saw_links = access.may_see(user, self.event) and not user.is_superuser
        try:
            access.grant(
                self.event,
                user,
                self.user,
                sees_sensitive=role == "sensitive",
                only_checks_in=role == "check_in",
            )
        except RegistrationError as error:
            form.add_error("role", error_message(error))
            return False
        messages.success(self.request, _("%(name)s now has access.") % {"name": _name(user)})
        if saw_links and role == "check_in" and form.cleaned_data["ends_links"]:
            self._end_links(user)
        self._notify(user, role)
        if not user.has_perm("wagtailadmin.access_admin"):
            messages.warning(
                self.request, _("This account cannot sign in here yet. Ask an administrator to add it to a group.")
            )
        return True

    def _end_links(self, user: User) -> None:
        number = doors.end_known_to(user, event=self.event)
        if number:
            text = ngettext("%(number)s door link was ended.", "%(number)s door links were ended.", number)
            messages.success(self.request, text % {"number": number})

    def _notify(self, user: User, role: str) -> None:
        """Email the link to a colleague who has got access."""
        name = "registration_check_in" if role == "check_in" else "registrations"
        context = {"event": str(self.event), "url": settings.WAGTAILADMIN_BASE_URL + self.url(name)}
        if role == "check_in":
            context["only_checks_in"] = "yes"
        transaction.on_commit(partial(send_account_mail.enqueue, "event_access", user.pk, context))

    def _remove(self, pk: str) -> HttpResponse:
        row = EventAccess.objects.filter(event=self.event, pk=parse_pk(pk)).first()
        if row is not None:
            try:
                access.revoke(self.event, row.user, self.user)
            except RegistrationError as error:
                messages.error(self.request, error_message(error))
            else:
                messages.success(self.request, _("%(name)s no longer has access.") % {"name": _name(row.user)})
                if not row.only_checks_in and not row.user.is_superuser and "ends_links" in self.request.POST:
                    self._end_links(row.user)
        if not access.may_see(self.user, self.event):
            return redirect("wagtailadmin_home")
        return redirect(self.url("registration_access"))

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        accesses = EventAccess.objects.filter(event=self.event).select_related("user").order_by("only_checks_in", "pk")
        log_entries = DataAccess.objects.filter(event=self.event).select_related("user")[:LOG_SIZE]
        return super().get_context_data(**kwargs) | {
            "accesses": accesses,
            "log_entries": log_entries,
            "has_door_links": any(doors.is_valid(door, timezone.now()) for door in doors.doors_of(self.event)),
        }


def _name(user: User) -> str:
    """Return the full name with the username. The username is needed because users choose their full name themselves."""
    full_name, username = user.get_full_name(), user.get_username()
    return f"{full_name} ({username})" if full_name else username
