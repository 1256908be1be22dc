"""Check-in at the door: by ticket code or by name, with an account or with a door link.

The records of who was present are written by `events/registration/commands/check_in.py`.
"""
