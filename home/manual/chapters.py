"""The chapters of the manual in order, with a rule for each chapter which users see it in the list.

`home/manual/en/<slug>.md` is the text of a chapter. Apps add rules with the hook `register_manual_readers`: a function
without arguments that returns a dictionary from names to functions of a user.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.permission_policies.pages import PagePermissionPolicy

from home.translations import permissions

Reader = Callable[[User], bool]

START = pgettext_lazy("manual", "First steps")
PAGES = pgettext_lazy("manual", "Write and publish")
LANGUAGES = pgettext_lazy("manual", "Translate")
PROJECT = pgettext_lazy("manual", "The project and its partners")
EVENTS = pgettext_lazy("manual", "Events")
PEOPLE = pgettext_lazy("manual", "Accounts")


def everybody(_user: User) -> bool:
    return True


def edits_pages(user: User) -> bool:
    return bool(PagePermissionPolicy().user_has_any_permission(user, {"add", "change"}))


def adds_pages(user: User) -> bool:
    return bool(PagePermissionPolicy().user_has_permission(user, "add"))


def translates(user: User) -> bool:
    return bool(permissions.translated_languages(user))


def invites(user: User) -> bool:
    return user.is_superuser


def edits_own_partner(user: User) -> bool:
    return user.has_perm("home.change_organisation") and not user.has_perm("home.add_organisation")


def edits_deliverables(user: User) -> bool:
    return user.has_perm("home.change_deliverable") or user.has_perm("home.name_editors")


def may(permission: str) -> Reader:
    """Return a function that tests whether a user has a permission, such as `events.add_event`."""
    return lambda user: user.has_perm(permission)


READERS: dict[str, Reader] = {
    "everybody": everybody,
    "edits pages": edits_pages,
    "adds pages": adds_pages,
    "translates": translates,
    "invites": invites,
    "edits own partner": edits_own_partner,
    "edits deliverables": edits_deliverables,
    "adds partners": may("home.add_organisation"),
    "changes settings": may("home.change_projectsettings"),
    "answers enquiries": may("home.view_enquiry"),
    "reads reports": may("home.view_reports"),
}


@dataclass(frozen=True)
class Chapter:
    slug: str
    topic: str | Promise
    # The key in `READERS`: which users see the chapter in the list.
    reader: str


CHAPTERS = (
    Chapter("find-your-way", START, "everybody"),
    Chapter("look-after-your-account", START, "everybody"),
    Chapter("write-news", PAGES, "adds pages"),
    Chapter("change-a-page", PAGES, "edits pages"),
    Chapter("add-pictures", PAGES, "edits pages"),
    Chapter("check-before-publishing", PAGES, "edits pages"),
    Chapter("put-a-fact-sheet-online", PAGES, "adds pages"),
    Chapter("translate-a-page", LANGUAGES, "translates"),
    Chapter("check-changed-texts", LANGUAGES, "translates"),
    Chapter("translate-in-other-programs", LANGUAGES, "translates"),
    Chapter("add-a-language", LANGUAGES, "invites"),
    Chapter("add-a-partner", PROJECT, "adds partners"),
    Chapter("update-your-partner", PROJECT, "edits own partner"),
    Chapter("update-deliverables", PROJECT, "edits deliverables"),
    Chapter("change-facts-of-the-project", PROJECT, "changes settings"),
    Chapter("answer-enquiries", PROJECT, "answers enquiries"),
    Chapter("report-about-the-project", PROJECT, "reads reports"),
    Chapter("add-an-event", EVENTS, "changes events"),
    Chapter("enter-a-timetable", EVENTS, "changes events"),
    Chapter("change-or-cancel-an-event", EVENTS, "changes events"),
    Chapter("open-registration", EVENTS, "sees registrations"),
    Chapter("look-after-participants", EVENTS, "sees registrations"),
    Chapter("check-in-people", EVENTS, "checks in"),
    Chapter("finish-an-event", EVENTS, "sees registrations"),
    Chapter("invite-a-colleague", PEOPLE, "invites"),
    Chapter("when-someone-leaves", PEOPLE, "invites"),
)
BY_SLUG = {chapter.slug: chapter for chapter in CHAPTERS}


def readers() -> dict[str, Reader]:
    found = dict(READERS)
    for fn in hooks.get_hooks("register_manual_readers"):
        found |= fn()
    return found


def chapters_for(user: User) -> list[Chapter]:
    """Return the chapters that the user sees in the list: those about tasks for which they have the permissions."""
    known = readers()
    needed = {chapter.reader for chapter in CHAPTERS}
    is_reader = {name: known[name](user) for name in needed}
    return [chapter for chapter in CHAPTERS if is_reader[chapter.reader]]
