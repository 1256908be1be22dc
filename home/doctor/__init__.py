"""What `manage.py doctor` checks: settings, data, files, processes and the public address, each with a remedy."""
