"""Tags for every template of the site."""

import unicodedata

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.defaultfilters import filesizeformat
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from wagtail.admin.templatetags.wagtailuserbar import wagtailuserbar

from home import emblem as eu_emblem
from home.languages import language_name

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


@register.simple_tag
def icon(name):
    """Return a drawing from `site/templates/icons`. It says nothing to screen readers: the words beside it do."""
    return mark_safe(get_template(f"icons/{name}.svg").render().strip())


# More letters do not fit into the circle.
MONOGRAM_LETTERS = 4


@register.simple_tag
def monogram(name, short_name=""):
    """Return the letters that stand for an organisation without a logo: a short abbreviation, else initials."""
    if 1 < len(short_name) <= MONOGRAM_LETTERS:
        return short_name
    words = name.replace("-", " ").split()
    # Small words between are left out, but not where only the first word has a capital, as in Finnish.
    capitalised = [word for word in words if word[0].isupper()]
    if len(capitalised) > 1:
        words = capitalised
    letters = "".join(word[0] for word in words[:MONOGRAM_LETTERS]).upper()
    # Greek capitals carry no accent.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", letters).replace("\u0301", ""))


@register.filter
def file_facts(document, language=""):
    """Return what a reader wants to know before a download: format, size and, where `language` names one, language."""
    facts = [document.file_extension.upper(), filesizeformat(document.get_file_size())]
    if language:
        facts.append(language_name(language))
    return ", ".join(fact for fact in facts if fact)


@register.simple_tag
def stylesheet_url(path):
    """Return the address of a stylesheet for pages that must appear even when static files were not collected."""
    try:
        return staticfiles_storage.url(path)
    except ValueError:
        return settings.STATIC_URL + path
