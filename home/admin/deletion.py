"""Deletion of images, documents and snippets. The screens show where a row is used, and refuse while visitors see it.

The addresses take precedence over Wagtail's (`config/urls.py`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib.admin.utils import quote
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, JsonResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.auth import require_admin_access
from wagtail.admin.widgets import BaseChooser
from wagtail.documents.views import documents
from wagtail.documents.views import multiple as several_documents
from wagtail.documents.views.bulk_actions.delete import DeleteBulkAction as DeleteDocuments
from wagtail.documents.widgets import AdminDocumentChooser
from wagtail.images.views import images
from wagtail.images.views import multiple as several_images
from wagtail.images.views.bulk_actions.delete import DeleteBulkAction as DeleteImages
from wagtail.images.widgets import AdminImageChooser
from wagtail.models import Page, TranslatableMixin
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction as DeleteSnippets
from wagtail.snippets.views import snippets
from wagtail.snippets.widgets import AdminSnippetChooser

from home.translations import permissions
from home.translations.tree_sync import linked_translations
from home.usage import Use, protected_uses, public_uses, replace, uses_of
from home.view_permissions import readable_documents, readable_images

IN_USE = gettext_lazy("It is in use, and visitors see it. Replace it, or remove it from these first.")


def described(uses: list[Use], user: Any) -> list[dict[str, Any]]:
    """Return the title, url, kind and is_public of each use. The title of a draft that the user may not edit is hidden."""
    finder = AdminURLFinder(user)
    rows = []
    for use in uses:
        url = finder.get_edit_url(use.source)
        kind = use.source._meta.verbose_name
        title = use.title if url or use.is_public else _("a draft that you cannot edit")
        rows.append({"title": title, "url": url, "kind": kind, "is_public": use.is_public})
    return rows


def may_replace(uses: list[Use], user: Any) -> bool:
    """Return whether the user may change, and if it is public publish, every page and row in `uses`."""
    finder = AdminURLFinder(user)
    return all(finder.get_edit_url(use.source) and _may_publish(user, use.source) for use in uses)


def _may_publish(user: Any, source: Any) -> bool:
    if isinstance(source, Page):
        return not source.live or source.permissions_for_user(user).can_publish()
    return not isinstance(source, TranslatableMixin) or permissions.may_publish(user, source)


class ReplacementForm(forms.Form):
    """The form in which the user chooses the row to use instead, one of `queryset`."""

    replacement: forms.ModelChoiceField = forms.ModelChoiceField(queryset=None, label=gettext_lazy("Replacement"))

    def __init__(self, *args: Any, old: Model, queryset: Any, widget: BaseChooser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.old = old
        field: Any = self.fields["replacement"]
        field.queryset, field.widget = queryset, widget

    def clean_replacement(self) -> Model:
        found: Model = self.cleaned_data["replacement"]
        if found.pk == self.old.pk:
            raise forms.ValidationError(_("Choose one that you are not deleting."))
        return found


class DeletionMixin:
    """Extends Wagtail's view that deletes a row: it shows where the row is used, and a form to replace it there first."""

    template_name = "wagtailadmin/deletion/confirm.html"
    # Django's view deletes a row at once, without confirmation, if the method of the request is DELETE.
    http_method_names = ("get", "head", "post", "options")
    # A text that the screen shows before the row is replaced.
    note: str | Promise = ""
    # Wagtail's view sets these attributes.
    request: HttpRequest
    object: Any

    def chooser(self) -> BaseChooser:
        raise NotImplementedError

    def candidates(self) -> QuerySet:
        """Return the rows that the user may choose instead of this one."""
        raise NotImplementedError

    def may_replace(self) -> bool:
        return may_replace(self.uses, self.request.user)

    def with_replacements(self, replacement: Model) -> list[tuple[Model, Model]]:
        """Return pairs: each row that is deleted, and the row that is used instead of it."""
        return [(self.object, replacement)]

    @cached_property
    def deleted(self) -> list[Model]:
        """The rows to delete."""
        return [self.object]

    @cached_property
    def uses(self) -> list[Use]:
        return uses_of_all(self.deleted)

    @cached_property
    def replacement_form(self) -> ReplacementForm | None:
        """The form to replace the row; None if the row is not used, or if the user may not change all its uses."""
        if not self.uses or not self.may_replace():
            return None
        data = self.request.POST if "replace" in self.request.POST else None
        return ReplacementForm(data, old=self.object, queryset=self.candidates(), widget=self.chooser())

    def post(self, request, *args, **kwargs):
        form = self.replacement_form
        if "replace" in request.POST and form is not None:
            if not form.is_valid():
                return self.render_to_response(self.get_context_data())
            with transaction.atomic():
                for old, new in self.with_replacements(form.cleaned_data["replacement"]):
                    replace(old, new, uses_of(old), request.user)
                if left := protected_uses(self.deleted):
                    transaction.set_rollback(True)
            if left:
                messages.error(request, in_use(left))
                return self.render_to_response(self.get_context_data())
        elif any(use.is_public for use in self.uses):
            messages.error(request, IN_USE)
            return self.render_to_response(self.get_context_data())
        # Wagtail would refuse because of the use that was just replaced.
        self.usage = None
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        self.usage_url = None
        return {
            **super().get_context_data(**kwargs),
            "uses": described(self.uses, self.request.user),
            "is_public": any(use.is_public for use in self.uses),
            "replacement_form": self.replacement_form,
            "note": self.note,
            "media": self.replacement_form.media if self.replacement_form else forms.Media(),
        }


def uses_of_all(rows: Collection[Model]) -> list[Use]:
    """Return the uses of rows that are deleted together, public ones first. Uses by the rows themselves are left out."""
    found: dict[tuple[type[Model], Any], Use] = {}
    for use in (*(use for row in rows for use in uses_of(row)), *protected_uses(rows)):
        known = found.setdefault((type(use.source), use.source.pk), use)
        if use.is_public and not known.is_public:
            found[type(use.source), use.source.pk] = use
    own = {(type(row), row.pk) for row in rows}
    uses = [use for key, use in found.items() if key not in own]
    return sorted(uses, key=lambda use: (not use.is_public, use.title))


def in_use(uses: Collection[Use]) -> str:
    names = ", ".join(sorted({use.title for use in uses}))
    return _("In use by: %(names)s. Change or delete these first.") % {"names": names}


class DeleteImageView(DeletionMixin, images.DeleteView):
    def chooser(self):
        return AdminImageChooser()

    def candidates(self):
        return readable_images(self.model._default_manager.all(), self.request)


class DeleteDocumentView(DeletionMixin, documents.DeleteView):
    def chooser(self):
        return AdminDocumentChooser()

    def candidates(self):
        return readable_documents(self.model._default_manager.all(), self.request)


class DeleteSnippetView(DeletionMixin, snippets.DeleteView):
    """Deletes a snippet with its translations. Where they are used, a replacement can be chosen.

    In each language the translation of the replacement is used. Where there is none, the replacement itself is used.
    """

    @cached_property
    def deleted(self):
        return [self.object, *linked_translations(self.object)]

    def chooser(self):
        return AdminSnippetChooser(self.model)

    def candidates(self):
        # Only rows in the same language: otherwise pages would show a text in another language.
        return self.model._default_manager.filter(locale=self.object.locale)

    def may_replace(self):
        languages = permissions.languages_of(self.request.user, permissions.PUBLISHING)
        return all(row.locale_id in languages for row in self.deleted) and super().may_replace()

    def with_replacements(self, replacement):
        return [(row, replacement.get_translation_or_none(row.locale) or replacement) for row in self.deleted]


class DeleteOrganisationView(DeleteSnippetView):
    note = gettext_lazy("Its accounts do not belong to the new organisation until someone adds them there.")


class UploadDeletionMixin:
    """Refuses to delete a file from the screen that shows new uploads if public content already uses the file."""

    def post(self, request, *args, **kwargs):
        found = self.get_model()._default_manager.filter(pk=kwargs[self.pk_url_kwarg]).first()
        if found is not None and public_uses(found):
            return JsonResponse({"success": False, "error_message": str(IN_USE)}, status=409)
        return super().post(request, *args, **kwargs)


class DeleteUploadedImageView(UploadDeletionMixin, several_images.DeleteView):
    pass


class DeleteUploadedDocumentView(UploadDeletionMixin, several_documents.DeleteView):
    pass


# Several at once


class BulkDeletionMixin:
    """Refuses to delete several rows if one of them is in use."""

    template_name = "wagtailadmin/deletion/confirm_several.html"
    delete_url_name: str

    def uses(self, obj) -> list[Use]:
        return uses_of_all([obj])

    def object_context(self, obj):
        return {
            **super().object_context(obj),
            "uses": described(self.uses(obj), self.request.user),
            "delete_url": reverse(self.delete_url_name, args=[quote(obj.pk)]),
        }

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["in_use"] = any(use["is_public"] for item in context["items"] for use in item["uses"])
        return context

    def prepare_action(self, objects, objects_without_access):
        if response := super().prepare_action(objects, objects_without_access):
            return response
        used = [str(row) for row in objects if any(use.is_public for use in self.uses(row))]
        if not used:
            return None
        messages.error(
            self.request, _("Nothing was deleted. These are in use: %(names)s.") % {"names": ", ".join(used)}
        )
        return redirect(self.next_url)


class DeleteImagesAction(BulkDeletionMixin, DeleteImages):
    delete_url_name = "wagtailimages:delete"


class DeleteDocumentsAction(BulkDeletionMixin, DeleteDocuments):
    delete_url_name = "wagtaildocs:delete"


class DeleteSnippetsAction(BulkDeletionMixin, DeleteSnippets):
    @property
    def delete_url_name(self):
        return self.model.snippet_viewset.get_url_name("delete")

    def uses(self, obj):
        return uses_of_all([obj, *linked_translations(obj)])


urlpatterns = [
    path("images/<int:image_id>/delete/", require_admin_access(DeleteImageView.as_view()), name="delete_image"),
    path("images/multiple/<int:image_id>/delete/", require_admin_access(DeleteUploadedImageView.as_view())),
    path(
        "documents/delete/<int:document_id>/",
        require_admin_access(DeleteDocumentView.as_view()),
        name="delete_document",
    ),
    path("documents/multiple/<int:doc_id>/delete/", require_admin_access(DeleteUploadedDocumentView.as_view())),
]
