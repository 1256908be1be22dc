"""The form that copies a page."""

from typing import Any

from wagtail.admin.forms.pages import CopyForm

from home.slugs import TransliteratedSlugField, TransliteratedSlugInput


class PageCopyForm(CopyForm):
    """Wagtail's form without aliases, which have no texts of their own and cannot be translated."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)
        slug = self.fields["new_slug"]
        widget = TransliteratedSlugInput(locale=self.page.locale)
        self.fields["new_slug"] = TransliteratedSlugField(initial=slug.initial, label=slug.label, widget=widget)
