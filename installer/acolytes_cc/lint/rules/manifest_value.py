"""A manifest has a missing or invalid value.

## What it does
Checks plugin.json, marketplace.json and hooks.json against their schemas, and whether .mcp.json has `mcpServers`.

## Why
Client 2.1.332 does not load a plugin with a wrong value for one of its parts: a path without `./`, a folder in
`agents`, a version that is a number. It cannot add a marketplace without `name`, `owner` or `plugins`. A plugin with a
wrong entry in a marketplace cannot be installed.

## Bad
```json
{"name": "my plugin", "agents": "./agents"}
```

## Good
```json
{"name": "my-plugin", "agents": ["./agents/reviewer.md"]}
```

## How to fix
Write what the message asks for. The schemas are `schemas/*.schema.json`.

## Source
https://code.claude.com/docs/en/plugins-reference; tested with client 2.1.332 on each key with a value of
each type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.kinds import plugin_root
from acolytes_cc.definitions.source import Span
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.manifest_relations import broken_marketplace, broken_relations
from acolytes_cc.lint.support.schema_errors import SchemaError, is_ignored_when_wrong, schema_errors

CODE = "ACO520"
NAME = "manifest-value"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("hooks", "plugin", "marketplace", "mcp")

# A string whose first letter is that of a name, and that holds no address
_RELATIVE = re.compile(r'"\w[^":\\\n]*"(?!\s*:)')
_EFFECT: dict[Kind, str] = {
    "plugin": "the plugin does not load",
    "marketplace": "the marketplace cannot be added",
    "hooks": "the plugin's hooks are off",
}


def check(document: JsonDocument, context: Context) -> Iterator[Problem]:
    if not isinstance(document.root, Value) or document.root.kind != "map":
        return
    if document.kind == "mcp":
        yield from _servers_missing(document)
        return
    schema = f"{document.kind}.schema.json"
    if document.kind == "hooks" and document.field("hooks") is None and _has_events(document, context):
        return  # the rule hook-misplaced says where they belong
    relations: Iterable[SchemaError] = ()
    if document.kind == "plugin":
        relations = broken_relations(document.root)
    elif document.kind == "marketplace":
        relations = broken_marketplace(document.root, context.registry.hooks.events)
    for offsets, keys, words in _by_list(document, (*schema_errors(document.root, schema), *relations)):
        # The rule hook-shape checks the hooks.
        if keys[:1] != ("hooks",) or document.kind == "plugin":
            if is_ignored_when_wrong(schema, keys):  # the rule manifest-key reports it
                continue
            effect = _EFFECT[document.kind]
            if keys[:1] == ("plugins",) and (len(keys) > 1 or not words.startswith("must")):
                effect = "this plugin cannot be installed"
            message = _message(words, keys, effect, len(offsets), is_entry=_is_entry(document, keys, offsets[0]))
            yield Problem(offsets[0], message, _with_dot(document, offsets, words))


def _is_entry(document: JsonDocument, keys: tuple[str, ...], offset: int) -> bool:
    """Whether an error is about one entry of a list."""
    field = document.field(keys[0]) if len(keys) == 1 else None
    return field is not None and field.value.kind == "list" and offset > field.value.span.start


def _has_events(document: JsonDocument, context: Context) -> bool:
    fields = map(document.field, context.registry.hooks.events)
    return any(field.value.items for field in fields if field)


def _by_list(document: JsonDocument, errors: Iterable[SchemaError]) -> Iterator[tuple[list[int], tuple[str, ...], str]]:
    """The errors; entries of one list of a plugin that have the same error are one."""
    together: dict[object, tuple[list[int], tuple[str, ...], str]] = {}
    for offset, keys, words in errors:
        field = document.field(keys[0]) if document.kind == "plugin" and len(keys) == 1 else None
        is_entry = field is not None and field.value.kind == "list" and words.startswith("must")
        together.setdefault((keys, words) if is_entry else len(together), ([], keys, words))[0].append(offset)
    yield from together.values()


def _with_dot(document: JsonDocument, offsets: list[int], words: str) -> Fix | None:
    """The fix that writes `./` before each relative path; no other text is a path for the client."""
    if "`./" not in words or not words.startswith("must be"):
        return None
    paths = [offset + 1 for offset in offsets if _RELATIVE.match(document.text, offset)]
    return Fix(tuple(Edit(Span(path, path), "./") for path in paths)) if len(paths) == len(offsets) else None


def _servers_missing(document: JsonDocument) -> Iterator[Problem]:
    field = document.field("mcpServers")
    if field is not None and field.value.kind != "map":
        yield Problem(field.value.span.start, "`mcpServers` must be an object. Until this is fixed, no server starts.")
    elif field is None and plugin_root(Path(document.path).parent) is None:
        other = document.field("servers")
        how_to_fix = "Rename `servers` to `mcpServers`." if other else "Put the servers into it."
        offset = other.span.start if other else 0
        yield Problem(offset, f"`mcpServers` is missing, so no server starts. {how_to_fix}")


def _message(words: str, keys: tuple[str, ...], effect: str, count: int, *, is_entry: bool) -> str:
    key = f"`{keys[-1]}`" if keys else "The file"
    if count > 1:
        return f"{count} entries of {key} are wrong: each {words}. Until this is fixed, {effect}."
    key = f"An entry of {key}" if is_entry and words.startswith("must") else key
    error = f"{key} {words}" if words.startswith("must") else f"In {key}, {words}" if keys else words
    return f"{error}. Until this is fixed, {effect}."
