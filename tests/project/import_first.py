"""Import each module of the site's apps before all others: `python -m tests.project.import_first`.

A circle of imports works or fails with the module that comes first, and Django's start always begins with the same one.
Here Django starts without the models and the `ready()` of the site's apps, and each module is then imported in a child
of its own that has none of the others. Prints a JSON object: the error of each module that cannot be imported first.
"""

import gc
import importlib
import json
import os
import sys
import traceback
import warnings
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

import django
from django.apps import AppConfig
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
APPS = ("home", "events", "factsheets", "news")
# These run as programs: importing one starts it.
PROGRAMS = {"__main__"}


def modules() -> list[str]:
    """Return the names of all modules of the apps."""
    paths = [path.relative_to(ROOT).with_suffix("") for app in APPS for path in (ROOT / app).rglob("*.py")]
    names = {".".join(path.parts).removesuffix(".__init__") for path in paths if path.name not in PROGRAMS}
    return sorted(names)


def is_of_an_app(module: str) -> bool:
    return module.partition(".")[0] in APPS


class Bare(AppConfig):
    """An app of the site of which nothing is imported when Django starts."""

    def import_models(self) -> None:
        self.models = self.apps.all_models[self.label]

    def ready(self) -> None:
        pass


def start() -> None:
    """Start Django with the other packages' apps alone."""
    bare = [type(f"Bare{name.title()}", (Bare,), {"name": name, "__module__": __name__}) for name in APPS]
    globals().update({config.__name__: config for config in bare})
    names = {config.name: f"{__name__}.{config.__name__}" for config in bare}
    settings.INSTALLED_APPS = [names.get(name, name) for name in settings.INSTALLED_APPS]
    django.setup()


def unload() -> None:
    """Forget the modules that a setting names, which Django has imported: they hold no models."""
    for name in [name for name in sys.modules if is_of_an_app(name) and name not in APPS]:
        del sys.modules[name]


def import_first(name: str) -> tuple[str, str]:
    """Import a module in a child and return the end of the traceback, or an empty string."""
    try:
        importlib.import_module(name)
    except Exception:  # whatever it is, it is reported
        return name, "".join(traceback.format_exc().splitlines(keepends=True)[-6:])
    return name, ""


def other_packages(names: list[str]) -> list[str]:
    """Import modules in a child and return the modules of other packages that came with them."""
    for name in names:
        import_first(name)
    return [name for name in sys.modules if not is_of_an_app(name)]


def load_other_packages(names: list[str]) -> None:
    """Import what the modules need of other packages, so that each child need not do it again."""
    with get_context("fork").Pool(1) as pool:
        found = pool.apply(other_packages, [names])
    for name in found:
        with suppress(Exception):
            importlib.import_module(name)


def errors(names: Iterable[str]) -> dict[str, str]:
    """Import each module in a fork of this process."""
    with get_context("fork").Pool(os.cpu_count(), maxtasksperchild=1) as pool:
        return {name: error for name, error in pool.imap_unordered(import_first, names, chunksize=1) if error}


def main() -> None:
    # The name under which Django finds the configurations above.
    sys.modules.setdefault("tests.project.import_first", sys.modules[__name__])
    start()
    unload()
    names = modules()
    load_other_packages(names)
    gc.freeze()
    print(json.dumps(errors(names)))  # noqa: T201


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
