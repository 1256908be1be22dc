"""Checks of folders and files: cache, uploads, static files, catalogues, space on the disk."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages
from redis.exceptions import RedisError

from home.doctor.results import Result, error, warning

MEGABYTE = 1024 * 1024
# With less free space or fewer free files, a large upload or a backup may fail.
FREE_SPACE_ERROR = 200 * MEGABYTE
FREE_SPACE_WARNING = 2048 * MEGABYTE
FREE_FILES = 10_000
# Seconds that a compiled catalogue may be older than its source: a Git checkout writes both in any order.
CATALOGUE_TOLERANCE = 5


def cache() -> Iterator[Result]:
    for name in settings.CACHES:
        key, value = f"doctor-{token_hex(8)}", token_hex(8)
        caches[name].set(key, value, 60)
        if caches[name].get(key) == value:
            caches[name].delete(key)
            yield from _eviction(name)
            continue
        yield error(
            f"The cache {name!r} does not keep what is written: the site works, but slowly.",
            "With REDIS_URL, start Redis, compare the address, and see whether its memory is full; otherwise DATA_DIR/cache "
            "must belong to the user of the site, with space on its disk.",
        )


def _eviction(name: str) -> Iterator[Result]:
    if not isinstance(caches[name], RedisCache) or name != "default":
        return
    try:
        client = caches[name]._cache.get_client()  # type: ignore[attr-defined]  # of Django's Redis cache alone
        limits = client.config_get("maxmemory*")
    except (RedisError, OSError):
        # Hosted Redis services often refuse this command.
        return
    if limits.get("maxmemory") != "0" and limits.get("maxmemory-policy") == "noeviction":
        yield warning(
            "Redis refuses new entries when its memory is full (maxmemory-policy noeviction).",
            "Set maxmemory-policy allkeys-lru in the configuration of Redis.",
        )


def storage() -> Iterator[Result]:
    """Write, read and delete a test file in each storage."""
    for label, alias, folder in [
        ("uploads", "default", ""),
        ("media", "default", "images/"),
        ("private", "private", ""),
    ]:
        try:
            _write_and_read(storages[alias], folder)
        except Exception as failure:  # each storage has its own
            yield error(
                f"Files of the kind {label!r} cannot be written ({type(failure).__name__}).",
                _remedy(storages[alias], folder),
            )


def _write_and_read(store: Storage, folder: str) -> None:
    content = token_hex(8).encode()
    name = store.save(f"{folder}doctor-{token_hex(8)}.txt", ContentFile(content))
    try:
        with store.open(name) as file:
            if file.read() != content:
                raise OSError("other content")
    finally:
        store.delete(name)


def _remedy(store: Storage, folder: str) -> str:
    if isinstance(store, FileSystemStorage):
        place = store.path(folder + "x").rpartition("/")[0]
        return f"The folder {place} must exist, belong to the user of the site and have space."
    return (
        "Compare S3_ENDPOINT_URL, the names of the buckets and the key with those of the S3 server. The key must be "
        "allowed to list, read, write and delete in both buckets."
    )


def permissions() -> Iterator[Result]:
    """Check who may read the private files, and whether this command runs as the user of the site."""
    private = storages["private"]
    if not isinstance(private, FileSystemStorage):
        return
    folder = Path(private.location)
    media = Path(settings.MEDIA_ROOT).resolve()
    for store in (private, storages["default"]):
        if isinstance(store, FileSystemStorage) and media in [
            Path(store.location).resolve(),
            *Path(store.location).resolve().parents,
        ]:
            yield error(
                f"{store.location} is inside {media}, which the web server shows to everyone.",
                "Leave the folders of DATA_DIR as they are: media, uploads and private side by side.",
            )
    if folder.is_dir() and folder.stat().st_mode & (stat.S_IROTH | stat.S_IXOTH):
        yield error(
            f"Every account of this machine may read {folder}, which holds private files.",
            f"Run chmod -R go-rwx {folder}.",
        )
    data = Path(settings.DATA_DIR)
    others = sorted(
        entry.name for entry in [data, *data.iterdir()] if data.is_dir() and entry.stat().st_uid != os.geteuid()
    )
    if others:
        yield warning(
            f"This command runs as another user than the owner of {', '.join(others)} in {data.parent}.",
            "Run manage.py as the user of the site (sudo -u USER), and give it the folder: chown -R USER DATA_DIR.",
        )


def static_files() -> Iterator[Result]:
    remedy = "Run manage.py collectstatic --noinput and restart the site."
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        return
    # Read the manifest again, because it may have been written after this process started.
    manifest = type(staticfiles_storage)().hashed_files
    if not manifest:
        yield error("There are no collected static files: every page answers 500.", remedy)
        return
    found = [path for finder in get_finders() for path, _storage in finder.list(["CVS", ".*", "*~"])]
    missing = sorted(set(found) - set(manifest))
    if missing:
        yield error(f"{len(missing)} static files are not collected, such as {missing[0]}.", remedy)
    lost = [name for name in manifest.values() if not staticfiles_storage.exists(name)]
    if lost:
        yield error(f"{len(lost)} collected static files are gone, such as {lost[0]}.", remedy)


def catalogues() -> Iterator[Result]:
    for source in sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        language = source.parts[-3]
        if not compiled.is_file():
            yield error(
                f"The translations into {language!r} are not compiled: its interface is in English.",
                "Run manage.py compile_catalogues and restart the site.",
            )
        elif compiled.stat().st_mtime + CATALOGUE_TOLERANCE < source.stat().st_mtime:
            yield warning(
                f"The compiled translations into {language!r} are older than their source.",
                "Run manage.py compile_catalogues and restart the site.",
            )


def disk() -> Iterator[Result]:
    for folder in {Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT)}:
        if not folder.is_dir():
            continue
        free = shutil.disk_usage(folder).free
        if free < FREE_SPACE_WARNING:
            make = error if free < FREE_SPACE_ERROR else warning
            yield make(
                f"The disk of {folder} has {free // MEGABYTE} MB of free space.",
                "Make space: old backups and logs first. The cache folder may be emptied at any time.",
            )
        inodes = os.statvfs(folder)
        # Some file systems have no fixed number of files; they report 0.
        if inodes.f_files and inodes.f_favail < FREE_FILES:
            yield error(
                f"The disk of {folder} can hold only {inodes.f_favail} more files.",
                "Delete files, or make a new file system.",
            )
