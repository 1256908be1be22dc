"""Finds modules that several apps have under the same name, such as `scheduled_jobs`."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from django.apps import apps
from django.utils.module_loading import module_has_submodule


def app_modules(name: str) -> list[ModuleType]:
    """Return the module of this name of each app that has one, in the order of INSTALLED_APPS."""
    return [
        import_module(f"{config.name}.{name}")
        for config in apps.get_app_configs()
        if config.module and module_has_submodule(config.module, name)
    ]
