"""Keeps facts true that follow from something else: the day of the first publication, the files of deleted versions."""

from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.signals import page_published

from factsheets.models import FactSheetPage, FileVersion, Publication, PublicationFile
from factsheets.versions import forget_files
from home.http import page_cache


@receiver(page_published, sender=FactSheetPage)
def note_first_publication(instance, **kwargs):
    waiting = Publication.objects.filter(pk=instance.publication_id, first_published_on=None)
    waiting.update(first_published_on=timezone.localdate())


@receiver(post_delete, sender=FileVersion)
def delete_stored_files(instance, **kwargs):
    forget_files(instance)


@receiver(m2m_changed, sender=Publication.topics.through)
@receiver(m2m_changed, sender=Publication.target_groups.through)
@receiver([post_save, post_delete], sender=Publication)
@receiver([post_save, post_delete], sender=PublicationFile)
@receiver([post_save, post_delete], sender=FileVersion)
def forget_answers(**kwargs):
    """Pages show these rows, and the list of them does: none of them is a page's own."""
    page_cache.purge()
