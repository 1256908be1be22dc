"""Selects the models and fields that belong to the content of a site."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.storage import Storage, storages
from django.db import models

from home.app_modules import app_modules

# The storages whose files are exported. The import saves each file in the same storage.
STORAGES = ("default", "private")


@dataclass(frozen=True)
class Exported:
    """A model whose rows are exported.

    `without`: names of fields to leave out; imported rows get the default values. Fields that refer to accounts are always
    left out. `rows`: filters the rows. `files`: returns the names of private files that a row has outside of its file
    fields. `prepare`: changes an object before it is imported. `is_made_by_setup`: an empty site has rows of this model, and
    the import replaces them.
    """

    label: str
    without: tuple[str, ...] = ()
    rows: Callable[[models.QuerySet], models.QuerySet] | None = None
    files: Callable[[Any], Iterable[str]] | None = None
    prepare: Callable[[Any], None] | None = None
    is_made_by_setup: bool = False

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    def queryset(self) -> models.QuerySet:
        found = self.model._base_manager.order_by("pk")
        return self.rows(found) if self.rows else found

    def field_names(self) -> list[str]:
        """Return the names of the exported fields, apart from the primary key."""
        options = self.model._meta
        fields = [*options.local_fields, *options.local_many_to_many]
        return [
            field.name
            for field in fields
            if field.serialize  # type: ignore[attr-defined]  # the stubs do not have it
            and field.name not in self.without
            and not refers_to_account(field)
        ]

    def stored_files(self, row: models.Model) -> Iterable[tuple[str, str]]:
        """Yield (storage, name) for each file of a row."""
        for field in self.model._meta.local_fields:
            if isinstance(field, models.FileField) and (value := getattr(row, field.name)):
                yield alias_of(field.storage), value.name
        for name in self.files(row) if self.files else ():
            yield "private", name


def refers_to_account(field: models.Field) -> bool:
    return field.remote_field is not None and field.related_model is get_user_model()


def alias_of(storage: Storage) -> str:
    return next(alias for alias in STORAGES if storages[alias] == storage)


def exported() -> list[Exported]:
    """Return the exported models of all apps, in the order in which they are imported."""
    return [entry for module in app_modules("exported_content") for entry in module.MODELS]
