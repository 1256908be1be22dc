"""Pages of each type in any language, with defaults for required fields."""

import datetime
from typing import TypeVar

from django.test import TestCase
from wagtail.models import Page, PageViewRestriction
from wagtail.signal_handlers import disable_reference_index_auto_update

from events.models import Event, EventPage
from home.models import AccessibilityPage, BasePage, HomePage

PageType = TypeVar("PageType", bound=BasePage)

DAY = datetime.date(2025, 5, 20)
MOMENT = datetime.datetime(2025, 5, 20, 12, 0, tzinfo=datetime.UTC)
REQUIRED = {
    HomePage: {"headline": "A headline"},
    AccessibilityPage: {
        "scope": "<p>This site.</p>",
        "status": "full",
        "prepared_on": DAY,
        "reviewed_on": DAY,
        "feedback": "<p>Write to us.</p>",
        "feedback_email": "access@example.org",
        "enforcement": "<p>Ask the authority.</p>",
        "supervisor_name": "The authority",
        "supervisor_url": "https://example.org/authority",
    },
}


def required(model: type[BasePage]) -> dict[str, object]:
    """Return values of the required fields of a page type, such as a new event for an event page."""
    if model is EventPage:
        return {"event": Event.objects.create(first_day=DAY)}
    return REQUIRED.get(model, {})


def make_page(
    model: type[PageType], parent: Page, title: str, *, translation_of: Page | None = None, **fields
) -> PageType:
    """Make a page in the language of its parent, live or, with `live=False`, a draft; it has no revisions.

    Wagtail's reference index, which lists where an object is used, gets no entries of the page: that takes long.
    """
    published = {"first_published_at": MOMENT, "last_published_at": MOMENT} if fields.get("live", True) else {}
    page = model(title=title, locale_id=parent.locale_id, **(required(model) | published | fields))
    if translation_of:
        page.translation_key = translation_of.translation_key
    with disable_reference_index_auto_update():
        Page.objects.get(pk=parent.pk).add_child(instance=page)
    return model.objects.get(pk=page.pk)


def make_private(page: Page) -> PageViewRestriction:
    # The list of private paths is read again after the commit.
    with TestCase.captureOnCommitCallbacks(execute=True):
        return PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def make_alias(page: Page, parent: Page) -> Page:
    """Make an alias of `page` below `parent`, as Wagtail does for a language without a translation."""
    return page.create_alias(parent=Page.objects.get(pk=parent.pk), update_locale=parent.locale)
