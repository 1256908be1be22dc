"""Keeps facts true that follow from something else: the day of the first publication, the files of deleted versions."""

from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone
from wagtail.signals import page_published

from factsheets.library import forget_files
from factsheets.models import FactSheetPage, FileVersion, Publication


@receiver(page_published, sender=FactSheetPage)
def note_first_publication(instance, **kwargs):
    waiting = Publication.objects.filter(pk=instance.publication_id, first_published_on=None)
    waiting.update(first_published_on=timezone.localdate())


@receiver(post_delete, sender=FileVersion)
def delete_stored_files(instance, **kwargs):
    forget_files(instance)
