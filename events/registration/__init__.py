"""The rules of registrations, as functions that do not depend on HTTP requests or templates.

`commands` has the functions that change a registration, `queries` those that only read, and `errors` the exceptions of
commands. Each command is one transaction that locks the event first. Email is queued in the same transaction and sent
after the commit. `pyproject.toml` has the permitted imports.
"""
