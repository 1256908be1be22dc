"""Imports content from a ZIP file into an empty site."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, SuspiciousFileOperation, ValidationError
from django.core.files import File
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.core.serializers.python import Deserializer
from django.db import IntegrityError, connection, models, transaction
from wagtail.models import Collection, Locale, Page, PageLogEntry, Site

from home.content_export import archive
from home.content_export.archive import Content
from home.content_export.errors import ContentExportError
from home.content_export.references import References
from home.content_export.selection import STORAGES, Exported, exported
from home.http import page_cache
from home.permissions import set_up_groups
from home.site_context import SiteContext

# The errors that rows of a file raise if they contradict one another.
INCONSISTENT = (
    AttributeError,
    DeserializationError,
    FieldDoesNotExist,
    IntegrityError,
    LookupError,
    TypeError,
    ValidationError,
    ValueError,
)


def import_content(file: Path) -> Content:
    """Import `file` and return its content. Raises ContentExportError if that fails; the site is unchanged then.

    The site must be empty, except for what `setup_site` makes: the import replaces it. No signals are sent for the rows, so
    that nothing is announced, mailed or synchronised. The indexes are rebuilt at the end.
    """
    try:
        with file.open("rb") as stream:
            archive.refuse_large(stream)
        with zipfile.ZipFile(file) as source:
            content = archive.read(source)
            entries = exported()
            _check(content, entries)
            _import(source, content, entries)
    except (OSError, zipfile.BadZipFile) as error:
        raise ContentExportError(f"{file} cannot be read: {error}") from error
    call_command("rebuild_references_index", verbosity=0)
    call_command("update_index", verbosity=0)
    return content


def _check(content: Content, entries: list[Exported]) -> None:
    """Raise ContentExportError if the export does not fit the version of this site, or if the site has content."""
    here = archive.last_migrations({entry.model._meta.app_label for entry in entries})
    if different := sorted(app for app in {*here, *content.migrations} if here.get(app) != content.migrations.get(app)):
        raise ContentExportError(
            f"The export was made by another version of the site: the tables of {', '.join(different)} differ. Bring both "
            "sites to the same version."
        )
    if set(content.rows) != {entry.label for entry in entries}:
        raise ContentExportError("The export does not have the models of this site.")
    allowed = {code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES}
    if missing := sorted(set(content.languages) - allowed):
        raise ContentExportError(f"This site does not have the languages {', '.join(missing)}: add them to LANGUAGES.")
    if Site.objects.count() != 1 or not Site.objects.filter(is_default_site=True).exists():
        raise ContentExportError("Content can only be imported into a database with one site.")
    filled = [entry.label for entry in entries if not entry.is_made_by_setup and entry.queryset().exists()]
    if filled or Page.objects.filter(depth__gt=2).exists():
        raise ContentExportError(f"The site is not empty: it has {', '.join(filled) or 'pages'}.")


def _import(source: zipfile.ZipFile, content: Content, entries: list[Exported]) -> None:
    saved: list[tuple[str, str]] = []
    try:
        with transaction.atomic():
            _delete_setup(entries)
            _insert_all(content, entries)
            _point_site(content)
            _save_files(source, content, saved)
            set_up_groups(lambda line: None)
            page_cache.purge(is_withdrawal=True)
            transaction.on_commit(SiteContext.clear_cache)
    except BaseException as error:
        for alias, name in saved:
            storages[alias].delete(name)
        if isinstance(error, INCONSISTENT):
            raise ContentExportError(f"The rows of the export do not fit together: {error}") from error
        raise


def _delete_setup(entries: list[Exported]) -> None:
    """Delete the home pages and the other rows that `setup_site` made."""
    # Deleting the home page of a site also deletes the site, so the site gets another root page first.
    Site.objects.update(root_page=Page.get_first_root_node())
    pages = Page.objects.filter(depth__gt=1)
    PageLogEntry.objects.filter(page_id__in=list(pages.values_list("pk", flat=True))).delete()
    pages.delete()
    for entry in reversed(entries):
        if entry.is_made_by_setup and not issubclass(entry.model, Page):
            entry.queryset().delete()


def _insert_all(content: Content, entries: list[Exported]) -> None:
    for code in content.languages:
        Locale.objects.get_or_create(language_code=code)
    references = References()
    related: list[tuple[models.Model, str, list[Any]]] = []
    for entry in entries:
        rows = content.rows[entry.label]
        for row in rows:
            row["model"] = entry.label
            references.to_keys(entry, row["fields"])
        found = list(Deserializer(rows))
        if entry.prepare:
            for deserialized in found:
                entry.prepare(deserialized.object)
        _insert(entry.model, [deserialized.object for deserialized in found])
        related += [(row.object, name, keys) for row in found for name, keys in row.m2m_data.items() if keys]
    for instance, name, keys in related:
        getattr(instance, name).set(keys)
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [entry.model for entry in entries]):
            cursor.execute(statement)


def _insert(model: type[models.Model], instances: list[models.Model]) -> None:
    """Insert rows unchanged. `bulk_create` would change creation dates, and does not support the tables of page types."""
    fields = [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
    size = max(connection.ops.bulk_batch_size(fields, instances), 1)
    for first in range(0, len(instances), size):
        rows = instances[first : first + size]
        model._base_manager.all()._insert(rows, fields=fields, raw=True)  # type: ignore[attr-defined]  # private


def _point_site(content: Content) -> None:
    """Set the imported home page as the root page of the site, and check the trees. The site keeps its own address."""
    site = Site.objects.get()
    site.root_page_id = content.home_page
    site.site_name = content.site_name
    site.save()
    for tree in (Page, Collection):
        tree.fix_tree()
        if any(tree.find_problems()):
            raise ContentExportError("The tree of pages or collections in the export is damaged.")


def _save_files(source: zipfile.ZipFile, content: Content, saved: list[tuple[str, str]]) -> None:
    """Save each file in the storage that it came from. Adds (storage, name) to `saved`, to undo it after a failure."""
    for path in content.files:
        alias, _slash, name = path.removeprefix(archive.FILES).partition("/")
        if alias not in STORAGES:
            raise ContentExportError(f"There is no storage {alias}.")
        storage = storages[alias]
        try:
            if storage.exists(name):
                raise ContentExportError(f"There is a file {name} already. The folders of files must be empty.")
            with source.open(path) as file:
                saved.append((alias, storage.save(name, File(file, name))))
        except SuspiciousFileOperation as error:
            raise ContentExportError(f"{name} is no name of a stored file.") from error
