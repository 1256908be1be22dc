"""Pages and rows for tests, made as the site itself makes them."""

from typing import TypeVar

from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def reload(row: Row) -> Row:
    """Return a new instance of `row`, read from the database."""
    return type(row)._default_manager.get(pk=row.pk)
