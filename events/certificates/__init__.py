"""Certificates of attendance: the rule for who gets one, their content, issuing, revoking and verifying."""
