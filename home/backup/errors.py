class BackupError(Exception):
    """A backup cannot be made, read or restored. The text says why, for the operator, without personal data."""
