"""Certificates of attendance: who gets one, what it states, issuing, revoking and verifying."""
