"""Databases of releases, for the tests that bring an old site up to date.

`python -m tests.releases NAME` writes the present one: the demo with some registrations, without what the site makes
again. Each release has one of SQLite and one of PostgreSQL. A file is made when a
release is published and is not changed afterwards.
"""
