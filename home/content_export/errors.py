class ContentExportError(Exception):
    """Content cannot be exported or imported. The text says why, for the operator."""
