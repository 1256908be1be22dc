from django.db.models.signals import pre_save
from django.dispatch import receiver
from django_tasks.signals import task_enqueued, task_finished, task_started
from django_tasks_db.models import DBTaskResult

from home.tasks import log

task_enqueued.connect(log.task_is_enqueued, dispatch_uid="log-enqueued")
task_started.connect(log.task_begins, dispatch_uid="log-begin")
task_finished.connect(log.task_ends, dispatch_uid="log-end")


@receiver(pre_save, sender=DBTaskResult, dispatch_uid="drop-traceback")
def drop_traceback(instance, **kwargs):
    """Store only the class of an error: its text may contain personal data. The worker's log contains it, masked."""
    instance.traceback = ""
