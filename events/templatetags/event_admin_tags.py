"""Template tags of the events admin."""

from django import template

from events.registration import access

register = template.Library()


@register.simple_tag
def registration_access(user, event) -> dict[str, bool]:
    """Return which links to the registration screens are shown to the user. At most four queries.

    `view` is the link to all registrations. Users who may not open these get the links to the set-up, the check-in or
    both.
    """
    if not user:
        return {"view": False, "set_up": False, "check_in": False}
    may_view = access.may_see(user, event)
    return {
        "view": may_view,
        "set_up": not may_view and access.may_set_up(user, event),
        "check_in": not may_view and access.may_check_in(user, event),
    }
