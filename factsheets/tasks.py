"""The checks of uploaded files as background tasks."""

from __future__ import annotations

import datetime

from django_tasks import task

from factsheets.models import FileVersion
from factsheets.validation.runner import check

# A check that has not ended by then has lost its task: a process was killed.
LOST_AFTER = datetime.timedelta(minutes=5)
# A check that fails again and again is left to the editors, whose screens say that it has not ended.
GIVEN_UP_AFTER = datetime.timedelta(days=1)


@task()
def check_version(version_pk: int) -> None:
    check(version_pk)


def requeue_checks(now: datetime.datetime) -> int:
    """Enqueue the checks whose task was lost, and return their number."""
    lost = FileVersion.objects.filter(
        state=FileVersion.State.WAITING,
        uploaded_at__lte=now - LOST_AFTER,
        uploaded_at__gt=now - GIVEN_UP_AFTER,
    )
    pks = list(lost.order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        check_version.enqueue(pk)
    return len(pks)
