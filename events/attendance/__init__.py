"""Check-in at the door: by ticket code or by name, with an account or with a door link.

`events/registration/commands/check_in.py` writes the records of who was present.
"""
