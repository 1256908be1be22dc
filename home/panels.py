"""Panels of the page editor."""

from wagtail.admin.panels import Panel


class ChecksPanel(Panel):
    """Shows the findings of the checks of the page. Its template runs the checks."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "wagtailadmin/panels/page_checks.html"

        def is_shown(self):
            return super().is_shown() and bool(self.instance.pk)
