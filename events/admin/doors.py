"""Door links: making them, showing them as QR codes for the helpers' phones, revoking them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from events.admin.base import RegistrationAdminView, parse_pk
from events.admin.forms import DoorLinkForm
from events.attendance import doors
from events.models import Door
from home import qr
from home.links import public_url


class DoorsView(RegistrationAdminView):
    template_name = "events/admin/registrations/doors.html"
    page_title = gettext_lazy("Door links")
    header_icon = "link"
    current = "doors"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if "revoke" in request.POST:
            return self._revoke(request.POST["revoke"])
        form = DoorLinkForm(request.POST, event=self.event)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        door = doors.create_door(self.event, form.cleaned_data["name"], form.cleaned_data["ends_at"], self.user)
        messages.success(request, _("The link for “%(name)s” is ready.") % {"name": door.name})
        return redirect(self.url("registration_doors"))

    def _revoke(self, pk: str) -> HttpResponse:
        door = Door.objects.filter(event=self.event, pk=parse_pk(pk)).first()
        if door is None:
            raise Http404("no such door link of this event")
        doors.revoke_door(door, self.user)
        messages.success(self.request, _("The link for “%(name)s” no longer works.") % {"name": door.name})
        return redirect(self.url("registration_doors"))

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        now = timezone.now()
        found = list(doors.doors_of(self.event))
        initial = {"ends_at": timezone.localtime(doors.default_end(self.event, now))}
        return super().get_context_data(**kwargs) | {
            "form": kwargs.get("form") or DoorLinkForm(initial=initial, event=self.event),
            "valid": [self._shown(door) for door in found if doors.is_valid(door, now)],
            "ended": [door for door in found if not doors.is_valid(door, now)],
        }

    def _shown(self, door: Door) -> dict[str, object]:
        token = doors.token_for(door)
        url = self._address(token) if token else ""
        # `mark_safe` is safe here: the QR code contains only an address that this site has made, and no user input.
        return {"door": door, "url": url, "picture": mark_safe(qr.svg(url)) if url else ""}

    def _address(self, token: str) -> str:
        """Return the link on the public site, whose host may differ from that of the admin."""
        return public_url(reverse("door", kwargs={"token": token}))
