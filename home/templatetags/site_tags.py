"""Tags for every template of the site."""

from django import template
from django.conf import settings
from wagtail.admin.templatetags.wagtailuserbar import wagtailuserbar

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
