"""Tags for every template of the site."""

from django import template
from django.conf import settings
from wagtail.admin.templatetags.wagtailuserbar import wagtailuserbar

from home import emblem as eu_emblem

register = template.Library()


@register.simple_tag(takes_context=True)
def editor_bar(context):
    """Return Wagtail's user bar for signed-in editors.

    Without a session cookie nobody is asked who the visitor is: the page stays the same for everybody, and cacheable.
    """
    request = context.get("request")
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    return wagtailuserbar(context, "bottom-right")


@register.simple_tag
def emblem(*, border=True, label="", height=50):
    """Return the EU emblem: `{% emblem %}` beside the funding statement, `{% emblem label=statement %}` alone."""
    return eu_emblem.svg(border=border, label=label, height=height)
