"""The same deed for many people: first the number, then the deed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from events.admin.base import in_words, key_in
from events.admin.forms import ReasonForm
from events.admin.registration_list import FilteredView
from events.models import Registration
from events.registration import commands
from events.registration.actor import Actor
from events.registration.errors import AudienceChangedError, BusyError, RegistrationError
from events.registration.queries import filtered_registrations
from events.states import RegistrationStatus

_S = RegistrationStatus
# Each deed is a transaction of its own; more than these would outlast the patience of the web server.
MOST = 500


@dataclass(frozen=True)
class BulkDeed:
    label: str
    # Whom the deed fits; the others of the chosen are left as they are.
    statuses: frozenset[str]
    run: Callable[[int, Actor, str], object]
    warning: str
    asks_reason: bool = False


BULK_DEEDS = {
    "approve": BulkDeed(
        gettext_lazy("Approve"),
        frozenset({_S.PENDING}),
        lambda pk, actor, _reason: commands.approve(pk, actor),
        gettext_lazy("They are confirmed, and each gets a mail."),
    ),
    "offer": BulkDeed(
        gettext_lazy("Offer a place"),
        frozenset({_S.WAITING}),
        lambda pk, actor, _reason: commands.offer_place(pk, actor),
        gettext_lazy("Each is offered a place by mail, as long as seats are free."),
    ),
    "reject": BulkDeed(
        gettext_lazy("Do not accept"),
        frozenset({_S.PENDING, _S.WAITING, _S.OFFERED}),
        commands.reject,
        gettext_lazy("They are not accepted, and each gets a mail. Their seats go to the next on the waiting list."),
        asks_reason=True,
    ),
    "cancel": BulkDeed(
        gettext_lazy("Cancel the registrations"),
        frozenset({_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED}),
        commands.cancel,
        gettext_lazy("They lose their places, and each gets a mail. Free seats go to the next on the waiting list."),
        asks_reason=True,
    ),
}


class BulkView(FilteredView):
    """Asks with the number of people, then does it. Who was chosen is in the form: ticked, or all of the filter."""

    template_name = "events/desk/bulk.html"
    current = "list"

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return redirect(self.address("registrations"))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        action = request.POST.get("action", "")
        if action == "message":
            return redirect(f"{self.address('registration_message')}?{urlencode(self.filter_items)}")
        if action == "absent":
            return self._mark_absent()
        if action not in BULK_DEEDS:
            raise Http404("no such deed")
        if not self._fitting:
            messages.error(request, _("Nobody was chosen whom this fits."))
            return self._back()
        if len(self._fitting) > MOST:
            text = _("At most %(most)d people at once. Choose fewer by the filters.")
            messages.error(request, text % {"most": MOST})
            return self._back()
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if "confirmed" in request.POST and form.is_valid() and self._is_as_said():
            return self._do(form.cleaned_data["reason"].strip())
        return self.render_to_response(self.get_context_data(form=form))

    @cached_property
    def deed(self) -> BulkDeed:
        return BULK_DEEDS[self.request.POST["action"]]

    @cached_property
    def _chosen(self) -> QuerySet[Registration]:
        if "everybody" in self.request.POST:
            return filtered_registrations(self.event, self.filters, "created")
        ticked = [pk for pk in map(key_in, self.request.POST.getlist("person")) if pk is not None]
        return Registration.objects.filter(event=self.event, pk__in=ticked).order_by("created_at", "pk")

    @cached_property
    def _fitting(self) -> list[Registration]:
        return list(self._chosen.filter(status__in=self.deed.statuses)[: MOST + 1])

    def _is_as_said(self) -> bool:
        """Tell whether it is still the people who were counted before."""
        if self.request.POST.get("count") == str(len(self._fitting)):
            return True
        messages.warning(self.request, in_words(AudienceChangedError()))
        return False

    def _do(self, reason: str) -> HttpResponse:
        done, refused = 0, Counter[str]()
        for person in self._fitting:
            try:
                self.deed.run(person.pk, self.actor, reason)
            except BusyError as error:
                # The next would wait as long: nobody waits for minutes before a blank page.
                refused[in_words(error)] += len(self._fitting) - done - refused.total()
                break
            except RegistrationError as error:
                refused[in_words(error)] += 1
            else:
                done += 1
        if done:
            text = ngettext("Done for %(count)d person.", "Done for %(count)d people.", done)
            messages.success(self.request, text % {"count": done})
        for reason_why, count in refused.items():
            text = ngettext(
                "Not done for %(count)d person: %(reason)s", "Not done for %(count)d people: %(reason)s", count
            )
            messages.warning(self.request, text % {"count": count, "reason": reason_why})
        return self._back()

    def _mark_absent(self) -> HttpResponse:
        if "confirmed" not in self.request.POST:
            self.template_name = "events/desk/absent.html"
            count = Registration.objects.filter(event=self.event, status=_S.CONFIRMED).count()
            return self.render_to_response(self.get_context_data(count=count))
        try:
            count = commands.mark_absent(self.event.pk, self.actor)
        except BusyError as error:
            messages.error(self.request, in_words(error))
        except RegistrationError:
            messages.error(self.request, _("The event has not begun yet."))
        else:
            text = ngettext("%(count)d person is marked as absent.", "%(count)d people are marked as absent.", count)
            messages.success(self.request, text % {"count": count})
        return redirect(self.address("registrations"))

    def _back(self) -> HttpResponse:
        return redirect(f"{self.address('registrations')}?{urlencode(self.filter_items)}")

    def get_page_title(self) -> str:
        return str(self.deed.label) if self.request.POST.get("action") in BULK_DEEDS else _("Mark as absent")

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = super().get_context_data(**kwargs)
        if self.request.POST.get("action") not in BULK_DEEDS:
            return context
        return context | {
            "deed": self.deed,
            "action": self.request.POST["action"],
            "people": self._fitting,
            "chosen_count": self._chosen.count(),
            "is_everybody": "everybody" in self.request.POST,
            "ticked": self.request.POST.getlist("person"),
        }
