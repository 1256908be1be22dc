"""Checks structured data against the vocabulary of schema.org: types, their properties, and the types of values."""

import datetime
from typing import Any
from urllib.parse import urlsplit

from tests.home.schema_org import MEMBERS, PROPERTIES, TYPES

ROOT = "https://schema.org/"


def problems(graph: dict[str, Any]) -> list[str]:
    """Return what is wrong with a graph. References must lead to nodes of the graph, or to addresses of other pages."""
    nodes = {node["@id"]: node for node in _nodes(graph["@graph"]) if "@type" in node and "@id" in node}
    return [problem for node in graph["@graph"] for problem in _of_node(node, nodes)]


def _nodes(value: Any):
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from _nodes(part)


def above(kind: str) -> set[str]:
    """Return a type and the types above it."""
    return {kind}.union(*(above(parent) for parent in TYPES[kind]))


def _of_node(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> list[str]:
    kind = node.get("@type")
    if kind not in TYPES:
        return [f"{kind} is not a type"]
    found = []
    for name, value in node.items():
        if name.startswith("@"):
            continue
        domain, types = PROPERTIES.get(name, ([], []))
        if not above(kind) & set(domain):
            found.append(f"{kind} has no property {name}")
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and "@type" in part:
                found += _of_node(part, nodes)
            if not _fits(part, types, nodes):
                found.append(f"{kind}.{name} must be one of {types}: {part}")
    return found


def _fits(value: Any, types: list[str], nodes: dict[str, dict[str, Any]]) -> bool:
    if isinstance(value, dict):
        kind = value.get("@type") or nodes.get(value.get("@id", ""), {}).get("@type")
        return kind in TYPES and bool(above(kind) & set(types))
    if isinstance(value, bool):
        return "Boolean" in types
    if isinstance(value, int | float):
        return bool({"Number", "Integer", "Distance", "QuantitativeValue"} & set(types))
    members = [name for kind in types for name in MEMBERS.get(kind, [])]
    if members:
        return value.startswith(ROOT) and value.removeprefix(ROOT) in members
    if "Text" in types:
        return True
    if {"Date", "DateTime"} & set(types):
        return _is_date(value)
    # The address of a thing may stand for it.
    return urlsplit(value).scheme in {"http", "https"}


def _is_date(value: str) -> bool:
    try:
        datetime.datetime.fromisoformat(value)
    except ValueError:
        # A year alone is a date of ISO 8601.
        return len(value) == 4 and value.isdigit()
    return True
