"""Backups of a whole site in one encrypted file, and restoring them: `manage.py backup` and `manage.py restore`."""
