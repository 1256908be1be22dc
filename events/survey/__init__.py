"""The anonymous survey after an event: answers, invitations and results."""
