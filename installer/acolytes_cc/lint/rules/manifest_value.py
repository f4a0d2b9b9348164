"""A manifest has a missing or invalid value.

## What it does
Checks plugin.json, marketplace.json and hooks.json against their schemas, and whether .mcp.json has `mcpServers`.

## Why
Client 2.1.332 does not load a plugin with a wrong value for one of its parts: a path without `./`, a folder in
`agents`, a version that is a number. Of a wrong `description`, `author`, `homepage`, `license`, `keywords` or
`displayName`, it ignores only that. It cannot add a marketplace without `name`, `owner` or `plugins`. A plugin with a
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
from acolytes_cc.lint.support.schema_errors import SchemaError, load_schema, schema_errors

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
    relations: Iterable[SchemaError] = ()
    if document.kind == "plugin":
        relations = broken_relations(document.root)
    elif document.kind == "marketplace":
        relations = broken_marketplace(document.root, context.registry.hooks.events)
    for offset, keys, words in (*schema_errors(document.root, schema), *relations):
        # The rule hook-shape checks the hooks.
        if keys[:1] != ("hooks",) or document.kind == "plugin":
            declared = load_schema(schema)["properties"].get(keys[0], {}) if keys else {}
            effect = _EFFECT[document.kind]
            if declared.get("x-when-wrong") == "ignored":
                effect = "the client ignores it"
            elif keys[:1] == ("plugins",) and (len(keys) > 1 or not words.startswith("must")):
                effect = "this plugin cannot be installed"
            yield Problem(offset, _message(words, keys, effect), _with_dot(document, offset, words))


def _with_dot(document: JsonDocument, offset: int, words: str) -> Fix | None:
    """The fix that writes `./` before a relative path; no other text is a path for the client."""
    is_path = "`./" in words and words.startswith("must be") and _RELATIVE.match(document.text, offset)
    return Fix((Edit(Span(offset + 1, offset + 1), "./"),)) if is_path else None


def _servers_missing(document: JsonDocument) -> Iterator[Problem]:
    field = document.field("mcpServers")
    if field is not None and field.value.kind != "map":
        yield Problem(field.value.span.start, "`mcpServers` must be an object. Until this is fixed, no server starts.")
    elif field is None and plugin_root(Path(document.path).parent) is None:
        yield Problem(0, "`mcpServers` is missing, so no server starts. Put the servers into it.")


def _message(words: str, keys: tuple[str, ...], effect: str) -> str:
    key = f"`{keys[-1]}`" if keys else "The file"
    error = f"{key} {words}" if words.startswith("must") else f"In {key}, {words}" if keys else words
    return f"{error}. Until this is fixed, {effect}."
