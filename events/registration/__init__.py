"""The rules of registrations, as functions that do not depend on HTTP requests or templates.

`commands` holds the functions that change a registration, `queries` those that only read, `errors` what a command may
raise. Each command is one transaction that locks the event first. Mail is queued in the same transaction and sent after
the commit. `pyproject.toml` holds the order of imports.
"""
