"""What the links above an event's screens need to know."""

from django import template

from events.registration import access

register = template.Library()


@register.simple_tag
def desk_rights(user, event) -> dict[str, bool]:
    """Return which screens of the event's registration the user may open. At most four queries."""
    if not user:
        return {"list": False, "set_up": False, "door": False}
    sees_list = access.may_see(user, event)
    return {
        "list": sees_list,
        "set_up": not sees_list and access.may_set_up(user, event),
        "door": not sees_list and access.may_check_in(user, event),
    }
