"""The background task that updates translations. `manage.py tick` repeats it if it failed or was lost."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.utils import timezone
from django_tasks import task
from wagtail_localize.models import TranslationSource

from home.models import SyncFailure, SyncRequest
from home.translations.sync import synchronise

# A request that is older has lost its task: a process was killed.
LOST_AFTER = datetime.timedelta(minutes=5)
# How long to wait after the first, second ... attempt that failed; the last pause is repeated.
RETRY_PAUSES = [datetime.timedelta(minutes=minutes) for minutes in (5, 30, 120, 720, 1440)]


@task()
def synchronise_source(source_id: int) -> None:
    """Bring the translations of a source up to date, if that is still requested. Safe to run twice."""
    request = SyncRequest.objects.filter(source=source_id).select_related("source", "user").first()
    if request is None:
        return
    synchronise(request.source, request.user)
    # The source may have been published again meanwhile.
    SyncRequest.objects.filter(pk=request.pk, requested_at=request.requested_at).delete()


def request_sync(sources: Iterable[TranslationSource], user_id: int | None = None) -> None:
    """Request an update of the translations of `sources`, which a task runs after the commit."""
    now = timezone.now()
    rows = [SyncRequest(source=source, user_id=user_id, requested_at=now) for source in sources]
    SyncRequest.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["source"], update_fields=["requested_at", "user"]
    )
    for row in rows:
        # The immediate backend would run the task inside the transaction.
        transaction.on_commit(partial(synchronise_source.enqueue, row.source_id))


def requeue(now: datetime.datetime) -> int:
    """Enqueue updates that were requested and not done, and retry failed ones. Returns the number of sources."""
    failed = {
        failure.translation.source
        for failure in SyncFailure.objects.filter(translation__enabled=True).select_related("translation__source")
        if failure.failed_at + RETRY_PAUSES[min(failure.attempts, len(RETRY_PAUSES)) - 1] <= now
    }
    request_sync(failed)
    lost = list(
        SyncRequest.objects.filter(requested_at__lte=now - LOST_AFTER)
        .exclude(source__in=failed)
        .values_list("source_id", flat=True)
    )
    for source_id in lost:
        synchronise_source.enqueue(source_id)
    return len(failed) + len(lost)
