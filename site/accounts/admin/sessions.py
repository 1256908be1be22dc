"""The list of one's own sessions, where they can be ended."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from accounts import records, sessions
from accounts.admin.base import AccountView
from accounts.models import Action, UserSession

MAX_PK_DIGITS = 15


class SessionsView(AccountView):
    template_name = "accounts/sessions.html"
    page_title = gettext_lazy("Where you are signed in")
    header_icon = "desktop"

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        chosen = request.POST.get("end", "")
        is_all = chosen == "others"
        number = sessions.end_all(self.user, but=request.session.session_key) if is_all else self._end(chosen)
        if number:
            records.add(Action.SESSION_ENDED, request=request, detail={"sessions": number})
            messages.success(request, _("Signed out there."))
        return redirect("accounts:sessions")

    def _end(self, pk: str) -> int:
        if not pk.isdecimal() or len(pk) > MAX_PK_DIGITS:
            return 0
        # Users can end only their own sessions.
        found = UserSession.objects.filter(user=self.user, pk=int(pk)).first()
        if found is None:
            return 0
        sessions.end(found)
        return 1

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        found = UserSession.objects.filter(user=self.user)
        return super().get_context_data(**kwargs) | {
            "sessions": found,
            "current_key": self.request.session.session_key,
        }
