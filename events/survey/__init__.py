"""The anonymous survey after an event: answering, inviting, results."""
