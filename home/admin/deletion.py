"""Deleting images, documents and snippets: the screens name where they are used, and refuse while visitors see them.

The addresses take precedence over Wagtail's (`config/urls.py`).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Model
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.functional import cached_property
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
from wagtail.models import Page

from home.readable import readable_documents, readable_images
from home.usage import Use, public_uses, replace, uses_of

IN_USE = gettext_lazy("It is in use, and visitors see it. Replace it, or remove it from these first.")


def described(uses: list[Use], user: Any) -> list[dict[str, Any]]:
    """Return the uses for a template. A draft that the user may not edit has no name."""
    finder = AdminURLFinder(user)
    rows = []
    for use in uses:
        url = finder.get_edit_url(use.source)
        kind = use.source._meta.verbose_name
        title = use.title if url or use.is_public else _("a draft that you cannot edit")
        rows.append({"title": title, "url": url, "kind": kind, "is_public": use.is_public})
    return rows


def may_replace(uses: list[Use], user: Any) -> bool:
    """Return whether the user may change everything that refers to the image or document."""
    finder = AdminURLFinder(user)
    return all(
        finder.get_edit_url(use.source)
        and (
            not (isinstance(use.source, Page) and use.source.live)
            or use.source.permissions_for_user(user).can_publish()
        )
        for use in uses
    )


class ReplacementForm(forms.Form):
    """Asks for the image or document that is used instead."""

    replacement: forms.ModelChoiceField = forms.ModelChoiceField(queryset=None, label="")

    def __init__(self, *args: Any, old: Model, queryset: Any, widget: BaseChooser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.old = old
        field: Any = self.fields["replacement"]
        field.queryset, field.widget = queryset, widget

    def clean_replacement(self) -> Model:
        found: Model = self.cleaned_data["replacement"]
        if found.pk == self.old.pk:
            raise forms.ValidationError(_("Choose another one than the one that you delete."))
        return found


class DeletionMixin:
    """Adds to Wagtail's view that deletes a file: where it is used, and a form that replaces it first."""

    template_name = "wagtailadmin/deletion/confirm.html"
    chooser: type[BaseChooser]
    readable: Any

    @cached_property
    def uses(self):
        return uses_of(self.object)

    @cached_property
    def replacement_form(self):
        """None if there is nothing to replace, or if the user may not."""
        if not self.uses or not may_replace(self.uses, self.request.user):
            return None
        queryset = type(self).readable(self.model._default_manager.all(), self.request)
        data = self.request.POST if "replace" in self.request.POST else None
        return ReplacementForm(data, old=self.object, queryset=queryset, widget=self.chooser())

    def post(self, request, *args, **kwargs):
        form = self.replacement_form
        if "replace" in request.POST and form is not None:
            if not form.is_valid():
                return self.render_to_response(self.get_context_data())
            with transaction.atomic():
                replace(self.object, form.cleaned_data["replacement"], self.uses, request.user)
        elif any(use.is_public for use in self.uses):
            messages.error(request, IN_USE)
            return self.render_to_response(self.get_context_data())
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "uses": described(self.uses, self.request.user),
            "is_public": any(use.is_public for use in self.uses),
            "replacement_form": self.replacement_form,
            "media": self.replacement_form.media if self.replacement_form else forms.Media(),
        }


class DeleteImageView(DeletionMixin, images.DeleteView):
    chooser = AdminImageChooser
    readable = staticmethod(readable_images)


class DeleteDocumentView(DeletionMixin, documents.DeleteView):
    chooser = AdminDocumentChooser
    readable = staticmethod(readable_documents)


class UploadDeletionMixin:
    """Refuses to delete a file from the screen of new uploads if it is in use meanwhile, or an older one."""

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
    """Refuses to delete several files if one of them is in use."""

    template_name = "wagtailadmin/deletion/confirm_several.html"
    delete_url_name: str

    def object_context(self, obj):
        return {
            **super().object_context(obj),
            "uses": described(uses_of(obj), self.request.user),
            "delete_url_name": self.delete_url_name,
        }

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["in_use"] = any(use["is_public"] for item in context["items"] for use in item["uses"])
        return context

    def prepare_action(self, objects, objects_without_access):
        if response := super().prepare_action(objects, objects_without_access):
            return response
        used = [str(row) for row in objects if public_uses(row)]
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


urlpatterns = [
    path("images/<int:image_id>/delete/", require_admin_access(DeleteImageView.as_view())),
    path("images/multiple/<int:image_id>/delete/", require_admin_access(DeleteUploadedImageView.as_view())),
    path("documents/delete/<int:document_id>/", require_admin_access(DeleteDocumentView.as_view())),
    path("documents/multiple/<int:doc_id>/delete/", require_admin_access(DeleteUploadedDocumentView.as_view())),
]
