"""Template tags and filters for the public site."""

import unicodedata
from functools import cache

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.defaultfilters import filesizeformat
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from wagtail.admin.templatetags.wagtailuserbar import wagtailuserbar

from home.http import page_cache
from home.http.security_headers import mark_user_bar
from home.languages import language_name
from home.line_breaks import hyphenate, keep_together
from home.seo import json_ld as page_json_ld

register = template.Library()
# It adds no markup, so what was escaped or safe before stays so.
register.filter("keep_together", keep_together, is_safe=True)


@register.filter
def hyphenated(text, language_code=""):
    """Return a plain text with soft hyphens in long words; "" stands for the active language."""
    return hyphenate(str(text), language_code or get_language() or "")


@register.simple_tag(takes_context=True)
def editor_bar(context):
    """Return Wagtail's user bar for signed-in editors.

    Without a session cookie the user is not loaded, so that the page is the same for all visitors and can be cached.
    """
    request = context.get("request")
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    bar = wagtailuserbar(context, "bottom-right")
    if bar:
        mark_user_bar(request)
    return bar


@register.simple_tag
def json_ld(layout):
    """Return the structured data of the page, or an empty string for a page without layout or one that is not indexed."""
    return page_json_ld.script(layout) if layout else ""


class CachedPart(template.Node):
    def __init__(self, name, values, nodes):
        self.name = name
        self.values = values
        self.nodes = nodes

    def render(self, context):
        values = [value.resolve(context) for value in self.values]
        # A preview shows unsaved data, so it is not cached.
        if None in values or getattr(getattr(context, "request", None), "is_preview", False):
            return self.nodes.render(context)
        name = "-".join(["part", self.name, get_language() or "", *map(str, values)])
        return page_cache.cached(name, lambda: self.nodes.render(context), is_immutable=True)


@register.tag
def cachedpart(parser, token):
    """Cache the rendered block until content or time change it: `{% cachedpart "name" value … %}…{% endcachedpart %}`.

    The block may depend only on the name, the active language and the values, not on a session. It is not cached if a value
    is None. The number of possible values must be limited: use only those of query strings that the page itself links to.
    """
    _tag, name, *values = token.split_contents()
    nodes = parser.parse(["endcachedpart"])
    parser.delete_first_token()
    return CachedPart(name.strip("\"'"), [parser.compile_filter(value) for value in values], nodes)


@register.simple_tag
def icon(name):
    """Return an icon from `site/templates/icons`. Screen readers ignore it, so there must be a text beside it."""
    return _icon(name)


@cache
def _icon(name):
    return mark_safe(get_template(f"icons/{name}.svg").render().strip())


# The most letters that fit into the circle.
MONOGRAM_LETTERS = 4


@register.simple_tag
def monogram(name, short_name=""):
    """Return the letters for an organisation without a logo: its abbreviation if that is short, else its initials."""
    if 1 < len(short_name) <= MONOGRAM_LETTERS:
        return short_name
    words = name.replace("-", " ").split()
    # Words without a capital are skipped, unless only the first word has one, as in Finnish names.
    capitalised = [word for word in words if word[0].isupper()]
    if len(capitalised) > 1:
        words = capitalised
    letters = "".join(word[0] for word in words[:MONOGRAM_LETTERS]).upper()
    # Greek capitals have no accent.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", letters).replace("\u0301", ""))


@register.filter
def file_details(document, language=""):
    """Return the format and size of a file, and its language if `language` is a code, for the text of its download link."""
    details = [document.file_extension.upper(), filesizeformat(document.get_file_size())]
    if language:
        details.append(language_name(language))
    return ", ".join(detail for detail in details if detail)


@register.simple_tag
def stylesheet_url(path):
    """Return the address of a style sheet for error pages, even if static files were not collected."""
    try:
        return staticfiles_storage.url(path)
    except ValueError:
        return settings.STATIC_URL + path
