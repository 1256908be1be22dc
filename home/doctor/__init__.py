"""The checks of `manage.py doctor`: settings, data, files, processes and the public address, with remedies."""
