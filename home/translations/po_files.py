"""Uploads of PO files: a request without a file, or with another kind of file, gets a message."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import wraps
from typing import Any

import polib
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.pages.utils import get_valid_next_url_from_request

# The entry by which wagtail-localize finds the translation that a file belongs to.
KEY = "X-WagtailLocalize-TranslationID"
# Bytes. A page with 500 texts makes a file of about 150 KB, and parsing takes many times the memory of the file.
LARGEST = 1024 * 1024


def with_po_file(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap the upload view of wagtail-localize: only a PO file that names a translation reaches it, others get a message."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not is_po_file(request.FILES.get("file")):
            messages.error(request, _("Upload the PO file that was downloaded for this translation."))
            return redirect(get_valid_next_url_from_request(request) or "wagtailadmin_home")
        return view(request, *args, **kwargs)

    return wrapped


def is_po_file(upload: UploadedFile | None) -> bool:
    """Return whether the upload can be read and names a translation."""
    if upload is None or (upload.size or 0) > LARGEST:
        return False
    content = upload.read()
    upload.seek(0)
    if b"\0" in content:
        # PostgreSQL stores no text with this character.
        return False
    # polib would take a text that is the name of a file for that file, so it gets the name of a file.
    with tempfile.NamedTemporaryFile(suffix=".po") as file:
        file.write(content)
        file.flush()
        try:
            return KEY in polib.pofile(file.name).metadata
        except (OSError, ValueError, LookupError):
            return False
