"""Computes a digest of the code, templates, catalogues and settings that a process runs."""

from __future__ import annotations

import datetime
import hashlib
import json
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.template import engines

SUFFIXES = {".py", ".html", ".txt", ".json", ".svg"}


@cache
def release() -> str:
    """Return a digest that is the same in all processes with the same code, templates, catalogues and settings.

    The keys of the page cache contain it, so that after an update no process serves a response of the earlier release. It
    does not depend on the folders of the site and its data, because machines that share a cache may have different ones. The
    files are read once, at the first request of a process.
    """
    digest = hashlib.sha256()
    for name, path in sorted({(_without_folders(str(path)), path) for path in _files()}):
        digest.update(name.encode())
        digest.update(path.read_bytes())
    values = {name: _plain(getattr(settings, name)) for name in dir(settings) if name.isupper()}
    digest.update(_without_folders(json.dumps(values, sort_keys=True)).encode())
    return digest.hexdigest()[:16]


def _without_folders(text: str) -> str:
    """Return the text without the site's and the data folder of this machine. One of them may contain the other."""
    folders = {str(settings.BASE_DIR), str(settings.DATA_DIR)}
    for folder in sorted(folders, key=len, reverse=True):
        text = text.replace(folder, "")
    return text


def _files() -> list[Path]:
    # The lock file stands for the installed packages.
    found = [Path(settings.BASE_DIR) / "requirements.txt", Path(settings.STATIC_ROOT) / "staticfiles.json"]
    own = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).is_relative_to(settings.BASE_DIR)]
    folders = [path for path in own if "site-packages" not in path.parts]
    folders += [Path(folder) for engine in engines.all() for folder in engine.dirs]
    folders += [Path(settings.SITE_DIR) / "config"]
    found += [path for folder in folders for path in folder.rglob("*") if path.suffix in SUFFIXES]
    found += [path for folder in settings.LOCALE_PATHS for path in Path(folder).rglob("*.mo")]
    return [path for path in found if path.is_file()]


def _plain(value: object) -> object:
    """Return the value in a form with the same JSON in every process; None for functions and other objects."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, Path | datetime.timedelta):
        return str(value)
    return None
