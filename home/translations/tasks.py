"""The synchronisation as a task: at once in the process, or in a worker where the settings name one."""

from django.contrib.auth import get_user_model
from django_tasks import task
from wagtail_localize.models import TranslationSource

from home.translations.sync import synchronise


@task()
def synchronise_task(source_id: int, user_id: int | None = None) -> int:
    """Bring the translations of a source up to date and return how many could not be; 0 for a source that is gone."""
    source = TranslationSource.objects.filter(pk=source_id).first()
    if source is None:
        return 0
    user = get_user_model().objects.filter(pk=user_id).first() if user_id else None
    return len(synchronise(source, user))
