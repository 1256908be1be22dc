"""Sent for the record of access, which is in another app."""

from django.dispatch import Signal

# Someone is shown enquiries with the names and addresses of their senders. Arguments: `request`, and `detail`, which
# contains no personal data.
enquiries_shown = Signal()
