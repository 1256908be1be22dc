"""No migration is edited after it landed."""

import pytest
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader

from tests.project.landed_migrations import migrations, recorded

pytestmark = pytest.mark.any_database

REMEDY = "Restore the file and correct it by a further migration."


def test_recorded_migrations_are_unchanged():
    found = migrations()
    changed = [path for path, digest in recorded().items() if found.get(path) != digest]
    assert changed == [], REMEDY


def test_migrations_before_a_recorded_one_are_recorded():
    """`python -m tests.project.landed_migrations --record` adds new ones, at the latest with a release."""
    known = recorded()
    last = {path.rpartition("/")[0]: path for path in sorted(known)}
    assert last
    assert [path for path in migrations() if path not in known and path < last.get(path.rpartition("/")[0], "")] == []


@pytest.mark.django_db  # Migrations of wagtail-localize read the database when they are imported.
def test_squashed_migrations_make_the_same_models(settings):
    """A new database takes the squashed migrations, an older one those that they replace: both end with the same models."""
    settings.MIGRATION_MODULES = {}  # pytest-django hides the migrations on SQLite.
    squashed, one_by_one = (MigrationLoader(None, replace_migrations=replace) for replace in (True, False))
    own = {path.split("/")[-3] for path in migrations()}
    replacements = {key: migration for key, migration in squashed.replacements.items() if key[0] in own}
    before = one_by_one.project_state([migration.replaces[-1] for migration in replacements.values()])
    after = squashed.project_state(list(replacements))
    for old, new in ((before, after), (after, before)):
        assert own <= {app for app, _model in new.models}
        assert own.isdisjoint(MigrationAutodetector(old, new)._detect_changes())
