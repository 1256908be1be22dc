"""The status panel of the translation editor of a snippet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from wagtail.admin.ui.side_panels import StatusSidePanel


class TranslationStatusPanel(StatusSidePanel):
    """Knows the addresses of the versions of a snippet.

    Wagtail's own panel takes them from a view, which the editor of wagtail-localize does not have: the steps of an approval
    could not be shown.
    """

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        viewset = self.object.snippet_viewset
        return super().get_context_data(parent_context) | {
            "revisions_compare_url_name": viewset.get_url_name("revisions_compare"),
            "workflow_history_url": reverse(viewset.get_url_name("workflow_history"), args=[self.object.pk]),
        }


def add_addresses(panels: Iterable[Any]) -> None:
    """Turn the status panels of snippets into those of this module. Those of pages know the addresses."""
    for panel in panels:
        if type(panel) is StatusSidePanel and hasattr(panel.object, "snippet_viewset"):
            panel.__class__ = TranslationStatusPanel
