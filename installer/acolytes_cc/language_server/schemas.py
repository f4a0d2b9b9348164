"""What the JSON Schemas say about a place in a document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.language_server.place import Path, Step
from acolytes_cc.resources import data_path

Node = Mapping[str, Any]
"""A schema, and in it what stands for an object of the document."""

_HOOKS = "hooks"
_SCHEMAS: Mapping[Kind, str] = {
    "agent": "agent-frontmatter",
    "plugin-agent": "agent-frontmatter",
    "skill": "skill-frontmatter",
    "command": "skill-frontmatter",
    "settings": "settings",
    "hooks": _HOOKS,
    "plugin": "plugin",
    "marketplace": "marketplace",
    "mcp": "mcp",
    "keybindings": "keybindings",
}


def nodes_at(kind: Kind, path: Path) -> list[Node]:
    """Return the schemas for a place, one for each form that it may have; none where anything may stand."""
    name = _SCHEMAS.get(kind)
    if kind == "settings" and path[:1] == (_HOOKS,):
        name = _HOOKS  # the schema of settings leaves them open, for the client reads them one by one
    root = _schema(name) if name else {}
    nodes = list(_forms(root, root))
    for step in path:
        nodes = [form for node in nodes for inner in _inner(node, step) for form in _forms(inner, root)]
    return nodes


def keys_of(nodes: list[Node]) -> dict[str, list[Node]]:
    """Return the keys of a map, each with the schemas of its value."""
    keys: dict[str, list[Node]] = {}
    for node in nodes:
        for key, schema in node.get("properties", {}).items():
            keys.setdefault(key, []).append(schema)
        for key in node.get("propertyNames", {}).get("enum", ()):
            keys.setdefault(key, [])
    return keys


def values_of(nodes: list[Node]) -> list[Any]:
    """Return the values that a place is limited to, as far as they can be listed."""
    values: list[Any] = []
    for node in nodes:
        values += node.get("enum", [node["const"]] if "const" in node else [])
        if "boolean" in _types(node):
            values += [True, False]
    return [value for number, value in enumerate(values) if value not in values[:number]]


def described(nodes: list[Node]) -> str:
    """Return what a key means: its description, and the values that it takes."""
    texts = [str(node["description"]) for node in nodes if "description" in node][:1]
    values = [one if isinstance(one, str) else json.dumps(one) for one in values_of(nodes) if one not in ("", None)]
    types = dict.fromkeys(kind for node in nodes for kind in _types(node) if kind != "null")
    if values and not set(types) - {"string", "boolean"}:
        texts.append(f"Values: {', '.join(f'`{value}`' for value in values)}.")
    elif types:
        texts.append(f"Type: {' or '.join(types)}.")
    return " ".join(texts)


def all_forms(kind: Kind, path: Path) -> list[Node]:
    """Return the schemas for the value at a path, with the ones that only describe it."""
    parents = nodes_at(kind, path[:-1])
    outer = [node["properties"][path[-1]] for node in parents if path[-1] in node.get("properties", {})]
    return [*outer, *nodes_at(kind, path)]


def _inner(node: Node, step: Step) -> Iterator[Node]:
    """The schemas of a member of an object, or of an item of a list."""
    if isinstance(step, int):
        items = node.get("items")
        if isinstance(items, dict):
            yield items
        return
    if step in node.get("properties", {}):
        yield node["properties"][step]
        return
    matching = [one for pattern, one in node.get("patternProperties", {}).items() if re.search(pattern, step)]
    yield from matching
    if not matching and isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]


def _forms(node: Any, root: Node, depth: int = 0) -> Iterator[Node]:
    """A schema, and the schemas that it refers to or chooses from."""
    if not isinstance(node, dict) or depth > 10:
        return
    if "$ref" in node:
        target: Any = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target.get(part, {})
        yield from _forms(target, root, depth + 1)
    for key in ("anyOf", "oneOf", "allOf"):
        for one in node.get(key, ()):
            yield from _forms(one, root, depth + 1)
    yield node


def _types(node: Node) -> tuple[str, ...]:
    kinds = node.get("type", ())
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)


@lru_cache(maxsize=16)
def _schema(name: str) -> Node:
    file = data_path("schemas") / f"{name}.schema.json"
    schema: Node = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return schema
