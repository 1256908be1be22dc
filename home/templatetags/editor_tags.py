"""Template tags for the admin."""

import json

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from wagtail.models import Page, Site

from home import deliverables
from home.manual.help_links import help_address
from home.site_context import SiteContext
from home.translations import approval, editor_names, editor_status_panel, glossary, machine_translation, tree_sync
from home.translations.changed_texts import changed_segments

register = template.Library()


@register.simple_tag(takes_context=True)
def project_acronym(context) -> str:
    """Return the acronym from Settings > Project, or WAGTAIL_SITE_NAME if there is none."""
    request = context.get("request")
    site_context = SiteContext.of(Site.find_for_request(request) if request else None)
    return (site_context.settings and site_context.settings.acronym) or settings.WAGTAIL_SITE_NAME


@register.simple_tag(takes_context=True)
def adapt_translation_editor(context) -> str:
    """Change the editor's data in the context: no aliases, only names that the user may read, marks on texts. Returns ""."""
    props = json.loads(context["props"])
    props["links"]["convertToAliasUrl"] = None
    # The editor's own button shows no confirmation; the one in the template does.
    props["machineTranslator"] = None
    changed = changed_segments(context["translation"])
    unread = machine_translation.unread_segments(context["translation"])
    for row in props["initialStringTranslations"]:
        if row["segment_id"] in unread and not row["error"]:
            row["comment"] = machine_translation.comment(unread[row["segment_id"]])
        elif row["segment_id"] in changed and not row["error"]:
            row["error"] = gettext(
                "The source text changed after this was translated. Check the translation and save it."
            )
    editor_names.hide_names(props, context["translation"], context["request"].user)
    glossary.add_to_editor(props, context["translation"].target_locale.language_code)
    context["props"] = json.dumps(props)
    editor_status_panel.add_addresses(context["side_panels"])
    return ""


@register.simple_tag(takes_context=True)
def machine_service(context):
    """Return the service that may translate texts in the translation editor, or None."""
    is_locked = getattr(context["instance"], "locked", False)
    return None if is_locked else machine_translation.service_for(context["translation"])


@register.simple_tag(takes_context=True)
def approval_of_translation(context) -> dict[str, bool]:
    """Return whether the user needs an approval of the translation, whether it waits for one, and whether they may ask."""
    user, target = context["request"].user, context["instance"]
    if not approval.needs_approval(user, target):
        return {"asked": True} if approval.waits_for(user, target) else {}
    return {"needed": True, "waits": target.workflow_in_progress, "may_submit": approval.may_submit(user, target)}


@register.simple_tag
def languages_unpublished_with(*rows) -> str:
    return tree_sync.languages_unpublished_with(rows)


@register.simple_tag
def languages_of_several(items) -> str:
    """Return the languages of the translations that a bulk action unpublishes too."""
    return tree_sync.languages_unpublished_with([item["item"] for item in items])


@register.simple_tag(takes_context=True)
def pages_unpublished_below(context, pages):
    """Return the pages that are unpublished, for each language, if the user includes the pages below `pages`."""
    return tree_sync.unpublished_below(context["request"].user, pages)


@register.simple_tag
def pages_of_items(items):
    """Return the pages of a bulk action."""
    return [item["item"] for item in items]


@register.simple_tag
def deliverables_url(row, user) -> str:
    """Return the address of the screen with the deliverables of a results page, if the user edits them there, else ""."""
    return reverse("deliverables:index") if row.pk in deliverables.given_to(user).numbers else ""


@register.simple_tag(takes_context=True)
def may_open_usage(context) -> bool:
    """Return whether the user may open the screen that lists where the object of the side panel is used."""
    found, request = context.get("object"), context.get("request")
    return not isinstance(found, Page) or (request is not None and found.permissions_for_user(request.user).can_edit())


@register.inclusion_tag("wagtailadmin/manual/link.html", takes_context=True)
def manual_link(context) -> dict[str, str]:
    """Return the context for the link to the manual chapter about this screen. The manual itself shows no link."""
    request = getattr(context, "request", None)
    if request is None or not request.user.is_authenticated or request.resolver_match is None:
        return {"address": ""}
    return {"address": "" if request.resolver_match.namespace == "manual" else help_address(request)}
