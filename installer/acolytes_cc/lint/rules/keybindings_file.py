"""The client ignores the whole keybindings.json.

## What it does
Checks the shape of keybindings.json: an object with a list `bindings`, whose items have a `context` and an object
`bindings` with a text or null for each key.

## Why
With one wrong item, client 2.1.332 ignores all bindings of the file and uses its own. A message is in the debug file.

## Bad
```json
{"bindings": [{"key": "ctrl+k", "action": "chat:clearInput"}]}
```

## Good
```json
{"bindings": [{"context": "Chat", "bindings": {"ctrl+k": "chat:clearInput"}}]}
```

## How to fix
Write the value that the message names.

## Source
Tested with client 2.1.332 in a terminal: `bench/client_truth --kind keybindings`. The client said of each such file how
many bindings it loaded.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO550"
NAME = "keybindings-file"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("keybindings",)

_LOST = "Until this is fixed, the client ignores all bindings of this file."


def check(document: JsonDocument, _context: Context) -> Iterator[Problem]:
    if not isinstance(document.root, Value) or document.root.kind != "map":
        return  # json-unparsable says so
    root = document.root
    bindings = root.member("bindings")
    if bindings is None:
        yield Problem(root.span.start, f"The file needs a list `bindings`. {_LOST}")
    elif bindings.value.kind != "list":
        yield Problem(bindings.value.span.start, f"`bindings` must be a list. {_LOST}")
    else:
        for block in bindings.value.items:
            yield from (Problem(offset, f"{words} {_LOST}") for offset, words in _wrong_parts(block))


def _wrong_parts(block: Value) -> Iterator[tuple[int, str]]:
    context, inner = block.member("context"), block.member("bindings")
    if block.kind != "map":
        yield block.span.start, "An item of `bindings` must be an object."
    elif context is None or context.value.kind != "string":
        yield (context.value if context else block).span.start, "`context` must be a text, such as `Chat`."
    elif inner is None or inner.value.kind != "map":
        yield (
            (inner.value if inner else block).span.start,
            "The inner `bindings` must be an object of keys and actions.",
        )
    else:
        for field in inner.value.fields:
            if field.value.kind not in ("string", "null") and inner.value.member(field.key) is field:
                yield field.value.span.start, "The action of a key must be a text, or null to remove it."
