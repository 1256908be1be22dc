"""Deactivates the account of a user who leaves, and hands over what belongs to it.

Apps with objects that belong to an account register them with `register_transferable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from accounts import records
from accounts.models import Action
from home.models import TranslationAssignment
from home.previews import links as preview_links
from home.translations import assignments


@dataclass(frozen=True)
class Transferable:
    """A kind of object that belongs to accounts. `count` returns a number; `move` assigns all to another user or nobody."""

    label: str | Promise
    count: Callable[[User], int]
    move: Callable[[User, User | None], object]


_transferables: list[Transferable] = [
    Transferable(
        _("Drafts and other pages with changes that are not public"),
        lambda user: Page.objects.filter(owner=user, has_unpublished_changes=True).count(),
        lambda user, successor: Page.objects.filter(owner=user, has_unpublished_changes=True).update(owner=successor),
    ),
    Transferable(
        _("Public pages"),
        lambda user: Page.objects.filter(owner=user, has_unpublished_changes=False).count(),
        lambda user, successor: Page.objects.filter(owner=user).update(owner=successor),
    ),
    Transferable(
        _("Pages that they have locked"),
        lambda user: Page.objects.filter(locked=True, locked_by=user).count(),
        lambda user, successor: Page.objects.filter(locked=True, locked_by=user).update(
            locked=False, locked_by=None, locked_at=None
        ),
    ),
    Transferable(
        _("Translations that were assigned to them"),
        lambda user: TranslationAssignment.objects.filter(assignee=user, done_at=None).count(),
        assignments.hand_over,
    ),
]


def register_transferable(transferable: Transferable) -> None:
    _transferables.append(transferable)


@dataclass(frozen=True)
class RevocableAccess:
    """A kind of access that a user knows and that works without their account, such as door links.

    It ends when the account is deactivated. The arguments of `count` and `end` are the user, and whether they are, or were,
    an administrator.
    """

    label: str | Promise
    count: Callable[[User, bool], int]
    end: Callable[[User, bool], int]


_revocable_accesses: list[RevocableAccess] = [
    RevocableAccess(
        _("Preview links that they have made"),
        lambda user, _was_administrator: preview_links.number_made_by(user),
        lambda user, _was_administrator: preview_links.revoke_all_made_by(user),
    ),
]


def register_revocable_access(ending: RevocableAccess) -> None:
    _revocable_accesses.append(ending)


def revocable_access_of(user: User) -> list[tuple[str | Promise, int]]:
    return [(ending.label, ending.count(user, user.is_superuser)) for ending in _revocable_accesses]


# Primary keys of users whose links are kept although their account is deactivated (`links_kept_of`).
_keeping_links: ContextVar[frozenset[int]] = ContextVar("keeping_links", default=frozenset())


@contextmanager
def links_kept_of(user: User) -> Iterator[None]:
    """In this block, the links that the user knows are kept when their account is deactivated."""
    token = _keeping_links.set(_keeping_links.get() | {user.pk})
    try:
        yield
    finally:
        _keeping_links.reset(token)


def end_all_known_to(user: User, *, was_administrator: bool) -> None:
    """End all access that the user knows, because they lose their rights, except in a block of `links_kept_of`."""
    if user.pk in _keeping_links.get():
        return
    for ending in _revocable_accesses:
        ending.end(user, was_administrator)


def transferables_of(user: User) -> list[tuple[str | Promise, int]]:
    return [(transferable.label, transferable.count(user)) for transferable in _transferables]


@transaction.atomic
def leave(user: User, successor: User | None, *, ends_links: bool = True) -> None:
    """Deactivate the account, which ends its sessions; remove it from its organisations; hand over what belongs to it.

    The links that the user knows end too, unless `ends_links` is False.
    """
    numbers = {str(label): number for label, number in transferables_of(user) if number}
    for transferable in _transferables:
        transferable.move(user, successor)
    user.organisations.clear()
    if user.is_active:
        user.is_active = False
        with nullcontext() if ends_links else links_kept_of(user):
            user.save(update_fields=["is_active"])
    to = successor.get_username() if successor else ""
    records.add(Action.HANDED_OVER, subject=user.get_username(), detail={"to": to, "number": sum(numbers.values())})
