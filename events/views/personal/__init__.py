"""A participant's own registration, opened by the personal link of an email, without an account.

Anyone with the link may act as the participant. GET only shows and POST changes: programs that scan emails open every
link in them.
"""
