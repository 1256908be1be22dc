class ContentExportError(Exception):
    """Raised when content cannot be exported or imported. Its text tells the operator why."""
