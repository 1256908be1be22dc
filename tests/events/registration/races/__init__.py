"""Race tests with a live server: gunicorn with four processes on a real database, and many clients at once."""
