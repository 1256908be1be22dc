"""Uploads of editors: stores a new version and queues its validation."""

from __future__ import annotations

from functools import partial
from typing import Unpack

from django.db import transaction

from factsheets.models import FileVersion, Publication
from factsheets.tasks import validate_version
from factsheets.versions import VersionFields, store_version


def add_version(publication: Publication, **fields: Unpack[VersionFields]) -> FileVersion:
    """Store an upload and queue its validation after the commit.

    Visitors get the earlier version until the new one is accepted.
    """
    with transaction.atomic():
        version = store_version(publication, **fields)
        queue_validation(version)
    return version


def queue_validation(version: FileVersion) -> None:
    transaction.on_commit(partial(validate_version.enqueue, version.pk))
