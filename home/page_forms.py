"""The forms of pages and snippets, which check what these refer to, and the form that copies a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.utils import get_user_display_name
from wagtail.coreutils import find_available_slug, string_to_ascii

from home.slugs import TransliteratedSlugField, TransliteratedSlugInput
from home.text_normalization import one_line

# A model, and a primary key as text.
Reference = tuple[type[Model], str]
NOT_CHOSEN = _("Choose something else: this does not exist, or you have no permission to use it.")


class ReadableChoicesForm(WagtailAdminModelForm):
    """Refuses references to unpublished snippets and to pages, documents and images that the user may neither read nor edit.

    Choosers do not list them, but their keys are easy to guess, and the page would show their titles and pictures. Existing
    references may stay, whoever saves the form.
    """

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        self._keep_to_one_line(data)
        rows = [row for formset in self.formsets.values() for row in formset.forms]
        for form in [self, *(row for row in rows if row.has_changed() and row.is_valid())]:
            for name in form.fields:
                known = set(_references(form, name, form.initial.get(name)))
                wanted = set(_references(form, name, form.cleaned_data.get(name))) - known
                if not all(self._may_choose(*reference) for reference in wanted):
                    form.add_error(name, NOT_CHOSEN)
        return data

    def _keep_to_one_line(self, data: dict[str, Any]) -> None:
        """Replace line breaks and other control characters in short texts by spaces: email subjects cannot have them."""
        for field in self._meta.model._meta.concrete_fields:
            value = data.get(field.name)
            if field.get_internal_type() == "CharField" and isinstance(value, str):
                data[field.name] = one_line(value)

    def _may_choose(self, model: type[Model], key: str) -> bool:
        # The module imports Wagtail's policies, which need loaded models. This module is imported while models load.
        from home.view_permissions import may_choose  # noqa: PLC0415

        target = model._default_manager.filter(pk=key).first()
        return target is None or self.for_user is None or may_choose(self.for_user, target)


class OrganisationForm(ReadableChoicesForm):
    """Shows the accounts of an organisation by the names of their people, in the order of the names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if editors := self.fields.get("editors"):
            editors.queryset = editors.queryset.order_by("last_name", "first_name", "username")
            editors.label_from_instance = get_user_display_name


def _references(form: Any, name: str, value: Any) -> Iterator[Reference]:
    """Yield the objects that a field of the form refers to: by a foreign key, in blocks, in rich text."""
    try:
        field = form._meta.model._meta.get_field(name)
    except FieldDoesNotExist:
        return
    if not value:
        return
    if field.many_to_one:
        yield field.related_model, str(value.pk if isinstance(value, Model) else value)
    elif hasattr(field, "extract_references"):
        yield from ((model, str(key)) for model, key, _model_path, _content_path in field.extract_references(value))


class PageForm(ReadableChoicesForm, WagtailAdminPageForm):
    """Makes the slug from the title where it is left empty, and adds a number where another page has the same title.

    The script of the form fills in the slug late or not at all, and nobody can guess that it is why a draft is not saved.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        slug, from_title = self.cleaned_data.get("slug"), slugify(string_to_ascii(self.cleaned_data.get("title") or ""))
        nobody_chose_it = slug == "" or (slug == from_title and not self.instance.first_published_at)
        if nobody_chose_it and from_title and self.parent_page:
            self.cleaned_data["slug"] = find_available_slug(self.parent_page, from_title, self.instance.pk)
        self._refuse_deletion_of_comments_of_others()
        return super().clean()

    def _refuse_deletion_of_comments_of_others(self) -> None:
        """Let Wagtail show its error for deleted comments and replies of others. It ignores errors of deleted rows."""
        comments = self.formsets["comments"].forms if "comments" in self.formsets else []
        replies = [reply for comment in comments for reply in comment.formsets["replies"].forms]
        for form in (*comments, *replies):
            form.full_clean()
            if form.instance.pk and form.instance.user_id != getattr(self.for_user, "pk", None):
                form.cleaned_data.pop(DELETION_FIELD_NAME, None)


class PageCopyForm(CopyForm):
    """Wagtail's form without the option to create aliases, which have no texts of their own and cannot be translated."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)
        slug = self.fields["new_slug"]
        widget = TransliteratedSlugInput(locale=self.page.locale)
        self.fields["new_slug"] = TransliteratedSlugField(initial=slug.initial, label=slug.label, widget=widget)
