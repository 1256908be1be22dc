class BackupError(Exception):
    """Raised when a backup cannot be created, read or restored. Its text tells the operator why, without personal data."""
