"""Creates and restores backups: one encrypted file for a whole site (`manage.py backup` and `manage.py restore`)."""
