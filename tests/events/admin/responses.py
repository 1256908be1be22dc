"""Reads messages and errors from responses of the registration screens."""

from django.contrib.messages import get_messages


def shown_messages(response) -> list[str]:
    """Return the messages shown on the next screen."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def error_fields(response) -> set[str]:
    return set(response.context["form"].errors)
