"""A manifest has a key that the client ignores.

## What it does
Reports unknown keys at the top level of plugin.json and marketplace.json, and in the plugins of a marketplace. Reports
wrong values of plugin.json without which the client loads the plugin, and a path to a `SKILL.md` below `skills`.

## Why
Client 2.1.330 ignores unknown keys when it loads the plugin. `claude plugin validate` warns. Client 2.1.332 ignores a
wrong `description`, `author`, `homepage`, `repository`, `license`, `keywords`, `displayName` or `$schema`, too.
For a path to a `SKILL.md`, it shows an error. It finds those in the folder `skills` without a path.

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
`claude plugin validate` of 2.1.330; tested with client 2.1.332 on each key with a value of each type.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.schema_errors import is_ignored_when_wrong, load_schema, schema_errors
from acolytes_cc.lint.support.suggest import closest_name

CODE = "ACO521"
NAME = "manifest-key"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("plugin", "marketplace")

_PLUGIN = "plugin.schema.json"
_SKILL_FILE = re.compile(r"\./skills/[^/]+/SKILL\.md")
_OF_ENTRIES = ("category", "id", "relevance", "source", "strict", "tags")


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    if not isinstance(document.root, Value) or document.root.kind != "map":
        return
    schema = load_schema(f"{document.kind}.schema.json")
    yield from _unknown_keys(document.root, schema["properties"])
    if document.kind == "plugin":
        yield from _ignored_values(document.root)
        yield from _skills_found_anyway(document.field("skills"))
    plugins = document.field("plugins") if document.kind == "marketplace" else None
    for plugin in plugins.value.items if plugins else ():
        yield from _unknown_keys(plugin, schema["$defs"]["MarketplacePlugin"]["properties"])


def _ignored_values(root: Value) -> Iterator[Problem]:
    if all(map(_is_clearly_right, root.fields)):
        return  # without the import of jsonschema
    for offset, keys, words in schema_errors(root, _PLUGIN):
        if is_ignored_when_wrong(_PLUGIN, keys):
            what = f"`{keys[-1]}` {words}" if words.startswith("must") else f"in `{keys[-1]}`, {words}"
            ignored = "it" if len(keys) == 1 and what[0] == "`" else f"`{keys[0]}`"
            yield Problem(offset, f"{what[0].upper()}{what[1:]}, so the client ignores {ignored}.")


def _skills_found_anyway(field: Field | None) -> Iterator[Problem]:
    """Paths to files where folders must be, of skills that the client finds in any case; for others: manifest-path."""
    for value in (field.value, *field.value.items) if field else ():
        if _SKILL_FILE.fullmatch(str(value.data)):
            what = f"{quoted(str(value.data))} is a file, so the client shows an error and ignores it"
            yield Problem(value.span.start, f"{what}. It finds this skill without it. Remove the path.")


def _is_clearly_right(field: Field) -> bool:
    """Whether a quick look finds the value of this key right, or the key is none of those that are ignored."""
    value = field.value
    if not is_ignored_when_wrong(_PLUGIN, (field.key,)):
        return True
    if field.key == "author":
        texts = {member.key for member in value.fields if member.value.kind == "string" and member.value.data}
        return value.kind == "map" and "name" in texts and len(texts) == len(value.fields)
    if field.key == "keywords":
        return value.kind == "list" and all(item.kind == "string" for item in value.items)
    is_address = field.key != "homepage" or str(value.data).startswith(("https://", "http://"))
    return value.kind == "string" and is_address


def _unknown_keys(value: Value, keys: Collection[str]) -> Iterator[Problem]:
    for field in value.fields:
        if field.key not in keys:
            name = closest_name(field.key, keys)
            remove = "Remove it, or move it into `metadata`." if "metadata" in keys else "Remove it."
            hint = f"Did you mean `{name}`?" if name else remove
            if field.key in _OF_ENTRIES:
                hint = "It belongs to the plugin in marketplace.json."
            yield Problem(field.span.start, f"Unknown key {quoted(field.key)}. The client ignores it. {hint}")
