"""Checks a page before it is published and returns findings for the editor. Findings never prevent publishing.

Apps add checks for their page types with the hook `check_page`: a function of a page that returns findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation

from home.models import BasePage, ContactPage, LanguageTexts, LinkCheck, ProjectSettings, StaleString
from home.page_content import Content, content_of
from home.view_permissions import may_choose

# "IMG_2041", "DSC0001.jpg", "photo-1.webp"
FILE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|heic)$|^(?:img|dscf?|pxl|image|photo)[-_ ]?\d+", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """The result of a check.

    `is_fault`: visitors meet an error, such as a dead link. `url`: the screen to correct it, for users with `permission`.
    """

    text: str
    is_fault: bool = False
    url: str = ""
    permission: str = ""

    def link_for(self, user: User) -> str:
        """Return the address of the screen to correct it, or an empty string if the user may not open it."""
        return self.url if user.has_perm(self.permission) else ""


def findings_of(page: Page, user: User | AnonymousUser | None = None) -> list[Finding]:
    """Return the findings about a specific page, which may be an unsaved draft; faults come first.

    Those for a user name no page that the user may neither read nor edit.
    """
    if not isinstance(page, BasePage):
        return []
    content = content_of(page)
    found = [*_texts(page), *_headings(content), *_images(content), *_links(content, user), *_files(content)]
    found += [*_parent(page, user), *_languages(page), *_funding(page), *_contacts(page)]
    for fn in hooks.get_hooks("check_page"):
        found += fn(page, content)
    return sorted(dict.fromkeys(found), key=lambda finding: not finding.is_fault)


def _contacts(page: BasePage) -> Iterator[Finding]:
    if not isinstance(page, ContactPage):
        return
    project = ProjectSettings.objects.exclude(contact_email="").exists()
    if not project and not any(contact.email for contact in page.contacts.all()):
        yield Finding(_("No contact has an email address: the form is not shown."))


def _texts(page: BasePage) -> Iterator[Finding]:
    if page.text_fields and not page.body_text().strip():
        yield Finding(_("The page has no text yet."))
    if not page.teaser_text:
        yield Finding(_("There is no short summary: lists and search results show the title alone."))
    elif not page.summary:
        yield Finding(_("There is no short summary: lists show the introduction."))


def _headings(content: Content) -> Iterator[Finding]:
    level = 1
    for found, text in content.headings:
        if found > level + 1:
            yield Finding(_("The heading “%(text)s” is a subsection without a section above it.") % {"text": text})
        level = found


def _images(content: Content) -> Iterator[Finding]:
    for image, text, is_decorative in content.images:
        if is_decorative:
            continue
        if not text.strip():
            yield Finding(_("The image “%(title)s” has no alternative text.") % {"title": image.title})
        else:
            yield from check_description(image, text)


def check_description(image: Any, text: str) -> Iterator[Finding]:
    """Yield a finding if the text for people who cannot see the image is the name of a file."""
    if FILE_NAME.search(text.strip()) or text.strip() == str(image.file).rsplit("/", 1)[-1]:
        values = {"title": image.title, "text": text}
        yield Finding(_("The alternative text of the image “%(title)s” is the name of a file: %(text)s") % values)


def _links(content: Content, user: User | AnonymousUser | None) -> Iterator[Finding]:
    keys = set(content.page_keys)
    pages = Page.objects.in_bulk(keys) if keys else {}
    for key in sorted(keys):
        if key not in pages:
            yield Finding(_("A link leads to a page that was deleted."), is_fault=True)
        elif not pages[key].live and _is_named(user, pages[key]):
            text = _("A link leads to “%(title)s”, which is not public.")
            yield Finding(text % {"title": pages[key].title}, is_fault=True)
        elif not pages[key].live:
            yield Finding(_("A link leads to a page that is not public."), is_fault=True)
    if content.broken:
        yield Finding(_("A link leads nowhere."), is_fault=True)
    dead = LinkCheck.objects.filter(url__in=content.addresses, is_broken=True) if content.addresses else ()
    for check in dead:
        values = {"address": Truncator(check.url).chars(80), "reason": check.explanation}
        yield Finding(_("The link to %(address)s did not work at the last check: %(reason)s") % values, is_fault=True)


def _is_named(user: User | AnonymousUser | None, page: Page) -> bool:
    return user is None or may_choose(user, page)


def _files(content: Content) -> Iterator[Finding]:
    for value in content.files:
        if value.get("document") and not value.get("language"):
            text = _("The file “%(title)s” has no language. Leave it so if it is in the language of the page.")
            yield Finding(text % {"title": value["title"] or value["document"].title})


def _parent(page: BasePage, user: User | AnonymousUser | None) -> Iterator[Finding]:
    parent = page.get_parent() if page.pk else None
    if parent is None or parent.is_root() or parent.live:
        return
    if not _is_named(user, parent):
        yield Finding(_("The page above is not public in this language: no menu or list leads to this page."))
    else:
        text = _("The page above, “%(title)s”, is not public in this language: no menu or list leads to this page.")
        url = reverse("wagtailadmin_pages:edit", args=[parent.pk])
        yield Finding(text % {"title": parent.get_admin_display_title()}, url=url)


def _languages(page: BasePage) -> Iterator[Finding]:
    if not page.pk:
        return
    url = reverse("translations:overview")
    existing = set(Page.objects.filter(translation_key=page.translation_key).values_list("locale_id", flat=True))
    missing = [str(locale) for locale in Locale.objects.order_by("pk") if locale.pk not in existing]
    if missing:
        yield Finding(_("There is no translation yet: %(languages)s.") % {"languages": ", ".join(missing)}, url=url)
    for translation in _translations_with_stale_texts(page):
        number = translation.stale_number
        text = ngettext(
            "%(language)s: %(number)d text changed in the source. Its translation has to be checked.",
            "%(language)s: %(number)d texts changed in the source. Their translations have to be checked.",
            number,
        )
        url = reverse("translations:review", args=[translation.pk])
        yield Finding(text % {"language": translation.target_locale, "number": number}, url=url)


def _translations_with_stale_texts(page: BasePage) -> Iterable[Translation]:
    counts: dict[int, int] = {}
    rows = StaleString.objects.filter(translation__source__object_id=page.translation_key)
    for pk in rows.values_list("translation_id", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    if not counts:
        return []
    # For a translation, only its own language matters.
    found = Translation.objects.filter(pk__in=counts).select_related("target_locale", "source")
    is_source = found.filter(source__locale_id=page.locale_id).exists()
    for translation in (result := [row for row in found if is_source or row.target_locale_id == page.locale_id]):
        translation.stale_number = counts[translation.pk]
    return result


def _funding(page: BasePage) -> Iterator[Finding]:
    texts = LanguageTexts.objects.filter(locale_id=page.locale_id).first()
    if texts is not None and texts.confirmed_by and texts.confirmed_on:
        return
    language = dict(settings.LANGUAGES).get(page.locale.language_code, "")
    text = _("Nobody has confirmed the funding statement in this language: %(language)s. Every page shows it.")
    yield Finding(
        text % {"language": language},
        url=reverse("wagtailsettings:edit", args=["home", "projectsettings"]),
        permission="home.change_projectsettings",
    )
