"""What all screens of the admin that the project adds have in common."""

from collections.abc import Iterator

from django.urls import get_resolver
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

APPS = {"accounts", "events", "factsheets", "home", "news"}


def descendants(view: type) -> Iterator[type]:
    for child in view.__subclasses__():
        yield child
        yield from descendants(child)


def test_every_screen_names_itself_in_its_header():
    # The last of the breadcrumbs is the title that the header shows. Without own ones it is "Home".
    assert get_resolver().url_patterns  # imports the views
    base = WagtailAdminTemplateMixin
    own = {view for view in descendants(base) if view.__module__.partition(".")[0] in APPS}
    screens = [view for view in own if not view.__subclasses__()]
    assert len(screens) > 30
    assert [
        view
        for view in screens
        if view.get_breadcrumbs_items is base.get_breadcrumbs_items and view.breadcrumbs_items == base.breadcrumbs_items
    ] == []
