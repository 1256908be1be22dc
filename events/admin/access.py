"""Who sees the registrations of an event."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from events.admin.base import DeskView, in_words, key_in
from events.admin.forms import AccessForm
from events.models import DataAccess, EventAccess
from events.registration import access
from events.registration.errors import RegistrationError

LATEST = 20


class AccessView(DeskView):
    template_name = "events/desk/access.html"
    page_title = gettext_lazy("Who has access")
    header_icon = "key"
    current = "access"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=AccessForm()))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if "take" in request.POST:
            return self._take(request.POST["take"])
        form = AccessForm(request.POST)
        if form.is_valid() and self._give(form):
            return redirect(self.address("registration_access"))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _give(self, form: AccessForm) -> bool:
        found = list(_accounts(form.cleaned_data["account"])[:2])
        if len(found) != 1:
            several = _("Several accounts have this address: write the user name.")
            form.add_error("account", several if found else _("There is no such account."))
            return False
        role = form.cleaned_data["role"]
        try:
            access.grant(
                self.event,
                found[0],
                self.request.user,
                sees_sensitive=role == "sensitive",
                only_checks_in=role == "door",
            )
        except RegistrationError as error:
            form.add_error("role", in_words(error))
            return False
        messages.success(self.request, _("%(name)s has access now.") % {"name": _name(found[0])})
        if not found[0].has_perm("wagtailadmin.access_admin"):
            messages.warning(
                self.request, _("This account cannot sign in here yet: an administrator has to put it into a group.")
            )
        return True

    def _take(self, pk: str) -> HttpResponse:
        row = EventAccess.objects.filter(event=self.event, pk=key_in(pk)).first()
        if row is not None:
            try:
                access.revoke(self.event, row.user, self.request.user)
            except RegistrationError as error:
                messages.error(self.request, in_words(error))
            else:
                messages.success(self.request, _("%(name)s has no access any more.") % {"name": _name(row.user)})
        if not access.may_see(self.request.user, self.event):
            return redirect("wagtailadmin_home")
        return redirect(self.address("registration_access"))

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        accesses = EventAccess.objects.filter(event=self.event).select_related("user").order_by("only_checks_in", "pk")
        looks = DataAccess.objects.filter(event=self.event).select_related("user")[:LATEST]
        return super().get_context_data(**kwargs) | {"accesses": accesses, "looks": looks}


def _accounts(text: str) -> QuerySet[User]:
    """Return the active accounts that a user name or an e-mail address means."""
    accounts = User.objects.filter(is_active=True)
    return accounts.filter(email__iexact=text) | accounts.filter(username=text)


def _name(user) -> str:
    return user.get_full_name() or user.get_username()
