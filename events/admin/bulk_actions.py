"""Actions on several registrations: a confirmation with their number, then one transaction for each registration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from events.admin.base import RegistrationAdminView, error_message, parse_pk
from events.admin.filters import RegistrationFiltersMixin
from events.admin.forms import ReasonForm
from events.models import Registration
from events.registration import commands
from events.registration.actor import Actor
from events.registration.errors import AudienceChangedError, BusyError, RegistrationError
from events.registration.queries import filtered_registrations
from events.states import RegistrationStatus

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_S = RegistrationStatus
# Each registration is changed in a transaction of its own. More than this many could take longer than the web server
# waits for an answer.
MAX_REGISTRATIONS = 500


@dataclass(frozen=True)
class BulkRegistrationAction:
    """An action on several registrations. Those with another status than `statuses` are left unchanged."""

    label: StrPromise
    statuses: frozenset[str]
    run: Callable[[int, Actor, str], object]
    warning: StrPromise
    asks_reason: bool = False


BULK_ACTIONS = {
    "approve": BulkRegistrationAction(
        gettext_lazy("Approve"),
        frozenset({_S.PENDING}),
        lambda pk, actor, _reason: commands.approve(pk, actor),
        gettext_lazy("They are confirmed and each gets an email."),
    ),
    "offer": BulkRegistrationAction(
        gettext_lazy("Offer a place"),
        frozenset({_S.WAITING}),
        lambda pk, actor, _reason: commands.offer_place(pk, actor),
        gettext_lazy("Each is offered a place by email, until no places are left."),
    ),
    "reject": BulkRegistrationAction(
        gettext_lazy("Reject"),
        frozenset({_S.PENDING, _S.WAITING, _S.OFFERED}),
        commands.reject,
        gettext_lazy("They are rejected and each gets an email. Free places go to the next on the waiting list."),
        asks_reason=True,
    ),
    "cancel": BulkRegistrationAction(
        gettext_lazy("Cancel registrations"),
        frozenset({_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED}),
        commands.cancel,
        gettext_lazy("They lose their places and each gets an email. Free places go to the next on the waiting list."),
        asks_reason=True,
    ),
}


class BulkActionView(RegistrationFiltersMixin, RegistrationAdminView):
    """Asks for confirmation with the number of registrations, then changes them.

    The form names the registrations: those that are ticked, or all that the filters match (`select_all`).
    """

    template_name = "events/admin/registrations/bulk_action.html"
    current = "list"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return redirect(self.url("registrations"))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        key = request.POST.get("action", "")
        if key == "message":
            return redirect(f"{self.url('registration_message')}?{urlencode(self.filter_items)}")
        if key == "absent":
            return self._mark_absent()
        if key not in BULK_ACTIONS:
            raise Http404("no such action")
        if not self._allowed:
            messages.error(request, _("This action is not possible for the registrations you selected."))
            return self._back()
        if len(self._allowed) > MAX_REGISTRATIONS:
            text = _("You can change up to %(max)d registrations at once. Use the filters to select fewer.")
            messages.error(request, text % {"max": MAX_REGISTRATIONS})
            return self._back()
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if "confirmed" in request.POST and form.is_valid() and self._is_unchanged():
            return self._run(form.cleaned_data["reason"].strip())
        return self.render_to_response(self.get_context_data(form=form))

    @cached_property
    def action(self) -> BulkRegistrationAction:
        return BULK_ACTIONS[self.request.POST["action"]]

    @cached_property
    def _selected(self) -> QuerySet[Registration]:
        if "select_all" in self.request.POST:
            return filtered_registrations(self.event, self.criteria, "created")
        ticked = [parse_pk(text) for text in self.request.POST.getlist("person")]
        return Registration.objects.filter(event=self.event, pk__in=ticked).order_by("created_at", "pk")

    @cached_property
    def _allowed(self) -> list[Registration]:
        """The selected registrations whose status allows the action, up to `MAX_REGISTRATIONS` + 1 of them."""
        return list(self._selected.filter(status__in=self.action.statuses)[: MAX_REGISTRATIONS + 1])

    def _is_unchanged(self) -> bool:
        """Return whether the number of registrations is still the number that the organiser confirmed."""
        if self.request.POST.get("count") == str(len(self._allowed)):
            return True
        messages.warning(self.request, error_message(AudienceChangedError()))
        return False

    def _run(self, reason: str) -> HttpResponse:
        done, refused = 0, Counter[str]()
        for registration in self._allowed:
            try:
                self.action.run(registration.pk, self.actor, reason)
            except BusyError as error:
                # Each of the others would wait for the lock as long, so none of them is tried.
                refused[error_message(error)] += len(self._allowed) - done - refused.total()
                break
            except RegistrationError as error:
                refused[error_message(error)] += 1
            else:
                done += 1
        if done:
            text = ngettext("%(count)d registration was changed.", "%(count)d registrations were changed.", done)
            messages.success(self.request, text % {"count": done})
        for cause, count in refused.items():
            text = ngettext(
                "%(count)d registration was not changed: %(reason)s",
                "%(count)d registrations were not changed: %(reason)s",
                count,
            )
            messages.warning(self.request, text % {"count": count, "reason": cause})
        return self._back()

    def _mark_absent(self) -> HttpResponse:
        if "confirmed" not in self.request.POST:
            self.template_name = "events/admin/registrations/mark_absent.html"
            count = Registration.objects.filter(event=self.event, status=_S.CONFIRMED).count()
            return self.render_to_response(self.get_context_data(count=count))
        try:
            count = commands.mark_absent(self.event.pk, self.actor)
        except BusyError as error:
            messages.error(self.request, error_message(error))
        except RegistrationError:
            messages.error(self.request, _("The event has not started yet. You can mark participants as absent then."))
        else:
            text = ngettext(
                "%(count)d participant is marked as absent.", "%(count)d participants are marked as absent.", count
            )
            messages.success(self.request, text % {"count": count})
        return redirect(self.url("registrations"))

    def _back(self) -> HttpResponse:
        return redirect(f"{self.url('registrations')}?{urlencode(self.filter_items)}")

    def get_page_title(self) -> str:
        return str(self.action.label) if self.request.POST.get("action") in BULK_ACTIONS else _("Mark as absent")

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = super().get_context_data(**kwargs)
        if self.request.POST.get("action") not in BULK_ACTIONS:
            return context
        return context | {
            "action": self.action,
            "action_key": self.request.POST["action"],
            "people": self._allowed,
            "selected_count": self._selected.count(),
            "is_select_all": "select_all" in self.request.POST,
            "ticked": self.request.POST.getlist("person"),
        }
