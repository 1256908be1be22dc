from django.db import migrations

# Wagtail's search on PostgreSQL compares the entries of its index with the primary keys of pages as texts. Without this
# index, each search reads all pages.
NAME = "home_page_keys_as_texts"


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX {NAME} ON wagtailcore_page ((id::varchar(50)))")


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {NAME}")


class Migration(migrations.Migration):

    dependencies = [
        ('home', '0027_text_about_accounts'),
    ]

    operations = [
        migrations.RunPython(add, remove),
    ]
