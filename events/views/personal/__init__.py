"""A participant's own registration, opened with the personal link from an email, without an account.

Anyone with the link may act as the participant. GET only shows data and POST changes them, because programs that scan
emails open every link in them.
"""
