"""Files that no web server hands out: only views do, after they asked who may have them."""

from django.core.files.storage import FileSystemStorage, Storage, storages


class PrivateFileSystemStorage(FileSystemStorage):
    """A folder outside of the media folder. Its files have no address."""

    def url(self, name: str | None) -> str:
        raise ValueError("Private files have no address: serve them from a view.")


def private_storage() -> Storage:
    """Return the storage `private` of the settings; a callable, so that migrations do not know where it is."""
    return storages["private"]
