"""Information that the public pages leave out because it has not been entered yet, for the editors' dashboard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings as django_settings
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page, Site

from home.models import (
    AccessibilityPage,
    ContactPage,
    LanguageTexts,
    Organisation,
    PrivacyPage,
    ProgrammeModule,
    ProgrammePage,
    ProjectSettings,
)
from home.page_tree import HOME_DEPTH
from home.translations.permissions import may_edit


@dataclass(frozen=True)
class MissingInformation:
    label: str
    # The names of the entries without this information, if there are several.
    names: str
    url: str


def missing_information(request: HttpRequest) -> list[MissingInformation]:
    """Return the missing information that the user may add.

    Apps add entries with the hook `register_missing_information`: a function of the request that returns a list.
    """
    return [item for fn in hooks.get_hooks("register_missing_information") for item in fn(request)]


@hooks.register("register_missing_information", order=10)
def in_settings(request: HttpRequest) -> Iterable[MissingInformation]:
    if not request.user.has_perm("home.change_projectsettings"):
        return
    url = reverse("wagtailsettings:edit", args=["home", "projectsettings"])
    project = ProjectSettings.objects.filter(site=Site.find_for_request(request)).first()
    fields = {
        "contact_email": _("Contact email of the project"),
        "grant_number": _("Grant agreement number"),
        "programme_name": _("Funding programme"),
        "starts_on": _("First day of the project"),
        "ends_on": _("Last day of the project"),
        "coordinator_id": _("Coordinator"),
    }
    for name, label in fields.items():
        if not getattr(project, name, None):
            yield MissingInformation(label, "", url)
    texts = LanguageTexts.objects.filter(project=project).select_related("locale") if project else []
    entered = {row.locale.language_code for row in texts}
    if absent := [str(name) for code, name in django_settings.LANGUAGES if code not in entered]:
        yield MissingInformation(_("Funding statement and disclaimer"), ", ".join(absent), url)
    if unconfirmed := [str(row.locale) for row in texts if not row.confirmed_by]:
        label = _("Confirmation that statement and disclaimer are the official texts")
        yield MissingInformation(label, ", ".join(unconfirmed), url)


@hooks.register("register_missing_information", order=20)
def on_pages(request: HttpRequest) -> Iterable[MissingInformation]:
    """Yield the missing pages, and the empty fields of pages in the source language. Translations copy these fields."""
    source = {"locale__language_code": django_settings.LANGUAGE_CODE, "live": True}
    home = Page.objects.filter(depth=HOME_DEPTH, **source).first()
    for model, label in ((AccessibilityPage, _("Accessibility statement")), (PrivacyPage, _("Privacy notice"))):
        if home and home.permissions_for_user(request.user).can_add_subpage() and not model.objects.filter(**source):
            yield MissingInformation(label, "", reverse("wagtailadmin_explore", args=[home.pk]))
    for page in AccessibilityPage.objects.filter(feedback_email="", **source):
        if page.permissions_for_user(request.user).can_edit():
            yield MissingInformation(_("Email for accessibility feedback"), "", _edit_url(page))
    for page in ProgrammePage.objects.filter(**source):
        if (unknown := [question for question, answer in page.answers if not answer]) and page.permissions_for_user(
            request.user
        ).can_edit():
            yield MissingInformation(_("Answers about taking part in the training"), " ".join(unknown), _edit_url(page))
    modules: dict[Page, list[str]] = {}
    rows = ProgrammeModule.objects.filter(Q(ects=None) & Q(cme_points=None), page__live=True)
    for module in rows.filter(page__locale__language_code=django_settings.LANGUAGE_CODE).select_related("page"):
        modules.setdefault(module.page, []).append(module.title)
    for page, names in modules.items():
        if page.permissions_for_user(request.user).can_edit():
            yield MissingInformation(_("Credits of the modules"), ", ".join(names), _edit_url(page))


@hooks.register("register_missing_information", order=30)
def on_organisations(request: HttpRequest) -> Iterable[MissingInformation]:
    rows = Organisation.objects.filter(
        role="", live=True, locale__language_code=django_settings.LANGUAGE_CODE
    ).order_by("name")
    # The permission is the same for all rows of a language, so the first row is enough.
    if rows and may_edit(request.user, rows[0]):
        url = reverse("wagtailsnippets_home_organisation:list")
        yield MissingInformation(_("Roles of the partners"), ", ".join(row.name for row in rows), url)


@hooks.register("register_missing_information", order=25)
def of_contact_page(request: HttpRequest) -> Iterable[MissingInformation]:
    page = ContactPage.objects.filter(locale__language_code=django_settings.LANGUAGE_CODE, live=True).first()
    if page is None or not page.permissions_for_user(request.user).can_edit():
        return
    project = ProjectSettings.objects.filter(site=Site.find_for_request(request)).first()
    if not page.recipients("", project.contact_email if project else ""):
        label = _("Email address for the form on the contact page: the form is not shown without it")
        yield MissingInformation(label, "", _edit_url(page))


def _edit_url(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])
