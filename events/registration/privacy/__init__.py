"""Data protection: erasure on request, retention periods, and a participant's own data."""
