"""Users of the admin, with and without access to the registrations of an event."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from events.models import Event, EventAccess
from home.permissions import EDITORS


def make_user(username: str, *, group: str = "", **fields) -> User:
    """Create a user who may sign in to the admin, with the permissions of the group if one is given."""
    user = User.objects.create_user(username, f"{username}@example.org", "x", **fields)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def make_organiser(event: Event, username: str = "organiser", **rights) -> User:
    user = make_user(username)
    EventAccess.objects.create(event=event, user=user, **rights)
    return user


def make_editor(username: str = "editor") -> User:
    return make_user(username, group=EDITORS)


def admin_url(event: Event, name: str = "registrations", *args) -> str:
    return reverse(f"events:{name}", args=[event.pk, *args])


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
