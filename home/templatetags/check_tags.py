"""Template tags for the screens of editors: the checks of a page, and values from a dictionary."""

from django import template
from django.contrib.auth.models import User
from wagtail.models import Page
from wagtail_localize.models import Translation

from home.page_checks import Finding, findings_of

register = template.Library()


@register.simple_tag
def page_checks(page: Page, user: User) -> list[Finding]:
    """Return the findings about a page, as the user may read them."""
    return findings_of(page, user)


@register.simple_tag
def translation_checks(translation: Translation, user: User) -> list[Finding]:
    """Return the findings about the page of a translation; an empty list for a snippet."""
    target = translation.get_target_instance()
    return findings_of(target, user) if isinstance(target, Page) else []


@register.filter
def link_for(finding: Finding, user: User) -> str:
    """Return the address of the screen to correct what was found, or an empty string if the user may not open it."""
    return finding.link_for(user)


@register.filter
def entry(values: dict[str, object], key: object) -> object:
    """Return the value with this key, which is compared as text, or an empty list."""
    return values.get(str(key), [])
