"""What the editor's screens say of the project."""

from django import template
from django.conf import settings
from wagtail.models import Site

from home.site_context import SiteContext

register = template.Library()


@register.simple_tag(takes_context=True)
def project_acronym(context) -> str:
    """Return the acronym of Settings > Project; where there is none yet, the name in the settings file."""
    request = context.get("request")
    facts = SiteContext.of(Site.find_for_request(request) if request else None)
    return (facts.settings and facts.settings.acronym) or settings.WAGTAIL_SITE_NAME
