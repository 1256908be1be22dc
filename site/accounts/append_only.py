"""Triggers that make the record of access append-only in the database.

Entries cannot be changed, and entries of the last 30 days cannot be deleted. An administrator of the database can still drop
the triggers.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MINIMUM_DAYS = 30
TABLE = "accounts_accessrecord"
MESSAGE = "the record of access is append-only"

SQLITE = (
    f"""
    CREATE TRIGGER IF NOT EXISTS access_record_no_update BEFORE UPDATE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END
    """,
    f"""
    CREATE TRIGGER IF NOT EXISTS access_record_no_delete BEFORE DELETE ON {TABLE}
    WHEN OLD.at > datetime('now', '-{MINIMUM_DAYS} days')
    BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END
    """,
)
POSTGRESQL = (
    f"""
    CREATE OR REPLACE FUNCTION access_record_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$
    """,
    f"""
    CREATE OR REPLACE TRIGGER access_record_no_update BEFORE UPDATE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION access_record_refuse()
    """,
    f"""
    CREATE OR REPLACE TRIGGER access_record_no_delete BEFORE DELETE ON {TABLE}
    FOR EACH ROW WHEN (OLD.at > now() - interval '{MINIMUM_DAYS} days') EXECUTE FUNCTION access_record_refuse()
    """,
)
TRIGGERS = ("access_record_no_update", "access_record_no_delete")


def install(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in POSTGRESQL if connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    suffix = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for trigger in TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}{suffix}")


def install_in_migration(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    install(schema_editor.connection)


def remove_in_migration(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    remove(schema_editor.connection)
