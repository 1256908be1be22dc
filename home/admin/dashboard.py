"""The panels of the admin dashboard: tasks, translations that need attention, and missing information."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.models import PageLogEntry
from wagtail.permission_policies.pages import PagePermissionPolicy

from home.admin.content_reports import broken_links, expires_soon, goes_live_soon, readable_in
from home.admin.drafts import drafts_of
from home.admin.missing_information import missing_information
from home.http.client_address import proxy_problem
from home.models import Enquiry, HomePage, Organisation
from home.tasks.health import backlog_since
from home.translations import overview, permissions
from home.translations.assignments import open_items

# The panel links to the full list.
MAX_ROWS = 6


@dataclass(frozen=True)
class Task:
    label: str
    note: str
    url: str
    icon: str
    # The same task in other languages: label and address.
    others: tuple[tuple[str, str], ...] = ()


class Panel(Component):
    """A panel whose template gets the request, so that its forms contain the CSRF token. Laces renders without a request."""

    def render_html(self, parent_context: dict[str, Any] | None = None) -> SafeString:
        context = parent_context or {}
        html = get_template(self.template_name).render(self.get_context_data(context), context["request"])
        return cast("SafeString", html)


class TasksPanel(Panel):
    """Links to the tasks that the user's permissions allow, with an introduction for users who have not edited yet."""

    name = "tasks"
    order = 100
    template_name = "wagtailadmin/home/tasks.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        request = parent_context["request"]
        return {
            "tasks": tasks_for(request),
            "may_publish": PagePermissionPolicy().user_has_permission(request.user, "publish"),
            "is_new_user": not PageLogEntry.objects.filter(user=request.user).exists(),
            "user": request.user,
        }


def tasks_for(request: HttpRequest) -> list[Task]:
    """Return the tasks that the user's permissions allow.

    Apps add theirs with the hook `register_editor_task`: a function of the request that returns a task or None.
    """
    found = [fn(request) for fn in hooks.get_hooks("register_editor_task")]
    return [task for task in found if task]


@hooks.register("register_editor_task", order=10)
def change_page(request: HttpRequest) -> Task | None:
    if not PagePermissionPolicy().user_has_any_permission(request.user, {"add", "change"}):
        return None
    note = _("Find it in the page tree of its language.")
    return Task(_("Edit a page"), note, _tree_url(request.user), "folder-open-inverse")


@hooks.register("register_editor_task", order=20)
def translate(request: HttpRequest) -> Task | None:
    if not permissions.translated_languages(request.user):
        return None
    note = _("Missing, outdated and unpublished translations, by language.")
    return Task(_("Translate"), note, reverse("translations:overview"), "wagtail-localize-language")


@hooks.register("register_editor_task", order=30)
def add_partner(request: HttpRequest) -> Task | None:
    if not request.user.has_perm("home.add_organisation"):
        return None
    url = reverse("wagtailsnippets_home_organisation:add")
    return Task(_("Add a partner"), _("Name, country, role and logo."), url, "organisation")


@hooks.register("register_editor_task", order=38)
def answer_enquiries(request: HttpRequest) -> Task | None:
    if not request.user.has_perm("home.view_enquiry"):
        return None
    return Task(_("Answer enquiries"), _("Messages from the contact page."), reverse("enquiries:index"), "mail")


@hooks.register("register_editor_task", order=40)
def change_settings(request: HttpRequest) -> Task | None:
    if not request.user.has_perm("home.change_projectsettings"):
        return None
    url = reverse("wagtailsettings:edit", args=["home", "projectsettings"])
    return Task(_("Project settings"), _("Acronym, grant, period, funding texts and contact."), url, "cogs")


@hooks.register("register_editor_task", order=35)
def edit_partner(request: HttpRequest) -> Task | None:
    """Return the task to edit the partners of a partner editor, or None. Other editors change partners in the list."""
    user = request.user
    if user.has_perm("home.add_organisation") or not user.has_perm("home.change_organisation"):
        return None
    own = list(Organisation.objects.filter(editors=user.pk).order_by("pk"))
    if not own:
        return None
    note = _("Name, logo and description, and its people.")
    if len(own) == 1:
        url = reverse("wagtailsnippets_home_organisation:edit", args=[own[0].pk])
        return Task(_("Edit your partner"), note, url, "organisation")
    return Task(_("Edit your partners"), note, reverse("wagtailsnippets_home_organisation:list"), "organisation")


def _tree_url(user) -> str:
    """Return the address of a home page that the user may edit, in their language if possible, else of the page tree."""
    languages = permissions.languages_of(user)
    homes = {
        page.locale.language_code: page
        for page in HomePage.objects.filter(locale__in=languages).select_related("locale")
    }
    for code in (get_language() or "", settings.LANGUAGE_CODE, *homes):
        if code in homes:
            return reverse("wagtailadmin_explore", args=[homes[code].pk])
    return reverse("wagtailadmin_explore_root")


class TranslationsPanel(Panel):
    """Translations that need attention in the languages that the user may edit."""

    name = "translations"
    order = 230
    template_name = "wagtailadmin/home/translations.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        request = parent_context["request"]
        mine = permissions.translated_languages(request.user)
        known = overview.visible(overview.all_rows(), request) if mine else []
        limited = [row.limited_to(mine.of(row.key)) for row in known]
        rows = [row for row in limited if row.needs_attention]
        cells = [(row, cell) for row in rows for cell in row.cells if cell.needs_attention]
        languages: dict[str, int] = {}
        for _row, cell in cells:
            languages[str(cell.locale)] = languages.get(str(cell.locale), 0) + 1
        return {
            "is_shown": bool(mine),
            "languages": languages,
            "cells": [(row, cell, mine.of(row.key), mine.startable(row)) for row, cell in cells[:MAX_ROWS]],
            "more": max(len(cells) - MAX_ROWS, 0),
        }


class DraftsPanel(Panel):
    """Pages and snippets with unpublished changes that the user saved or created, or that are of their organisation."""

    name = "drafts"
    order = 120
    template_name = "wagtailadmin/home/drafts.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        return {"drafts": drafts_of(user, MAX_ROWS), "user": user}


class AssignmentsPanel(Panel):
    """Translations that are assigned to the user, ordered by the day they are due."""

    name = "assignments"
    order = 110
    template_name = "wagtailadmin/home/assignments.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        mine = permissions.translated_languages(user)
        return {"items": [(item, mine.startable(item.row) if item.row else set()) for item in open_items(user)]}


class EnquiriesPanel(Panel):
    """Unanswered messages of the contact page, overdue ones first, for users who may answer them."""

    name = "enquiries"
    order = 105
    template_name = "wagtailadmin/home/enquiries.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        if not parent_context["request"].user.has_perm("home.view_enquiry"):
            return {"open": []}
        waiting = Enquiry.objects.filter(answered_at=None).order_by("answer_by", "pk")
        return {
            "open": waiting[:MAX_ROWS],
            "more": max(waiting.count() - MAX_ROWS, 0),
            "overdue": waiting.filter(answer_by__lt=timezone.localdate()).count(),
        }


class ComingPanel(Panel):
    """For users who write pages: pages that go live or expire soon, and the number of broken links to other sites."""

    name = "coming"
    order = 235
    template_name = "wagtailadmin/home/coming.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        request, now = parent_context["request"], timezone.now()
        locales = permissions.languages_of(request.user)
        if not locales:
            return {"is_shown": False}
        pages = readable_in(locales, request)
        live, expired = goes_live_soon(request.user, locales, now), expires_soon(pages, now)
        broken = broken_links(pages).count()
        return {
            "is_shown": bool(live or expired or broken),
            "live": live[:MAX_ROWS],
            "expired": expired[:MAX_ROWS],
            "broken": broken,
        }


class TaskBacklogPanel(Panel):
    """Shows administrators a warning that background tasks wait because no worker runs."""

    name = "task-backlog"
    order = 50
    template_name = "wagtailadmin/home/task_backlog.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        is_administrator = parent_context["request"].user.is_superuser
        return {"since": backlog_since(timezone.now()) if is_administrator else None}


class ProxyProblemPanel(Panel):
    """Shows administrators a warning that PROXY_COUNT does not match the number of proxies in front of the site."""

    name = "proxy-problem"
    order = 50
    template_name = "wagtailadmin/home/proxy_problem.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        is_administrator = parent_context["request"].user.is_superuser
        return {"problem": proxy_problem() if is_administrator else ""}


class MissingInformationPanel(Panel):
    """Information that public pages leave out because it has not been entered."""

    name = "missing-information"
    order = 240
    template_name = "wagtailadmin/home/missing_information.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        return {"items": missing_information(parent_context["request"])}
