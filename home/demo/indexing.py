"""Defers indexing while the demo is loaded, and indexes everything once at the end.

Wagtail indexes an object at each save, and a translation is saved several times before it is published. Indexing took
a third of the loading time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db.models.signals import post_save
from modelsearch import index, signal_handlers
from wagtail.models import ReferenceIndex, TranslatableMixin
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.signals import page_published

from home.http import page_cache
from home.signals import page_was_published


@contextmanager
def indexing_deferred() -> Iterator[None]:
    for model in index.get_indexed_models():
        post_save.disconnect(signal_handlers.post_save_signal_handler, sender=model)
    page_published.disconnect(page_was_published)
    try:
        with disable_reference_index_auto_update():
            yield
    finally:
        signal_handlers.register_signal_handlers()
        page_published.connect(page_was_published)
        page_cache.purge()


def index_all(instances: Iterable[TranslatableMixin]) -> None:
    """Add the instances and their translations to the search index and the reference index."""
    for source in instances:
        for instance in source.get_translations(inclusive=True):
            found = getattr(instance, "specific", instance)
            if isinstance(found, index.Indexed):
                index.insert_or_update_object(found)
            ReferenceIndex.create_or_update_for_object(found)
