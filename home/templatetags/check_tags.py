"""Template tags of the screens of editors: checks of a page, and entries of a dictionary."""

from django import template
from wagtail.models import Page
from wagtail_localize.models import Translation

from home.page_checks import Finding, findings_of

register = template.Library()


@register.simple_tag
def page_checks(page: Page) -> list[Finding]:
    """Return what the checks find in a page."""
    return findings_of(page)


@register.simple_tag
def translation_checks(translation: Translation) -> list[Finding]:
    """Return what the checks find in the page of a translation; nothing for a snippet."""
    target = translation.get_target_instance()
    return findings_of(target) if isinstance(target, Page) else []


@register.filter
def entry(values: dict[str, object], key: object) -> object:
    """Return the entry of a dictionary with this key, which is compared as text, or an empty list."""
    return values.get(str(key), [])
