"""Background tasks that validate uploaded files."""

from __future__ import annotations

import datetime

from django_tasks import task

from factsheets import versions
from factsheets.models import FileVersion

# If a validation has not ended by then, its process was killed.
LOST_AFTER = datetime.timedelta(minutes=5)
# A validation that fails again and again is not repeated after this time. Screens show editors that it has not ended.
GIVEN_UP_AFTER = datetime.timedelta(days=1)


@task()
def validate_version(version_pk: int) -> None:
    versions.validate_version(version_pk)


def requeue_lost(now: datetime.datetime) -> int:
    """Enqueue the validations whose task was lost, and return how many."""
    lost = FileVersion.objects.filter(
        status=FileVersion.Status.PENDING,
        uploaded_at__lte=now - LOST_AFTER,
        uploaded_at__gt=now - GIVEN_UP_AFTER,
    )
    pks = list(lost.order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        validate_version.enqueue(pk)
    return len(pks)
