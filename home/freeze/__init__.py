"""Makes a copy of the public site as static files, for the time after the project: `manage.py freeze`."""
