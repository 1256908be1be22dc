"""Import each module of the site's apps before all others: `python -m tests.project.import_first`.

A circle of imports works or fails with the module that comes first, and Django's start always begins with the same one.
Here Django starts without the models and the `ready()` of the site's apps, and each module is then imported in a child
that has none of the others. Prints a JSON object: the error of each module that cannot be imported first.

Modules whose first import is the same one share it. Importing A, which begins with `import B`, leads to the same state
as importing B and then A, unless B itself imports A. So A is imported in a fork of the child that has imported B alone,
and if B has imported A, in a child that has neither.
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
# These run as programs: importing one starts it.
PROGRAMS = {"__main__"}
FORK = get_context("fork")


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
    with FORK.Pool(1) as pool:
        found = pool.apply(other_packages, [names])
    for name in found:
        with suppress(Exception):
            importlib.import_module(name)


def source(name: str) -> Path:
    path = ROOT.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def first_import(name: str, names: set[str]) -> str:
    """Return the module of the apps that a module imports before all else, or an empty string if that is not certain.

    A module's package is imported before the module. Packages that are empty do not count.
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
        """Import each module in a child of its own and, with `follow`, the modules that begin with its import."""
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
            # A package imports its own modules whichever of them comes first, so these are not in a circle.
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
