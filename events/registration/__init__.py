"""The decisions about registrations: plain functions without requests or HTML.

`commands` holds what changes something, `queries` what is only read, `errors` what may be refused. Each command is one
transaction that locks the event first; what it causes (mail) is written in the same transaction and happens after it.
"""
