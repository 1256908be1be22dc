"""Files that are prepared in the background: the list of them on the screen where they are requested, and the download."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from events.admin.base import RegistrationAdminMixin, RegistrationAdminView
from events.models import PreparedDownload
from events.registration import downloads


class DownloadsView(RegistrationAdminView):
    """A screen that lists the files of one kind that the user has requested. `url_name` is the name of its URL."""

    url_name: ClassVar[str]
    kind_of_file: ClassVar[str]

    def deleted(self, request: HttpRequest) -> HttpResponse | None:
        """Delete the file that the form names and return the response; None if the form names no file.

        Raises Http404 if the user has no such file.
        """
        key = request.POST.get("delete")
        if key is None:
            return None
        if not (is_uuid(key) and downloads.delete(self.event, self.user, key)):
            raise Http404("no such download of this user")
        messages.success(request, _("The file is deleted."))
        return redirect(self.url(self.url_name))

    def being_prepared(self) -> HttpResponse:
        """Redirect to the screen, with the message that a task prepares the file."""
        messages.success(self.request, _("The file is being prepared. You can leave this page and come back."))
        return redirect(self.url(self.url_name))

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        prepared = downloads.downloads_of(self.event, self.user, kind=self.kind_of_file)
        return super().get_context_data(**kwargs) | {
            "downloads": prepared,
            "is_preparing": any(download.is_open for download in prepared),
            "downloads_url": self.url(self.url_name),
        }


class PreparedDownloadView(RegistrationAdminMixin):
    """A file that was prepared for this user. The response to everyone else, also to administrators, is 404."""

    def get(self, request: HttpRequest, pk: int, key: uuid.UUID) -> HttpResponseBase:
        found: PreparedDownload | None = downloads.ready_download(self.event, self.user, key)
        if found is None:
            raise Http404("no such download of this user")
        try:
            content = found.file.open("rb")
        except FileNotFoundError as error:
            raise Http404("the file is deleted") from error
        media_type = downloads.MEDIA_TYPES[found.parameters["format"]]
        return FileResponse(content, content_type=media_type, as_attachment=True, filename=found.file_name)


def is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
