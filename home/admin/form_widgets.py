"""Choosers without inline scripts: `form-widgets.js` starts them from attributes (docs/decisions/0071)."""

from __future__ import annotations

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.admin.widgets.workflows import AdminTaskChooser


def render(
    self: BaseChooser, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
) -> SafeString:
    """Render the chooser as Wagtail does, but with an element that says what the inline script would do."""
    if not attrs or "id" not in attrs:
        raise TypeError("A chooser needs an id.")
    data = self.get_value_data(value)
    function, arguments = self.js_constructor, [attrs["id"], self.get_js_init_options(attrs["id"], name, data)]
    if isinstance(self, AdminTaskChooser):
        function, arguments = "createTaskChooser", [attrs["id"]]
    return format_html(
        '{}<template data-form-widget="{}" data-form-widget-options="{}"></template>',
        self.render_html(name, data, attrs),
        function,
        json.dumps(arguments),
    )


def register() -> None:
    BaseChooser.render = render
