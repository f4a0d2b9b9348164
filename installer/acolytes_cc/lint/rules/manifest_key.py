"""A manifest has an unknown key.

## What it does
Reports unknown keys at the top level of plugin.json and marketplace.json, and in the plugins of a marketplace.

## Why
Client 2.1.330 ignores them when it loads the plugin. `claude plugin validate` warns.

## Bad
```json
{"name": "my-plugin", "skill": "./skills"}
```

## Good
```json
{"name": "my-plugin", "skills": "./skills"}
```

## How to fix
Use the key in the message. Move keys of your own into `metadata`, or remove them.

## Source
`claude plugin validate` of 2.1.330.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.schema_errors import load_schema
from acolytes_cc.lint.support.suggest import closest_name

CODE = "ACO521"
NAME = "manifest-key"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("plugin", "marketplace")

_OF_ENTRIES = ("category", "id", "relevance", "source", "strict", "tags")


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    if not isinstance(document.root, Value) or document.root.kind != "map":
        return
    schema = load_schema(f"{document.kind}.schema.json")
    yield from _unknown_keys(document.root, schema["properties"])
    plugins = document.field("plugins") if document.kind == "marketplace" else None
    for plugin in plugins.value.items if plugins else ():
        yield from _unknown_keys(plugin, schema["$defs"]["MarketplacePlugin"]["properties"])


def _unknown_keys(value: Value, keys: Collection[str]) -> Iterator[Problem]:
    for field in value.fields:
        if field.key not in keys:
            name = closest_name(field.key, keys)
            remove = "Remove it, or move it into `metadata`." if "metadata" in keys else "Remove it."
            hint = f"Did you mean `{name}`?" if name else remove
            if field.key in _OF_ENTRIES:
                hint = "It belongs to the plugin in marketplace.json."
            yield Problem(field.span.start, f"Unknown key {quoted(field.key)}. The client ignores it. {hint}")
