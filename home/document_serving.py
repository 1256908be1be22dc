"""Serves documents after Wagtail's permission checks, from a folder or a bucket, with ranges, 304 and HEAD."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.documents import get_document_model
from wagtail.documents.models import AbstractDocument, document_served

from home.file_delivery import Content, deliver, lost_files_are_not_found

# The same policy as in Wagtail's view. Browsers would not show a PDF file in a sandbox.
POLICY = "default-src 'none'"


@require_safe
def serve(request: HttpRequest, document_id: str, document_filename: str) -> HttpResponseBase:
    """Serve a document like Wagtail's view, whose hooks decide who may read it. Raises Http404 for another file name.

    Wagtail's view sends a document from another server as a whole: it does not support ranges.
    """
    model = get_document_model()
    document = get_object_or_404(model, pk=document_id)
    if document.filename != document_filename:
        raise Http404("no document with this name")
    for hook in hooks.get_hooks("before_serve_document"):
        found = hook(document, request)
        if isinstance(found, HttpResponse):
            return found
    document_served.send(sender=model, instance=document, request=request)
    headers = {"Content-Disposition": document.content_disposition, "Content-Security-Policy": POLICY}
    with lost_files_are_not_found():
        content = content_of(document)
    return deliver(request, content, {**headers, "Cache-Control": "no-cache"})


def content_of(document: AbstractDocument) -> Content:
    file = document.file
    return Content(
        storage=file.storage,
        name=file.name,
        size=document.get_file_size() or 0,
        digest=document.get_file_hash(),
        media_type=document.content_type,
        modified=file.storage.get_modified_time(file.name),
    )
