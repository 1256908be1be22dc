"""Actions on several registrations: a confirmation with their number, then one transaction for each registration."""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from events import timezones
from events.admin.base import RegistrationAdminView, error_message, parse_pk
from events.admin.filters import RegistrationFiltersMixin
from events.admin.forms import ReasonForm
from events.models import CheckIn, Event, Registration
from events.registration import commands
from events.registration.actor import Actor
from events.registration.errors import AudienceChangedError, BusyError, NotPossibleError, RegistrationError
from events.registration.queries import filtered_registrations
from events.states import ADMITTED, RegistrationStatus

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_S = RegistrationStatus
# Each registration is changed in a transaction of its own. With a higher number, the request could exceed the timeout
# of the web server.
MAX_REGISTRATIONS = 500


@dataclass(frozen=True)
class Details:
    """What the organiser entered in the confirmation."""

    reason: str = ""
    day: datetime.date | None = None


@dataclass(frozen=True)
class BulkRegistrationAction:
    """An action on several registrations. Registrations with a status that is not in `statuses` are left unchanged."""

    label: StrPromise
    statuses: frozenset[str]
    run: Callable[[Registration, Actor, Details], object]
    warning: StrPromise
    # The key of the action that undoes this one, and the text that says what the undoing does not restore.
    reverse: str
    remains: StrPromise | str = ""
    asks_reason: bool = False
    # None for an action without a day. Otherwise the form has a field for a day of the event, and the action is
    # possible for registrations whose check-in on that day has this state.
    is_checked_in: bool | None = None
    # Whether the action records what happened at the event. Such an action is possible once the event has started.
    is_about_attendance: bool = False


_DELETED = gettext_lazy(
    "Sensitive answers and places in sessions are deleted now and do not come back, nor does a place that someone else "
    "has been offered."
)
_OTHER_EMAIL = gettext_lazy("The email has been sent then, and each gets another one.")

BULK_ACTIONS = {
    "approve": BulkRegistrationAction(
        gettext_lazy("Approve"),
        frozenset({_S.PENDING}),
        lambda registration, actor, _details: commands.approve(registration.pk, actor),
        gettext_lazy("They are confirmed and each gets an email."),
        reverse="cancel",
        remains=_OTHER_EMAIL,
    ),
    "offer": BulkRegistrationAction(
        gettext_lazy("Offer a place"),
        frozenset({_S.WAITING}),
        lambda registration, actor, _details: commands.offer_place(registration.pk, actor),
        gettext_lazy("Each is offered a place by email, until no places are left."),
        reverse="cancel",
        remains=_OTHER_EMAIL,
    ),
    "reject": BulkRegistrationAction(
        gettext_lazy("Reject"),
        frozenset({_S.PENDING, _S.WAITING, _S.OFFERED}),
        lambda registration, actor, details: commands.reject(registration.pk, actor, details.reason),
        gettext_lazy("They are rejected and each gets an email. Free places go to the next on the waiting list."),
        reverse="reinstate",
        remains=_DELETED,
        asks_reason=True,
    ),
    "cancel": BulkRegistrationAction(
        gettext_lazy("Cancel registrations"),
        frozenset({_S.PENDING, _S.CONFIRMED, _S.WAITING, _S.OFFERED}),
        lambda registration, actor, details: commands.cancel(registration.pk, actor, details.reason),
        gettext_lazy("They lose their places and each gets an email. Free places go to the next on the waiting list."),
        reverse="reinstate",
        remains=_DELETED,
        asks_reason=True,
    ),
    "reinstate": BulkRegistrationAction(
        gettext_lazy("Reinstate"),
        commands.RESTORABLE,
        lambda registration, actor, _details: commands.restore(registration.pk, actor),
        gettext_lazy(
            "They have the status again that they had before they were rejected or cancelled, and each gets an email. "
            "Those who had a place get one if a place is left."
        ),
        reverse="cancel",
        remains=_OTHER_EMAIL,
    ),
    "attended": BulkRegistrationAction(
        gettext_lazy("Mark as attended"),
        ADMITTED,
        lambda registration, actor, details: commands.check_in(registration.pk, _day(details), actor),
        gettext_lazy("They are checked in on this day. They get no email."),
        reverse="undo_attended",
        is_checked_in=False,
        is_about_attendance=True,
    ),
    "undo_attended": BulkRegistrationAction(
        gettext_lazy("Undo attendance"),
        ADMITTED,
        lambda registration, actor, details: commands.undo_check_in(registration.pk, _day(details), actor),
        gettext_lazy("They are no longer checked in on this day. They get no email."),
        reverse="attended",
        is_checked_in=True,
        is_about_attendance=True,
    ),
    "absent": BulkRegistrationAction(
        gettext_lazy("Mark as absent"),
        frozenset({_S.CONFIRMED}),
        lambda registration, actor, _details: commands.mark_absent(registration.event_id, [registration.pk], actor),
        gettext_lazy(
            "They were not checked in on any day. They get no email. If you check someone in later, they count as "
            "attended again."
        ),
        reverse="undo_absent",
        is_about_attendance=True,
    ),
    "undo_absent": BulkRegistrationAction(
        gettext_lazy("Undo absence"),
        frozenset({_S.ABSENT}),
        lambda registration, actor, _details: commands.undo_absence(registration.event_id, [registration.pk], actor),
        gettext_lazy("They are confirmed again. They get no email."),
        reverse="absent",
        is_about_attendance=True,
    ),
}


def _day(details: Details) -> datetime.date:
    if details.day is None:
        raise NotPossibleError
    return details.day


class BulkActionView(RegistrationFiltersMixin, RegistrationAdminView):
    """Shows a confirmation page with the number of registrations, then changes them.

    The form names the registrations: the ticked ones, or with `select_all` every registration that the filters match.
    """

    template_name = "events/admin/registrations/bulk_action.html"
    current = "list"
    lists_people = True

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return redirect(self.url("registrations"))

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        key = request.POST.get("action", "")
        if key == "message":
            return redirect(f"{self.url('registration_message')}?{urlencode(self.filter_items)}")
        if key == "name_badges":
            return self._to_name_badges()
        if key not in BULK_ACTIONS:
            raise Http404("no such action")
        if self.action.is_about_attendance and not has_started(self.event):
            messages.error(request, _("The event has not started yet. You can record attendance then."))
            return self._back()
        if not self._allowed and not self._has_other_days():
            messages.error(request, _("This action is not possible for the registrations you selected."))
            return self._back()
        if len(self._allowed) > MAX_REGISTRATIONS:
            text = _("You can change up to %(max)d registrations at once. Use the filters to select fewer.")
            messages.error(request, text % {"max": MAX_REGISTRATIONS})
            return self._back()
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if "confirmed" in request.POST and form.is_valid() and self._is_unchanged():
            return self._run(Details(form.cleaned_data["reason"].strip(), self._day))
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
        """The selected registrations for which the action is possible, up to `MAX_REGISTRATIONS` + 1 of them."""
        found = self._selected.filter(status__in=self.action.statuses)
        if self._day is not None:
            is_checked_in = Exists(CheckIn.objects.filter(registration=OuterRef("pk"), day=self._day))
            found = found.filter(is_checked_in if self.action.is_checked_in else ~is_checked_in)
        return list(found[: MAX_REGISTRATIONS + 1])

    @cached_property
    def _day(self) -> datetime.date | None:
        """The chosen day of the event, by default the last day that has begun; None for an action without a day."""
        days = past_days(self.event)
        if self.action.is_checked_in is None or not days:
            return None
        chosen = self.request.POST.get("day", "")
        return next((day for day in days if day.isoformat() == chosen), days[-1])

    def _has_other_days(self) -> bool:
        """Return whether the organiser can choose another day, for which the action may apply to other registrations."""
        return self._day is not None and len(past_days(self.event)) > 1

    def _is_unchanged(self) -> bool:
        """Return whether the day and the registrations are still the ones that the organiser has confirmed."""
        listed_day = self._day.isoformat() if self._day else ""
        if self.request.POST.get("listed_day", "") != listed_day:
            return False
        if self.request.POST.get("listed", "") == self._digest:
            return True
        messages.warning(self.request, error_message(AudienceChangedError()))
        return False

    @property
    def _digest(self) -> str:
        """A digest of the listed registrations.

        It differs if one registration has replaced another since the list was shown.
        """
        keys = sorted(registration.pk for registration in self._allowed)
        return hashlib.sha256(repr(keys).encode()).hexdigest()

    def _to_name_badges(self) -> HttpResponse:
        """Redirect to the form for name badges, with the ticked registrations or with the filters."""
        ticked = [("person", str(pk)) for pk in map(parse_pk, self.request.POST.getlist("person")) if pk]
        if "select_all" not in self.request.POST and not ticked:
            messages.error(self.request, _("Select at least one registration."))
            return self._back()
        chosen = self.filter_items if "select_all" in self.request.POST else ticked
        return redirect(f"{self.url('registration_name_badges')}?{urlencode(chosen)}")

    def _run(self, details: Details) -> HttpResponse:
        done, refused = 0, Counter[str]()
        for registration in self._allowed:
            try:
                self.action.run(registration, self.actor, details)
            except BusyError as error:
                # The event is locked. Every further registration would wait for the lock too, so the rest counts as
                # refused.
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

    def _back(self) -> HttpResponse:
        return redirect(f"{self.url('registrations')}?{urlencode(self.filter_items)}")

    def get_page_title(self) -> str:
        return str(self.action.label)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        context = super().get_context_data(**kwargs)
        return context | {
            "action": self.action,
            "reverse": BULK_ACTIONS[self.action.reverse],
            "action_key": self.request.POST["action"],
            "people": self._allowed,
            "digest": self._digest,
            "day": self._day,
            "days": past_days(self.event) if self._day else [],
            "selected_count": self._selected.count(),
            "is_select_all": "select_all" in self.request.POST,
            "ticked": self.request.POST.getlist("person"),
        }


def past_days(event: Event) -> list[datetime.date]:
    """Return the days of the event that have begun in its time zone, oldest first."""
    today = timezone.now().astimezone(timezones.zone_info(event.zone)).date()
    return [day for day in event.days if day <= today]


def has_started(event: Event) -> bool:
    return event.starts_at is not None and timezone.now() >= event.starts_at
