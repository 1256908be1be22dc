from django.db.models.signals import pre_save
from django.dispatch import receiver
from django_tasks_db.models import DBTaskResult


@receiver(pre_save, sender=DBTaskResult, dispatch_uid="drop-traceback")
def drop_traceback(instance, **kwargs):
    """Store the class of an error alone: its text may hold personal data. The worker's log has it, masked."""
    instance.traceback = ""
