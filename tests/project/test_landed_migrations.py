"""No migration is edited after it landed."""

import pytest

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
