"""The client does not take a variable from these settings.

## What it does
Reports variables in `env` that client 2.1.332 takes from no settings file, such as `CLAUDE_CODE_REMOTE`. In settings of
a project, also those that it takes only from the user's or managed settings, such as `HOME` and `CLAUDE_CONFIG_DIR`.
Also reports values that become a text which nobody means: an object becomes `[object Object]`, and `null` becomes the
text `null`.

## Why
The session and its commands run without the variable. At most a line in the debug file says so.

## Bad
```json
{"env": {"CLAUDE_CONFIG_DIR": "./config"}}
```

## Good
```json
{"env": {"BASH_DEFAULT_TIMEOUT_MS": "60000"}}
```

## How to fix
Move the variable into `~/.claude/settings.json`, or set it where the client is started, as the message says.

## Source
Tested with client 2.1.332: `bench/settings_environment.py` writes each variable of the program into `env`, and a hook
notes what it sees. The lists are in `schemas/settings-environment.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.places import is_of_project
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.resources import data_path

CODE = "ACO517"
NAME = "settings-variable"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("settings",)

# What the client makes of values that are no text
_NO_TEXT = {"map": "[object Object]", "null": "null"}


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, frozenset[str]]:
    data = json.loads((data_path("schemas") / "settings-environment.json").read_text("utf-8"))
    return {key: frozenset(names) for key, names in data.items() if isinstance(names, list)}


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    env = document.field("env")
    for field in env.value.fields if env else ():
        if field.key in _lists()["in_no_file"]:
            message = "The client takes {} from no settings file. Set it where the client is started."
        elif field.key in _lists()["not_in_a_project"] and is_of_project(document.path):
            message = "The client does not take {} from a project's settings. Move it into `~/.claude/settings.json`."
        elif field.value.kind in _NO_TEXT:
            message = f"{{}} gets the text `{_NO_TEXT[field.value.kind]}`. Write a text, or remove the variable."
        else:
            continue
        yield Problem(field.span.start, message.format(quoted(field.key)))
