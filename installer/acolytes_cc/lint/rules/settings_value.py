"""A setting has a value that the client does not take.

## What it does
Checks the type of each value in settings.json, and the values of settings that have a fixed list. The types are in
`schemas/settings.schema.json`.

## Why
For most settings, one wrong value makes client 2.1.332 ignore the whole file: the permissions, hooks and variables in
it, too. In an automated session, only a line on standard error and in the debug file says so. For a few settings,
such as `teammateMode`, only the value is ignored. Of lists of servers and of `extraKnownMarketplaces`, it is the entry.
Managed settings are read value by value: only what is wrong is ignored, and of a wrong `allow`, `ask` or `deny` all of
`permissions`. A wrong value of a setting that restricts counts as the strictest one.

## Bad
```json
{"cleanupPeriodDays": "30", "permissions": {"deny": ["Bash(rm *)"]}}
```

## Good
```json
{"cleanupPeriodDays": 30, "permissions": {"deny": ["Bash(rm *)"]}}
```

## How to fix
Write a value of the type that the message names.

## Source
Tested with client 2.1.332: each setting with a value of each type, by `bench/settings_schema.py`. A hook in the same
file showed whether the file was used. Managed settings were tried by `bench/client_truth --kind managed`,
and what counts in place of a wrong value by `bench/settings_managed.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.places import is_managed
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.context.hook_values import LOST
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.declared_types import WrongValue, wrong_values
from acolytes_cc.lint.support.schema_errors import load_schema
from acolytes_cc.resources import data_path

CODE = "ACO512"
NAME = "settings-value"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("settings",)

SCHEMA = "settings.schema.json"
_IGNORED = {"ignored": "the client ignores it", "entry ignored": "the client ignores the whole entry"}
_LISTS_OF_RULES = [("permissions", key) for key in ("allow", "ask", "deny")]


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    if not isinstance(document.root, Value) or document.root.kind != "map":
        return
    schema = _schema_of_managed() if is_managed(document.path) else load_schema(SCHEMA)
    for wrong in wrong_values(document.root, schema):
        effect = _effect(document, wrong)
        yield Problem(wrong.offset, f"`{'.'.join(wrong.keys)}` {wrong.words}. Until this is fixed, {effect}.")


def _effect(document: JsonDocument, wrong: WrongValue) -> str:
    """What a wrong value costs in a file that the client takes as a whole, and in one that it reads value by value."""
    if not is_managed(document.path):
        return _IGNORED.get(wrong.effect, LOST["settings"])
    strictest = _managed()["strictest"]
    key = ".".join(wrong.keys)
    if key in strictest:
        return f"the client takes the strictest value, `{json.dumps(strictest[key])}`"
    if key in _managed()["strictest_locks"]:
        return f"the client takes the strictest values of what `{key}` can forbid, and ignores the rest of it"
    if wrong.keys in _LISTS_OF_RULES and not document.source.text.startswith("null", wrong.offset):
        return "the client ignores all of `permissions`"
    return _IGNORED.get(wrong.effect, _IGNORED["ignored"])


@lru_cache(maxsize=1)
def _schema_of_managed() -> Mapping[str, Any]:
    """The schema with what is only so in managed settings."""
    schema = load_schema(SCHEMA)
    properties = {key: {**one, **one.get("x-in-managed", {})} for key, one in schema["properties"].items()}
    return {**schema, "properties": properties}


@lru_cache(maxsize=1)
def _managed() -> Mapping[str, Any]:
    """What the client takes in place of a wrong value."""
    data: Mapping[str, Any] = json.loads((data_path("schemas") / "settings-managed.json").read_text("utf-8"))
    return data
