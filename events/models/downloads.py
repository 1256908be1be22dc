"""Files with many rows, which a background task writes for the user who has requested them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from events.enums import DownloadStatus
from events.models.event import Event
from home.private_files import EXPORTS, private_storage


class PreparedDownload(models.Model):
    """A file that is written in the background. Only the user who has requested it may download it, until `expires_at`."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="downloads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Columns, filters and format. The filters may contain the name of a person.
    parameters = models.JSONField(default=dict)
    # The language of texts in the file.
    language = models.CharField(max_length=10)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=DownloadStatus, default=DownloadStatus.WAITING)
    # Increases each time that a process begins to write the file. An earlier process then stops.
    attempts = models.PositiveSmallIntegerField(default=0)
    # When the process that writes the file last reported progress.
    seen_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    file = models.FileField(storage=private_storage, upload_to=EXPORTS, max_length=200, blank=True)
    # The name under which the file is downloaded.
    file_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=DownloadStatus.values), name="download_status_valid"),
        ]

    def __str__(self):
        return str(self.key)

    @property
    def is_open(self) -> bool:
        """Whether the file is still to be written."""
        return self.status in {DownloadStatus.WAITING, DownloadStatus.RUNNING}

    @property
    def is_ready(self) -> bool:
        return self.status == DownloadStatus.READY
