"""The form with which one sender registers a group, and the page after it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from events.forms.group import FEWEST, GroupForm
from events.models import EventPage
from events.models.pages import GROUP_SLUG, REGISTRATION_SLUG
from events.registration import commands, errors, form_tokens, rate_limits
from events.registration.availability import RegistrationAvailability, availability_for
from events.registration.questions import questions_for
from events.registration.seats import seat_counts, settings_of
from events.views.layouts import too_many_requests
from events.views.registration import (
    RegistrationRequest,
    Seats,
    closing_moment,
    has_places,
    page_context,
    seats_for,
    show_unavailable,
    with_seats,
)
from home.http.client_address import client_network
from home.http.private_responses import mark_private

END_PAGE = "sent"
# Used as the mode in the signature of the page after the form, because each person has a mode of their own.
EACH_MODE = "each"
# The path of the form below the address of the event page.
GROUP_PATH = f"{REGISTRATION_SLUG}/{GROUP_SLUG}/"
# The maximum length of a key in characters. The form itself never makes a longer one.
KEY_LENGTH = 3


@sensitive_post_parameters()
def group_view(request: HttpRequest, page: EventPage, path: tuple[str, ...]) -> HttpResponse:
    """Serve the form, or the page after it. `path` is what follows `register/group/` in the address."""
    page.event, counts = with_seats(page.event_id, seat_counts)
    settings = settings_of(page.event)
    now = timezone.now()
    status = availability_for(page.event, settings, counts, now)
    is_none = status in {RegistrationAvailability.NONE, RegistrationAvailability.EXTERNAL}
    if settings is None or settings.largest_group < FEWEST or is_none:
        raise Http404("no registration of groups")
    registering = RegistrationRequest(request, page, settings, now)
    if len(path) == 4 and path[0] == END_PAGE:
        return mark_private(_end_page(registering, *path[1:]))
    if path:
        raise Http404("no such page below the form for a group")
    seats = seats_for(registering, counts)
    is_open = status in {RegistrationAvailability.OPEN, RegistrationAvailability.FULL}
    if not is_open or not has_places(seats):
        return mark_private(show_unavailable(registering, status))
    return mark_private(
        _process(registering, seats) if registering.is_post else _show(registering, _form(registering, seats))
    )


def _form(registering: RegistrationRequest, seats: Seats, keys: list[str] | None = None) -> GroupForm:
    page = registering.page
    return GroupForm(
        registering.request.POST if registering.is_post else None,
        event_id=page.event_id,
        language=page.locale.language_code,
        seats=seats,
        registration_settings=registering.settings,
        questions=questions_for(page),
        keys=keys or _keys(registering),
    )


def _keys(registering: RegistrationRequest) -> list[str]:
    """Return the keys of the people in the form. They are numbers, which do not change when another person is removed."""
    sent = registering.request.POST.getlist("person") if registering.is_post else []
    keys = [key for key in dict.fromkeys(sent) if key.isdecimal() and len(key) <= KEY_LENGTH]
    return keys[: registering.settings.largest_group] or [str(number + 1) for number in range(FEWEST)]


def _process(registering: RegistrationRequest, seats: Seats) -> HttpResponse:
    post, keys = registering.request.POST, _keys(registering)
    if "add" in post or "remove" in post:
        return _change_people(registering, seats, keys)
    form = _form(registering, seats, keys)
    client = client_network(registering.request)
    event = str(registering.page.event_id)
    try:
        if not form.is_valid():
            if form.is_suspicious and rate_limits.count({"client_wrong": client}, registering.now):
                return _refuse_too_many(registering, form, "client_wrong")
            return _show(registering, form)
        if exceeded := _count(registering, form, client, event):
            return _refuse_too_many(registering, form, exceeded)
        outcome = commands.register_group(
            registering.page.event_id,
            form.cleaned_data["sender"],
            form.members(),
            form.form_key(),
            accept_waiting=form.accepts_waiting,
            now=registering.now,
        )
    except errors.BusyError:
        form.add_error(None, _("Many people are registering right now. Send the form again in a few seconds."))
        return too_many_requests(_show(registering, form))
    except errors.FullError:
        form.add_error(
            "when_full" if "when_full" in form.fields else None,
            _("There are not enough places for everyone now. Nobody is registered."),
        )
        return _with_status(_show(registering, form), 409)
    except errors.RegistrationError:
        return _with_status(show_unavailable(registering, RegistrationAvailability.CLOSED), 409)
    # 303: reloading the next page does not send the form again.
    return HttpResponseRedirect(_end_path(registering, outcome), status=303)


def _with_status(response: HttpResponse, code: int) -> HttpResponse:
    response.status_code = code
    return response


def _change_people(registering: RegistrationRequest, seats: Seats, keys: list[str]) -> HttpResponse:
    """Show the form with one person more or one less. Nothing is checked yet, and all entered values stay."""
    removed = registering.request.POST.get("remove", "")
    focused = ""
    if removed in keys and len(keys) > FEWEST:
        position = keys.index(removed)
        keys.remove(removed)
        # The focus moves to the person after the removed one, or to the last person.
        focused = keys[min(position, len(keys) - 1)]
    elif "add" in registering.request.POST and len(keys) < registering.settings.largest_group:
        focused = str(max(int(key) for key in keys) + 1)
        keys.append(focused)
    form = _form(registering, seats, keys)
    form.show_without_errors()
    return _show(registering, form, focused=focused, is_changed=True)


def _count(registering: RegistrationRequest, form: GroupForm, client: str, event: str) -> str:
    """Count a valid form for the rate limits: once for the client, and for the event and each address that gets an email.

    Returns the scope whose limit is exceeded, or an empty text.
    """
    own = {"client": client, "client_event": f"{event} {client}", "form": form.token_key()}
    if exceeded := rate_limits.count(own, registering.now):
        return exceeded
    for address, mailbox in form.addresses().items():
        shared = {"address": address, "mailbox": mailbox, "event": event}
        if exceeded := rate_limits.count(shared, registering.now):
            return exceeded
    return ""


def _refuse_too_many(registering: RegistrationRequest, form: GroupForm, scope: str) -> HttpResponse:
    if scope == "form":
        form.forget_token()
        form.add_error(
            None,
            _(
                "This form has been used too often, so nothing was sent this time. "
                "Check your answers and send it again."
            ),
        )
        return _show(registering, form)
    seconds = rate_limits.seconds_left(scope, registering.now)
    minutes = max(1, round(seconds / 60))
    text = ngettext(
        "The form was sent too often. Try again in %(minutes)d minute. Your answers stay on this page.",
        "The form was sent too often. Try again in %(minutes)d minutes. Your answers stay on this page.",
        minutes,
    )
    form.add_error(None, text % {"minutes": minutes})
    return too_many_requests(_show(registering, form), seconds)


def _show(
    registering: RegistrationRequest, form: GroupForm, *, focused: str = "", is_changed: bool = False
) -> HttpResponse:
    problems = form.all_problems() if form.is_bound and not is_changed else []
    title = _("Error: register a group") if problems else _("Register a group")
    token = str(form.data.get("form_token", "")) if form.is_bound else ""
    if not form_tokens.read_form_token(token, form.event_id) or (problems and form.decoded_token is None):
        token = form_tokens.new_form_token(form.event_id)
    context = page_context(registering.request, registering.page, registering.settings, title, GROUP_PATH) | {
        "form": form,
        "form_token": token,
        "problems": problems,
        "focused": focused,
        "may_add": len(form.people) < form.largest,
        "may_remove": len(form.people) > FEWEST,
        "closes": closing_moment(registering),
        "single_url": registering.page.register_path(registering.request),
        "controllers": [str(organisation) for organisation in registering.page.organisers],
    }
    return render(registering.request, "events/registration/group.html", context)


def _end_path(registering: RegistrationRequest, outcome: commands.GroupOutcome) -> str:
    """Return the address of the page after the form. It contains numbers and a signature, but no data about a person."""
    numbers = f"{outcome.with_place}/{outcome.waiting}"
    signature = form_tokens.sign_outcome(registering.page.event_id, f"{GROUP_SLUG}/{numbers}", EACH_MODE)
    path = registering.page.register_path(registering.request)
    return f"{path}{GROUP_SLUG}/{END_PAGE}/{numbers}/{signature}/"


def _end_page(registering: RegistrationRequest, with_place: str, waiting: str, signature: str) -> HttpResponse:
    outcome = f"{GROUP_SLUG}/{with_place}/{waiting}"
    if not form_tokens.is_outcome(registering.page.event_id, outcome, EACH_MODE, signature):
        raise Http404("no such page")
    title = _("We have received the registration of your group")
    context = page_context(registering.request, registering.page, registering.settings, title) | {
        "with_place": int(with_place),
        "waiting": int(waiting),
    }
    return render(registering.request, "events/registration/group_sent.html", context)
