"""Import each module of the site's apps before any other: `python -m tests.project.import_first`.

Whether a circular import fails depends on which module is imported first, and Django always starts with the same one.
Here Django starts without the models and the `ready()` of the site's apps, and each module is then imported in a child
process that has imported no other. Prints a JSON object with the error of each module that cannot be imported first.

Modules with the same first import share it. If A starts with `import B`, importing A has the same effect as importing B
and then A, unless B itself imports A. So A is imported in a fork of the child process that has imported only B, or, if B
imports A, in a child process that has imported neither.
"""

import ast
import gc
import importlib
import json
import os
import sys
import traceback
import warnings
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import django
from django.apps import AppConfig
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
APPS = ("home", "accounts", "events", "factsheets", "news")
# `accounts` is in the folder `site`, which is on the path of imports.
FOLDERS = {"accounts": ROOT / "site"}
# Importing these runs a program.
PROGRAMS = {"__main__"}
FORK = get_context("fork")


def modules() -> list[str]:
    """Return the names of all modules of the apps."""
    roots = {app: FOLDERS.get(app, ROOT) for app in APPS}
    files = [(path, root) for app, root in roots.items() for path in (root / app).rglob("*.py")]
    paths = [path.relative_to(root).with_suffix("") for path, root in files]
    names = {".".join(path.parts).removesuffix(".__init__") for path in paths if path.name not in PROGRAMS}
    return sorted(names)


def is_of_an_app(module: str) -> bool:
    return module.partition(".")[0] in APPS


class EmptyAppConfig(AppConfig):
    """An app of the site without its models and `ready()`, so that Django imports none of its modules."""

    def import_models(self) -> None:
        self.models = self.apps.all_models[self.label]

    def ready(self) -> None:
        pass


def start() -> None:
    """Start Django with the apps of other packages and empty apps of the site."""
    configs = [type(f"Empty{name.title()}", (EmptyAppConfig,), {"name": name, "__module__": __name__}) for name in APPS]
    globals().update({config.__name__: config for config in configs})
    names = {config.name: f"{__name__}.{config.__name__}" for config in configs}
    settings.INSTALLED_APPS = [names.get(name, name) for name in settings.INSTALLED_APPS]
    # Wagtail needs its model of images at the start, and the site's own one is not imported yet.
    settings.WAGTAILIMAGES_IMAGE_MODEL = "wagtailimages.Image"
    django.setup()


def unload() -> None:
    """Remove the modules of the site that Django imported because a setting names them. They contain no models."""
    for name in [name for name in sys.modules if is_of_an_app(name) and name not in APPS]:
        del sys.modules[name]


def import_first(name: str) -> tuple[str, str]:
    """Import a module in a child process and return its name and the end of the traceback, or an empty string."""
    try:
        importlib.import_module(name)
    except Exception:  # every error is reported
        return name, "".join(traceback.format_exc().splitlines(keepends=True)[-6:])
    return name, ""


def other_packages(names: list[str]) -> list[str]:
    """Import modules in a child process and return the modules of other packages that they import."""
    for name in names:
        import_first(name)
    return [name for name in sys.modules if not is_of_an_app(name)]


def load_other_packages(names: list[str]) -> None:
    """Import the modules of other packages that the site uses, so that child processes do not import them again."""
    with FORK.Pool(1) as pool:
        found = pool.apply(other_packages, [names])
    for name in found:
        with suppress(Exception):
            importlib.import_module(name)


def source(name: str) -> Path:
    path = FOLDERS.get(name.partition(".")[0], ROOT).joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def first_import(name: str, names: set[str]) -> str:
    """Return the module of the apps that a module imports first, or an empty string if that is not certain.

    The package of a module is imported before the module. Empty packages are ignored.
    """
    package = name.rpartition(".")[0]
    while package:
        if source(package).read_text().strip():
            return package
        package = package.rpartition(".")[0]
    for node in ast.parse(source(name).read_text()).body:
        found = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names if is_of_an_app(alias.name)]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                return ""
            if is_of_an_app(module):
                member = f"{module}.{node.names[0].name}"
                found = [member if member in names else module]
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            return ""
        if found:
            return found[0] if found[0] != name and found[0] in names else ""
    return ""


class Run:
    """Imports modules in forks of this process, one per processor at a time, and collects their errors."""

    def __init__(self, followers: dict[str, list[str]], file: IO[str]) -> None:
        self.followers = followers
        self.file = file
        self.slots = FORK.BoundedSemaphore(os.cpu_count() or 1)

    def import_each(self, names: Iterable[str], *, follow: bool) -> None:
        """Import each module in its own child process and, with `follow`, the modules whose first import it is."""
        children: list[BaseProcess] = []
        for name in names:
            children = [child for child in children if child.is_alive()]
            if len(children) > 1:
                children.pop(0).join()
            children.append(FORK.Process(target=self.import_one, args=(name, follow)))
            children[-1].start()
        for child in children:
            child.join()

    def import_one(self, name: str, follow: bool) -> None:
        with self.slots:
            line = json.dumps(import_first(name))
        os.write(self.file.fileno(), f"{line}\n".encode())
        if follow:
            # A package imports its own modules in the same order whichever is imported first, so these are skipped above.
            followers = self.followers.get(name, [])
            self.import_each(
                [other for other in followers if other not in sys.modules or other.startswith(f"{name}.")], follow=True
            )

    def results(self) -> dict[str, str]:
        return dict(json.loads(line) for line in Path(self.file.name).read_text().splitlines())


def errors(names: list[str]) -> dict[str, str]:
    """Import each module first and return the errors by module."""
    followers = defaultdict(list)
    for name in names:
        followers[first_import(name, set(names))].append(name)
    with NamedTemporaryFile("a") as file:
        run = Run(followers, file)
        run.import_each(followers[""], follow=True)
        run.import_each(sorted(set(names) - set(run.results())), follow=False)
        found = dict.fromkeys(names, "The process ended without a result.") | run.results()
    return {name: error for name, error in found.items() if error}


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
