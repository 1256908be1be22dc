"""The import of a guest list as a background task."""

from __future__ import annotations

import datetime

from django_tasks import task

from events.guest_lists import importer

# Lists with at most this many rows are imported within the request.
AT_ONCE = 20
# Rows per task. Other tasks run between two batches.
BATCH_SIZE = 50


@task()
def import_guest_list(guest_list_pk: int) -> None:
    """Import a list in batches until no rows are left."""
    if importer.import_rows(guest_list_pk, BATCH_SIZE):
        import_guest_list.enqueue(guest_list_pk)


def run(guest_list_pk: int) -> None:
    """Import the first rows of a list whose import has started, and enqueue the rest."""
    if importer.import_rows(guest_list_pk, AT_ONCE):
        import_guest_list.enqueue(guest_list_pk)


def continue_lost(now: datetime.datetime) -> int:
    """Enqueue the imports that were interrupted, and return how many."""
    pks = importer.lost_imports(now)
    for pk in pks:
        import_guest_list.enqueue(pk)
    return len(pks)
