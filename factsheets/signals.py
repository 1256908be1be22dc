"""Sets the day of first publication, deletes the files of deleted versions, and purges cached pages."""

from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.signals import page_published

from factsheets import versions
from factsheets.models import FactSheetPage, FileVersion, Publication, PublicationFile
from home.http import page_cache


@receiver(page_published, sender=FactSheetPage)
def set_first_publication_date(instance, **kwargs):
    undated = Publication.objects.filter(pk=instance.publication_id, first_published_on=None)
    if undated.update(first_published_on=timezone.localdate()):
        # Outside a transaction, publishing has already purged the cache before the day was stored.
        page_cache.purge()


@receiver(post_delete, sender=FileVersion)
def delete_stored_files(instance, **kwargs):
    versions.delete_stored_files(instance)


@receiver(m2m_changed, sender=Publication.topics.through)
@receiver(m2m_changed, sender=Publication.target_groups.through)
@receiver([post_save, post_delete], sender=Publication)
@receiver([post_save, post_delete], sender=PublicationFile)
@receiver([post_save, post_delete], sender=FileVersion)
def purge_page_cache(**kwargs):
    """Purge the page cache.

    Pages and lists show these rows, but saving a row saves no page, which would purge the cache.
    """
    page_cache.purge()
