"""Template tags for the admin."""

import json

from django import template
from django.conf import settings
from wagtail.models import Site

from home.site_context import SiteContext

register = template.Library()


@register.simple_tag(takes_context=True)
def project_acronym(context) -> str:
    """Return the acronym from Settings > Project, or WAGTAIL_SITE_NAME if there is none."""
    request = context.get("request")
    site_context = SiteContext.of(Site.find_for_request(request) if request else None)
    return (site_context.settings and site_context.settings.acronym) or settings.WAGTAIL_SITE_NAME


@register.simple_tag(takes_context=True)
def remove_alias_action(context) -> str:
    """Remove the address that turns a translation into an alias from the data of the translation editor."""
    props = json.loads(context["props"])
    props["links"]["convertToAliasUrl"] = None
    context["props"] = json.dumps(props)
    return ""
